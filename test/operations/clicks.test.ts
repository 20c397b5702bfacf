import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier } from '../../src/audit/verify.ts'
import { everyRow } from '../store/operations-support.ts'
import { CHANNEL, type ClicksWorld, openClicks, type Proposed } from './clicks/world.ts'

/**
 * Everybody clicks on the same card at once, over three processes on one PostgreSQL. `npm test` runs a sample; CLICKS_OPERATIONS
 * says how many, and `npm run clicks` runs the 1,000 of docs/SECURITY.md.
 */
const OPERATIONS = Number(process.env.CLICKS_OPERATIONS ?? 48)
const PEOPLE = 64
/** Operations that are clicked on at the same time. */
const AT_ONCE = 4
/** Every so many needs two approvals. */
const TWO_NEEDED_EVERY = 4
const MINUTES = 60_000
const ENDS = ['awaiting', 'approved', 'running', 'verifying', 'succeeded']

let world: ClicksWorld
const proposed: Proposed[] = []
const approvalsFor = (n: number) => (n % TWO_NEEDED_EVERY === 0 ? 2 : 1)
const decisive = () => proposed.reduce((sum, _, n) => sum + approvalsFor(n), 0)
const rows = (sql: string) => everyRow(world.opened, sql)

beforeAll(async () => {
  const started = performance.now()
  world = await openClicks({ operations: OPERATIONS, people: PEOPLE })
  for (let n = 0; n < OPERATIONS; n += 1) proposed.push(await world.propose(n, approvalsFor(n)))
  const clicking = performance.now()
  const left = proposed.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const operation of left) await world.clickAll(operation)
    }),
  )
  const clicked = performance.now()
  await untilAllHaveEnded()
  const seconds = (from: number, to = performance.now()) => `${((to - from) / 1000).toFixed(1)} s`
  console.log(
    `Clicks: ${OPERATIONS} operations × ${PEOPLE} over three processes: ${seconds(clicking, clicked)} until each of the ` +
      `${OPERATIONS * PEOPLE} was answered, ${seconds(started)} in all.`,
  )
}, 30 * MINUTES)
afterAll(() => world?.close(), MINUTES)

async function untilAllHaveEnded(): Promise<void> {
  const under = `SELECT count(*)::integer AS many FROM operation
    WHERE state IN ('approved', 'running', 'verifying', 'unknown', 'reconciling')`
  while ((await rows(under))[0].many > 0) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe(`${OPERATIONS} operations, each approved by ${PEOPLE} people at once over three processes`, () => {
  it('are each executed once, as the cluster’s own log of writes has it', async () => {
    const written = world.cluster
      .audit()
      .filter(({ verb }) => verb === 'patch')
      .map(({ objectRef }) => objectRef.name)
    expect(written.toSorted()).toEqual(proposed.map(({ object }) => object).toSorted())
    const states = await rows('SELECT state, count(*)::integer AS many FROM operation GROUP BY state')
    expect(states).toEqual([{ state: 'succeeded', many: OPERATIONS }])
  })

  it('carry the mark of the operation that was approved', () => {
    const bodies = world.cluster.audit().map(({ objectRef, requestObject }) => ({
      object: objectRef.name,
      body: JSON.stringify(requestObject),
    }))
    for (const { id, object } of proposed) {
      expect(bodies.find((one) => one.object === object)?.body).toContain(id)
    }
  })

  it('count as many approvals as they need, and tell everybody else that it is decided', async () => {
    const told = await rows(
      `SELECT decision, code, count(*)::integer AS many FROM audit
       WHERE kind = 'outcome' AND command = 'ops approve' GROUP BY 1, 2 ORDER BY 1`,
    )
    const late = { decision: 'refused', code: 'ALREADY_DECIDED', many: OPERATIONS * PEOPLE - decisive() }
    expect(told).toEqual([{ decision: 'done', code: null, many: decisive() }, late])
    const perOperation = await rows(
      `SELECT operation, count(*)::integer AS many, count(DISTINCT person)::integer AS persons
       FROM operation_review GROUP BY operation`,
    )
    const expected = proposed.map(({ id }, n) => ({
      ...{ operation: id, many: approvalsFor(n), persons: approvalsFor(n) },
    }))
    expect(new Set(perOperation.map((row) => JSON.stringify(row)))).toEqual(
      new Set(expected.map((row) => JSON.stringify(row))),
    )
  })

  it('were clicked on in each of the three processes', async () => {
    const clicks = await rows(
      `SELECT count(*)::integer AS many FROM request WHERE channel = '${CHANNEL}' GROUP BY owner`,
    )
    expect(clicks).toHaveLength(3)
    for (const { many } of clicks) expect(many).toBeGreaterThanOrEqual(OPERATIONS * Math.floor(PEOPLE / 3))
  })

  it('have one audit row for each change of their state, and one for each step of their effect', async () => {
    const histories = await rows(
      `SELECT operation, array_agg(decision ORDER BY seq) FILTER (WHERE kind = 'operation') AS states,
         array_agg(decision ORDER BY seq) FILTER (WHERE kind = 'step') AS steps
       FROM audit WHERE kind IN ('operation', 'step') GROUP BY operation`,
    )
    expect(histories).toHaveLength(OPERATIONS)
    for (const { states, steps } of histories) {
      expect(states).toEqual(ENDS)
      expect(steps).toEqual(['intent', 'sent', 'done'])
    }
  })

  it('leave a chain that verifies, and no lock', async () => {
    const verifier = createVerifier([])
    const { audit } = world.opened.store
    for await (const row of audit.readChain(1)) verifier.push(row)
    expect(verifier.end(await audit.head())).toMatchObject({ state: 'intact' })
    expect(await rows('SELECT FROM operation_lock')).toEqual([])
  })
})
