import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { type Gate, startGate } from '../support/gate.ts'
import { eventually, type Journey, post, signForm, slashForm, startJourney, wordsOf } from './support.ts'

let journey: Journey
let gate: Gate

/** The same database, as seen through a gate that can be shut. */
async function gated() {
  const database = await createTestDatabase()
  const { hostname: host, port } = new URL(database.botUrl)
  gate = await startGate({ host, port: Number(port) })
  const botUrl = Object.assign(new URL(database.botUrl), { port: String(gate.port) }).href
  return { ...database, botUrl }
}

beforeAll(async () => {
  journey = await startJourney({ database: await gated(), env: { LOG_LEVEL: 'warn' } })
  const known = () =>
    journey.sql(
      `SELECT FROM slack_user u, slack_channel c WHERE u.user_id = 'U0MARCO' AND c.channel = 'C0OPERATIONS'`,
    )
  await eventually(async () => (await known()).length === 1, 20_000)
}, 60_000)
afterAll(async () => {
  gate?.open()
  await journey?.stop()
  await gate?.close()
})

const inOperations = async (words: string) =>
  (await journey.slack.messages('C0OPERATIONS')).filter((message) => wordsOf(message).includes(words))
const ephemeral = (person: string, words: string) =>
  journey.slack.ephemerals(person).find((message) => wordsOf(message).includes(words))

/** For them alone: in the channel, or in a direct message when it was not seen whether the first way went well. */
const told = async (person: string, words: string) =>
  ephemeral(person, words) ??
  (await journey.slack.messages(await journey.slack.direct(person))).find((each) =>
    wordsOf(each).includes(words),
  )

describe('when Slack’s API is down', () => {
  it('acknowledges at once, does the work, and says it exactly once when Slack is back', async () => {
    journey.slack.setDown(true)
    const { status, ackMs } = await journey.slack.command(
      'U0MARCO',
      'C0OPERATIONS',
      '/bakery health collector',
    )
    expect(status).toBe(200)
    expect(ackMs).toBeLessThan(3000)
    await eventually(
      async () => (await journey.audit(`kind = 'outcome' AND command = 'health'`)).length === 1,
    )
    await new Promise((resolve) => setTimeout(resolve, 1500))
    journey.slack.setDown(false)
    await eventually(async () => (await inOperations('collector')).length > 0, 20_000)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await inOperations('Bakery-IA, collector')).toHaveLength(1)
  }, 60_000)

  it('refuses a person whom it never saw, and lets an owner of platform.yaml ask', async () => {
    await journey.sql(`DELETE FROM slack_user WHERE user_id IN ('U0AUDE', 'U0OLIVIA')`)
    journey.slack.setDown(true)
    await journey.slack.command('U0AUDE', 'C0OPERATIONS', '/bakery whoami')
    await journey.slack.command('U0OLIVIA', 'C0OPERATIONS', '/bakery health redis')
    const rows = await eventually(async () => {
      const found = await journey.audit(`kind = 'request' AND (person = 'aude' OR person = 'olivia')`)
      return found.length === 2 && found
    })
    journey.slack.setDown(false)
    expect(rows.map(({ person, decision, code }) => [person, decision, code])).toEqual([
      ['aude', 'refused', 'UNAVAILABLE'],
      ['olivia', 'allowed', null],
    ])
    expect(await eventually(() => told('U0AUDE', 'UNAVAILABLE'), 20_000)).toBeTruthy()
  }, 60_000)
})

describe('when Bakery’s own Postgres is gone', () => {
  it.each(['shut', 'hang'] as const)(
    'stays, says that it is not ready, and tells the person (%s)',
    async (how) => {
      gate[how]()
      const { url, eventsUrl } = journey.world.bot
      const started = performance.now()
      const form = slashForm({ user: 'U0MARCO', channel: 'C0OPERATIONS', text: 'jobs list' })
      const { status, text } = await post(eventsUrl, signForm(journey.signingSecret, form))
      expect(status).toBe(200)
      expect(text).toMatch(/NOT_RECORDED · ref [0-9A-Z]{8}/)
      expect(performance.now() - started).toBeLessThan(3000)
      const ready = await eventually(async () => {
        const response = await fetch(`${url}/readyz`)
        return response.status === 503 && ((await response.json()) as { ready: boolean; reasons: string[] })
      })
      expect(ready.ready).toBe(false)
      expect(ready.reasons.join(' ')).toContain('database')
      expect((await fetch(`${url}/livez`)).status).toBe(200)
      gate.open()
      await eventually(async () => (await fetch(`${url}/readyz`)).status === 200, 20_000)
      expect(await journey.audit(`kind = 'outcome' AND command = 'jobs list' AND decision = 'done'`)).toEqual(
        [],
      )
    },
    60_000,
  )

  it('still gives an owner health, for themselves alone, and chains it when Postgres is back', async () => {
    gate.shut()
    const answer = await journey.slack.command('U0OLIVIA', 'C0OPERATIONS', '/bakery health rabbitmq')
    expect(answer.body).toBe('')
    expect(await eventually(() => ephemeral('U0OLIVIA', 'rabbitmq'), 20_000)).toBeTruthy()
    gate.open()
    const [row] = await eventually(async () => {
      const rows = await journey.audit(`kind = 'spool'`)
      return rows.length > 0 && rows
    }, 30_000)
    expect(row).toMatchObject({
      ...{ command: 'health', decision: 'allowed', channel: 'C0OPERATIONS' },
      ...{ actor: 'T0BAKERY/U0OLIVIA', person: 'olivia' },
    })
  }, 60_000)

  it('works again afterwards, as if nothing had been', async () => {
    await journey.slack.command('U0MARCO', 'C0OPERATIONS', '/bakery jobs list')
    await eventually(async () => (await inOperations('jobs')).length > 0, 20_000)
  }, 60_000)
})
