import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type Journey, startJourney, wordsOf } from './support.ts'

let journey: Journey
beforeAll(async () => {
  journey = await startJourney({ slack: { rateLimits: false } })
}, 60_000)
afterAll(() => journey?.stop())

/** Says a line and gives the decision in the audit log, and the outcome's. */
async function say(person: string, line: string, channel = 'C0OPERATIONS'): Promise<string> {
  const [{ seq = 0 } = {}] = await journey.sql('SELECT max(seq) AS seq FROM audit_v1')
  await journey.slack.command(person, channel, `/bakery ${line}`)
  const outcome = await eventually(async () => {
    const [asked] = await journey.audit(`kind = 'request' AND surface = 'slash' AND seq > ${Number(seq)}`)
    return asked && (await journey.audit(`kind = 'outcome' AND ref = '${asked.ref}'`))[0]
  })
  return outcome.code ?? outcome.decision
}

const security = async (words: string) =>
  eventually(async () =>
    (await journey.slack.messages('C0SECURITY')).find((message) => wordsOf(message).includes(words)),
  )
const toldAlone = (person: string, words: string) =>
  eventually(() => journey.slack.ephemerals(person).find((message) => wordsOf(message).includes(words)))

describe('roles', () => {
  it('that are granted count from the next request on, and are told to the security channel', async () => {
    expect(await say('U0AUDE', 'pods')).toBe('NO_ROLE')
    expect(await say('U0ANA', 'roles grant <@U0AUDE|aude> viewer --for 8h')).toBe('done')
    expect(await say('U0AUDE', 'jobs list')).toBe('done')
    expect((await security('aude')).text).toMatch(/viewer/)
    expect(await say('U0ANA', 'roles revoke <@U0AUDE|aude>')).toBe('done')
    expect(await say('U0AUDE', 'jobs list')).toBe('NO_ROLE')
  })

  it('end by the database’s clock', async () => {
    expect(await say('U0ANA', 'roles grant <@U0AUDE|aude> viewer --for 8h')).toBe('done')
    await journey.sql(
      `UPDATE role_grant SET until = clock_timestamp() - interval '1 second' WHERE user_id = 'U0AUDE' AND channel = 'C0OPERATIONS'`,
    )
    await eventually(async () => (await say('U0AUDE', 'jobs list')) === 'NO_ROLE')
  })

  it('of a group count for its members while they are in it', async () => {
    await journey.slack.changeGroup('S0ONCALL', ['U0AUDE'])
    expect(await say('U0OLIVIA', 'roles grant <!subteam^S0ONCALL|@oncall> member')).toBe('done')
    await eventually(async () => (await say('U0AUDE', 'jobs list')) === 'done')
    await journey.slack.changeGroup('S0ONCALL', ['U0MARCO'])
    await eventually(async () => (await say('U0AUDE', 'jobs list')) === 'NO_ROLE')
  })

  it('are given to somebody whom Bakery never met only after Slack said who that is', async () => {
    expect(await say('U0ANA', 'roles grant <@U0GUS|gus> viewer')).toBe('GUEST')
    expect(await say('U0ANA', 'roles grant U0NOSUCHONE viewer')).toBe('UNAVAILABLE')
  })

  it('are granted by nobody to themselves, nor above what they may give', async () => {
    expect(await say('U0ANA', 'roles grant <@U0ANA|ana> admin')).toMatch(/SELF_APPROVAL|NO_ROLE/)
    expect(await say('U0OLIVIA', 'roles grant <@U0OLIVIA|olivia> admin')).toBe('SELF_APPROVAL')
    expect(await say('U0ANA', 'roles grant <@U0MARCO|marco> owner')).toBe('NO_ROLE')
    expect(await say('U0MARCO', 'roles grant <@U0VERA|vera> member')).toBe('NO_ROLE')
  })

  it('leave the last owner in place', async () => {
    expect(await say('U0OLIVIA', 'roles revoke <@U0OLIVIA|olivia> --everywhere')).not.toBe('done')
    expect(await say('U0OLIVIA', 'roles list')).toBe('done')
  })

  it('of a person who left, or became a guest, count no more', async () => {
    expect(await say('U0VERA', 'jobs list')).toBe('done')
    await journey.slack.changePerson('U0VERA', { kind: 'guest' })
    await eventually(async () => (await say('U0VERA', 'jobs list')) === 'GUEST')
    await journey.slack.changePerson('U0VERA', { kind: 'member' })
    await eventually(async () => (await say('U0VERA', 'jobs list')) === 'done')
  })

  it('are named in a refusal: the rule, the role that is needed, and who holds it', async () => {
    await say('U0VERA', 'jobs run morning-health')
    const refusal = wordsOf(await toldAlone('U0VERA', 'jobs run'))
    expect(refusal).toContain('needs the role member')
    expect(refusal).toMatch(/ana|marco/i)
    expect(refusal).toMatch(/NO_ROLE · ref [0-9A-Z]{8}/)
  })
})

describe('refusals', () => {
  it('of one person in a burst are told to the security channel once', async () => {
    for (let time = 0; time < 8; time += 1) await say('U0GUS', 'health')
    await security('was refused')
    const told = (await journey.slack.messages('C0SECURITY')).filter((each) =>
      /gus was refused/.test(each.text),
    )
    expect(told).toHaveLength(1)
  })

  it('meet a click as well: of somebody else, with an edited value, and on a message from before a restart', async () => {
    expect(await say('U0MARCO', 'health redis')).toBe('done')
    const message = await eventually(async () =>
      (await journey.slack.messages('C0OPERATIONS')).find((each) => wordsOf(each).includes('bakery:health:')),
    )
    const codes = async () =>
      (await journey.audit(`kind = 'request' AND surface = 'button'`)).map(({ code }) => code)
    await journey.slack.click('U0GUS', message, { action: 'refresh' })
    await eventually(async () => (await codes()).length === 1)
    const edited = JSON.parse(JSON.stringify(message).replaceAll(/\.[0-9a-f]{16}"/g, '.0000000000000000"'))
    await journey.slack.click('U0MARCO', edited, { action: 'refresh' }).catch(() => undefined)
    await journey.world.bot.kill()
    await journey.world.restartBot()
    await journey.slack.click('U0MARCO', message, { action: 'refresh' })
    await eventually(async () => (await codes()).includes(null))
    expect((await codes())[0]).toBe('GUEST')
    expect((await codes()).at(-1)).toBeNull()
  })
})

describe('a channel', () => {
  it('does nothing until an owner binds it, and nothing again once it is unbound', async () => {
    expect(await say('U0MARCO', 'health', 'C0RANDOM')).toBe('NOT_BOUND')
    await journey.slack.changeChannel('C0RANDOM', { members: ['U0OLIVIA', 'U0MARCO', 'U0BAKERY'] })
    expect(await say('U0OLIVIA', 'channel bind health', 'C0RANDOM')).toBe('done')
    expect(await say('U0OLIVIA', 'health redis', 'C0RANDOM')).toBe('done')
    expect(await say('U0MARCO', 'health redis', 'C0RANDOM')).toBe('NO_ROLE')
    expect(await say('U0OLIVIA', 'channel unbind', 'C0RANDOM')).toBe('done')
    expect(await say('U0OLIVIA', 'health redis', 'C0RANDOM')).toBe('NOT_BOUND')
  })
})
