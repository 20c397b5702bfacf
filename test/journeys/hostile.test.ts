import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { hostileText, seedOf } from '../support/hostile.ts'
import { eventually, type Journey, post, signForm, slashForm, startJourney } from './support.ts'

const LINES = 400
const BODIES = 400

let journey: Journey
beforeAll(async () => {
  journey = await startJourney({ slack: { rateLimits: false } })
}, 60_000)
afterAll(() => journey?.stop())

const line = fc
  .tuple(fc.constantFrom(...commands.map(({ name }) => name), ''), fc.array(hostileText, { maxLength: 3 }))
  .map(([name, rest]) => [name, ...rest].join(' ').slice(0, 2500))

/** Mentions, links and channels in what Slack was given as mrkdwn: only what Bakery itself may write. */
const MARKUP = /<(?:[@#!][^>\s]|https?:|mailto:)/

describe('hostile requests through the real bot', () => {
  it('are each answered, smuggle nothing into a message, and leave the audit log and the bot whole', async () => {
    const lines = fc.sample(line, { numRuns: LINES, seed: seedOf('hostile lines over HTTP') })
    const { eventsUrl, url } = journey.world.bot
    for (const text of lines) {
      const form = slashForm({ user: 'U0VERA', channel: 'C0OPERATIONS', text })
      expect((await post(eventsUrl, signForm(journey.signingSecret, form))).status).toBe(200)
    }
    const rows = async (kind: string) =>
      Number((await journey.sql(`SELECT count(*) AS n FROM audit_v1 WHERE kind = '${kind}'`))[0]?.n)
    await eventually(async () => (await rows('outcome')) >= LINES, 60_000)
    expect(await rows('request')).toBe(LINES)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)

    const sent = await journey.sql('SELECT text, blocks::text AS blocks FROM outbox')
    expect(sent.length).toBeGreaterThan(0)
    for (const { text, blocks } of sent) {
      expect(String(text)).not.toMatch(MARKUP)
      for (const object of mrkdwnOf(JSON.parse(String(blocks)))) expect(object).not.toMatch(MARKUP)
    }
    expect(
      (await journey.sql("SELECT count(*) AS n FROM role_grant WHERE granted_by <> 'platform.yaml'"))[0]?.n,
    ).toBe('0')
  }, 180_000)

  it('as bodies and headers of any kind are refused without a row or a crash', async () => {
    const { eventsUrl, url } = journey.world.bot
    const before = (await journey.sql('SELECT count(*) AS n FROM audit_v1'))[0]?.n
    const bodies = fc.sample(
      fc.tuple(
        fc.oneof(fc.string({ unit: 'binary' }), hostileText, fc.json()),
        fc.constantFrom(
          'application/json',
          'application/x-www-form-urlencoded',
          'text/plain',
          'multipart/form-data; boundary=x',
        ),
      ),
      { numRuns: BODIES, seed: seedOf('hostile bodies over HTTP') },
    )
    const statuses = new Set<number>()
    for (const [body, type] of bodies) {
      const signed = signForm(journey.signingSecret, { payload: body.toWellFormed() })
      const forged = { body: body.toWellFormed(), headers: { ...signed.headers, 'content-type': type } }
      const unreadable = {
        ...signed,
        headers: { ...signed.headers, 'content-type': 'application/x-www-form-urlencoded' },
      }
      statuses.add((await post(eventsUrl, forged)).status)
      statuses.add((await post(eventsUrl, unreadable)).status)
    }
    expect([...statuses].every((status) => status >= 200 && status < 500)).toBe(true)
    expect((await journey.sql('SELECT count(*) AS n FROM audit_v1'))[0]?.n).toBe(before)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
  }, 120_000)
})

/** Every text that Slack reads as mrkdwn. */
function mrkdwnOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf)
  if (typeof value !== 'object' || value === null) return []
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : []
  return [...own, ...Object.values(value).flatMap(mrkdwnOf)]
}
