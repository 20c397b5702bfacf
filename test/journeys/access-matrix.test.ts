import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { bakeryIa } from '../../practice/slack/workspace.ts'
import { MATRIX, PEOPLE, PLACES, type Place, REFUSED_EVERYWHERE, ROLES, type Who } from './access-matrix.ts'
import { clickForm, type Journey, post, signForm, slashForm, startJourney } from './support.ts'

const TEAM_OF_OUTSIDER = 'T0PARTNER'
const seed = {
  ...bakeryIa,
  people: [
    ...bakeryIa.people,
    ...[
      { id: PEOPLE.nobody, name: 'nadia', realName: 'Nadia Nadal', kind: 'member' as const },
      { id: PEOPLE.bot, name: 'robot', realName: 'A Robot', kind: 'bot' as const },
    ].map((person) => ({ ...person, team: 'T0BAKERY', title: '' })),
  ],
}

let journey: Journey
beforeAll(async () => {
  journey = await startJourney({ slack: { seed, rateLimits: false } })
}, 60_000)
afterAll(() => journey?.stop())

/** Sends one cell and reads its decision from the audit log. */
async function decisionOf(who: Who, line: string, place: Place): Promise<string> {
  const { channel, surface } = PLACES[place]
  const user = PEOPLE[who]
  const team = who === 'outsider' ? TEAM_OF_OUTSIDER : 'T0BAKERY'
  const form =
    surface === 'slash'
      ? slashForm({ user, channel, text: line, team })
      : clickForm({ user, channel, action: 'run', value: await offer(line) })
  const before = Number((await journey.sql('SELECT max(seq) AS seq FROM audit_v1'))[0]?.seq ?? 0)
  const { status } = await post(journey.world.bot.eventsUrl, signForm(journey.signingSecret, form))
  expect(status).toBe(200)
  const rows = await journey.audit(`kind = 'request' AND seq > ${before} AND actor LIKE '%/${user}'`)
  expect(rows).toHaveLength(1)
  return rows[0]?.code ?? (rows[0]?.decision === 'allowed' ? 'ok' : String(rows[0]?.decision))
}

/** A button for a line, as a sealed message would have stored it. */
async function offer(line: string): Promise<string> {
  const id = randomBytes(8).toString('hex')
  const digest = createHash('sha256').update(line).digest('hex').slice(0, 16)
  const values = [id, digest, 'run', line, randomUUID()]
  await journey.sql(
    'INSERT INTO offer (id, digest, action, line, message) VALUES ($1, $2, $3, $4, $5)',
    values,
  )
  return `${id}.${digest}`
}

const places = Object.keys(PLACES) as Place[]

describe('who may do what', () => {
  it('has a row for every command', () => {
    expect(MATRIX.map(({ command }) => command).toSorted()).toEqual(
      commands.map(({ name }) => name).toSorted(),
    )
  })

  describe.each(MATRIX)('$command', ({ line, cells }) => {
    it.each(places)('%s', async (place) => {
      const found: string[] = []
      for (const who of ROLES) found.push(await decisionOf(who, line, place))
      expect(Object.fromEntries(ROLES.map((who, index) => [who, found[index]]))).toEqual(
        Object.fromEntries(ROLES.map((who, index) => [who, cells[place][index]])),
      )
    })
  })

  describe.each(Object.entries(REFUSED_EVERYWHERE))('a %s', (who, code) => {
    it.each(places)('gets nothing in: %s', async (place) => {
      for (const { line } of MATRIX) expect(await decisionOf(who as Who, line, place)).toBe(code)
    })
  })
})
