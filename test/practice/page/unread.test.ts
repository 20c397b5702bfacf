import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PageSetup, setUpPage } from './support.ts'

let at: PageSetup
beforeAll(async () => {
  at = await setUpPage()
})
afterAll(() => at.stop())

interface Entry {
  readonly id: string
  readonly name: string
  readonly unread: number
  readonly forMe: number
  readonly readUpTo: string
}
interface State {
  readonly channels: readonly Entry[]
  readonly directs: readonly (Entry & { readonly person: string })[]
  readonly direct: Entry
  readonly people: readonly { readonly id: string; readonly waiting: number }[]
}

const state = async (person: string): Promise<State> => {
  const body: unknown = await (await fetch(`${at.page.url}/do/state?person=${person}`)).json()
  return body as State
}
const channel = async (person: string, id: string) =>
  (await state(person)).channels.find((one) => one.id === id)
const tell = async (name: string, body: object) => {
  const response = await fetch(`${at.page.url}/do/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  return { status: response.status, body: answer as Record<string, unknown> }
}
const post = async (text: string, to = 'C0SECURITY') =>
  (await at.client.chat.postMessage({ channel: to, text })).ts ?? ''

describe('what somebody has not read', () => {
  it('is counted for each person, and apart from it what speaks to them', async () => {
    await post('a note')
    await post('<@U0ANA>, please look')
    await post('<!subteam^S0ONCALL> look')
    expect(await channel('U0ANA', 'C0SECURITY')).toMatchObject({ unread: 3, forMe: 2 })
    expect(await channel('U0MARCO', 'C0SECURITY')).toMatchObject({ unread: 3, forMe: 1 })
    expect(await channel('U0VERA', 'C0SECURITY')).toMatchObject({ unread: 3, forMe: 0 })
  })

  it('becomes read up to a message, for that person alone, and never unread again', async () => {
    const [first, , last] = await at.slack.messages('C0SECURITY')
    await tell('mark', { person: 'U0ANA', channel: 'C0SECURITY', ts: last?.ts })
    await tell('mark', { person: 'U0ANA', channel: 'C0SECURITY', ts: first?.ts })
    expect(await channel('U0ANA', 'C0SECURITY')).toMatchObject({ unread: 0, forMe: 0, readUpTo: last?.ts })
    expect(await channel('U0MARCO', 'C0SECURITY')).toMatchObject({ unread: 3 })
  })

  it('is nothing that one wrote oneself, that is only an edit, or that stands in a thread', async () => {
    const ts = await post('<!here> read this', 'C0DIGEST')
    await at.slack.say('U0VERA', 'C0DIGEST', 'I did')
    await at.client.chat.update({ channel: 'C0DIGEST', ts, text: '<!here> read this, please' })
    await at.client.chat.postMessage({ channel: 'C0DIGEST', text: 'and this', thread_ts: ts })
    expect(await channel('U0VERA', 'C0DIGEST')).toMatchObject({ unread: 1, forMe: 1 })
    expect(await channel('U0ANA', 'C0DIGEST')).toMatchObject({ unread: 2, forMe: 1 })
  })

  it('waits for a person in the switch: messages of the app and of others', async () => {
    const waiting = async () => (await state('U0OLIVIA')).people.find(({ id }) => id === 'U0GUS')?.waiting
    expect(await waiting()).toBe(0)
    await post('for you alone', 'U0GUS')
    await at.slack.direct('U0GUS')
    const { body } = await tell('direct', { person: 'U0VERA', with: 'U0GUS' })
    await tell('send', { person: 'U0VERA', channel: body.channel, text: 'hello' })
    expect(await waiting()).toBe(2)
  })

  it('cannot be marked where one is not', async () => {
    expect((await tell('mark', { person: 'U0EVE', channel: 'C0SECURITY', ts: '1.1' })).status).toBe(400)
  })
})

describe('direct messages', () => {
  it('are offered to those with whom one shares a channel', async () => {
    const names = async (person: string) => (await state(person)).directs.map((one) => one.person)
    expect(await names('U0GUS')).toEqual(['U0OLIVIA', 'U0ANA', 'U0MARCO', 'U0VERA', 'U0AUDE'])
    expect(await names('U0EVE')).not.toContain('U0GUS')
    expect(await names('U0OLIVIA')).not.toContain('U0DORA')
  })

  it('are read and written by the two alone', async () => {
    const { body } = await tell('direct', { person: 'U0ANA', with: 'U0AUDE' })
    const line = { channel: body.channel, text: 'between us' }
    expect((await tell('send', { ...line, person: 'U0ANA' })).status).toBe(200)
    expect((await tell('send', { ...line, person: 'U0MARCO' })).body.error).toContain('U0MARCO is not in')
    expect((await tell('direct', { person: 'U0ANA', with: 'U0DORA' })).body.error).toContain(
      'nobody with the id',
    )
  })
})
