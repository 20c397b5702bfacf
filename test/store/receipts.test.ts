import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/core/ports/records.ts'
import { eventually } from './eventually.ts'
import { type allow, allowedBy, type Opened, open, recorded, verified } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
beforeEach(async () => {
  await opened.reset()
})
afterAll(() => opened.close())

const count = async (sql: string) =>
  Number((await opened.admin.query(`SELECT count(*) AS n FROM ${sql}`)).rows[0].n)
function tally(receipts: readonly Receipt[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const { state } of receipts) all[state] = (all[state] ?? 0) + 1
  return all
}
describe('recording a request', () => {
  it('commits it with its decision, its audit row and what was said', async () => {
    const receipt = recorded(await opened.store.receipts.record(verified(), 1500))
    expect(receipt.ref).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
    const { rows } = await opened.admin.query(
      `SELECT a.kind, a.decision, a.code, a.ref, r.state, r.work->>'line' AS line, p.body
       FROM request r JOIN audit a USING (ref) JOIN audit_payload p USING (seq) WHERE r.id = $1`,
      [receipt.id],
    )
    expect(rows).toEqual([
      {
        ...{ kind: 'request', decision: 'allowed', code: null, ref: receipt.ref, state: 'received' },
        ...{ line: 'health', body: '{"line":"health"}' },
      },
    ])
  })

  it('records a refusal with its code', async () => {
    const decide = allowedBy('nobody')
    const { ref } = recorded(await opened.store.receipts.record(verified({ decide }), 1500))
    const { rows } = await opened.admin.query('SELECT decision, code FROM audit WHERE ref = $1', [ref])
    expect(rows).toEqual([{ decision: 'refused', code: 'NO_ROLE' }])
  })

  it('knows a replay over three processes: one of a hundred is recorded', async () => {
    const stores = [opened.store, await opened.another(), await opened.another()]
    const replayKeys = ['the same signed bytes', 'and its event id']
    const receipts = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        stores[index % 3]!.receipts.record(verified({ replayKeys }), 5000),
      ),
    )
    expect(tally(receipts)).toEqual({ recorded: 1, duplicate: 99 })
    expect(await count('audit')).toBe(1)
    const fresh = await opened.another()
    expect(await fresh.receipts.record(verified({ replayKeys }), 1500)).toEqual({ state: 'duplicate' })
  })

  it('takes one shared key of several for a replay, and a key named twice for one key', async () => {
    const twice = verified({ replayKeys: ['mac 1', 'mac 1', 'event 1'] })
    expect((await opened.store.receipts.record(twice, 1500)).state).toBe('recorded')
    const resigned = verified({ replayKeys: ['mac 2', 'event 1'] })
    expect((await opened.store.receipts.record(resigned, 1500)).state).toBe('duplicate')
  })

  it('commits many requests in few transactions', async () => {
    const receipts = await Promise.all(
      Array.from({ length: 400 }, () => opened.store.receipts.record(verified(), 5000)),
    )
    expect(tally(receipts)).toEqual({ recorded: 400 })
    expect(await count('audit')).toBe(400)
    expect(await transactionsOf('audit')).toBeLessThan(40)
  })

  it('survives a request that the database refuses, without costing the others theirs', async () => {
    const bad = verified({ surface: null as never })
    const receipts = await Promise.all([
      opened.store.receipts.record(verified(), 5000),
      opened.store.receipts.record(bad, 5000),
      opened.store.receipts.record(verified(), 5000),
    ])
    expect(receipts.map(({ state }) => state)).toEqual(['recorded', 'not-recorded', 'recorded'])
    expect(receipts[1]).toMatchObject({ reason: 'its own database refused it (SQLSTATE 23502)' })
  })

  it('never throws when it cannot be decided', async () => {
    const decide = () => {
      throw new Error('a bug')
    }
    expect(await opened.store.receipts.record(verified({ decide }), 1500)).toMatchObject({
      state: 'not-recorded',
    })
  })

  it('records nothing when audit rows cannot be added', async () => {
    await opened.admin.query('ALTER TABLE audit ADD CONSTRAINT disk_full CHECK (false) NOT VALID')
    const receipt = await opened.store.receipts.record(verified(), 1500)
    expect(receipt).toMatchObject({ state: 'not-recorded' })
    expect(await count('request')).toBe(0)
    await opened.admin.query('ALTER TABLE audit DROP CONSTRAINT disk_full')
  })
})

describe('a role that is revoked meanwhile', () => {
  it('is decided again: a decision never rests on a grant that was revoked before it was recorded', async () => {
    await opened.admin.query(
      `INSERT INTO role_grant (user_id, channel, role, granted_by) VALUES ('UBOB', 'C1', 'member', 'UADA')`,
    )
    await eventually(async () => expect(opened.store.access.current().grants).toHaveLength(1))
    const other = await opened.another()
    let decisions = 0
    const decide: typeof allow = (snapshot?: unknown) => {
      decisions += 1
      return allowedBy('UBOB')(snapshot as never)
    }
    // Held back by the lock of the chain's head while somebody else revokes.
    await opened.admin.query('BEGIN')
    await opened.admin.query('SELECT FROM audit_head FOR UPDATE')
    const receipt = other.receipts.record(verified({ decide }), 5000)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await opened.admin.query(`DELETE FROM role_grant WHERE user_id = 'UBOB'`)
    await opened.admin.query('COMMIT')
    expect(recorded(await receipt).decision).toMatchObject({ decision: 'refused', code: 'NO_ROLE' })
    expect(decisions).toBe(2)
    const { rows } = await opened.admin.query(`SELECT decision, code FROM audit WHERE kind = 'request'`)
    expect(rows).toEqual([{ decision: 'refused', code: 'NO_ROLE' }])
  })
})

describe('a database that does not answer in time', () => {
  it('is told, and the request can never be recorded afterwards', async () => {
    await opened.admin.query('BEGIN')
    await opened.admin.query('SELECT FROM audit_head FOR UPDATE')
    const request = verified()
    const started = performance.now()
    expect(await opened.store.receipts.record(request, 300)).toMatchObject({
      state: 'not-recorded',
      ref: expect.stringMatching(/^[0-9A-Z]{8}$/),
      reason: 'its own database did not answer in time',
    })
    expect(performance.now() - started).toBeLessThan(1500)
    await opened.admin.query('COMMIT')
    await eventually(async () => expect(await count(`replay WHERE key = '${request.replayKeys[0]}'`)).toBe(1))
    expect(await opened.store.receipts.record(request, 1500)).toEqual({ state: 'duplicate' })
    expect(await count('request')).toBe(0)
  })

  it('takes an event when Slack sends it again, as it was asked to', async () => {
    const replayKeys = ['mac', 'event:Ev1']
    const event = verified({ replayKeys, comesAgain: true })
    await opened.admin.query('BEGIN')
    await opened.admin.query('SELECT FROM audit_head FOR UPDATE')
    expect(await opened.store.receipts.record(event, 300)).toMatchObject({ state: 'not-recorded' })
    await opened.admin.query('COMMIT')
    await opened.admin.query('BEGIN')
    await opened.admin.query('LOCK TABLE request IN EXCLUSIVE MODE')
    expect(await opened.store.receipts.record(event, 300)).toMatchObject({ state: 'not-recorded' })
    await opened.admin.query('COMMIT')
    await eventually(async () => expect(await count(`request WHERE state = 'finished'`)).toBe(1))
    await eventually(async () => expect(await count('replay')).toBe(0))
    expect((await opened.store.receipts.record(event, 1500)).state).toBe('recorded')
    expect(await opened.store.receipts.record(event, 1500)).toEqual({ state: 'duplicate' })
  })

  it('refuses inside the database what arrives there after its time', async () => {
    const store = await opened.another()
    const item = { id: crypto.randomUUID(), keys: ['k'], version: '1', deadline: Date.now() - 1000 }
    const { rows } = await store.pool.query(
      'SELECT receive_batch(ARRAY[json_populate_record(NULL::receive_item, $1)], $2) AS answer',
      [JSON.stringify(item), store.owner],
    )
    expect(rows[0].answer.rows).toEqual([['late']])
    expect(await count('replay')).toBe(0)
  })

  it('takes what a process of the release before sends while a new one is rolled out', async () => {
    const receipt = recorded(await opened.store.receipts.record(verified(), 1500))
    const version = opened.store.access.current().version.toString()
    const item = {
      ...{ id: crypto.randomUUID(), ref: 'ABCD1234', keys: ['k'], version, deadline: Date.now() + 1500 },
      ...{ again: false, surface: 'slash', team: 'T1', user_id: 'U1', person: 'U1', user_kind: 'member' },
      ...{ decision: { decision: 'allowed' }, outcome: 'allowed', work: {}, payload: '{}' },
    }
    const old = await opened.store.pool.query('SELECT receive($1, $2) AS answer', [
      JSON.stringify([item]),
      opened.store.owner,
    ])
    expect(old.rows[0].answer.rows).toEqual([['recorded', expect.any(Number)]])
    const { rows } = await opened.admin.query('SELECT ref, seq::int FROM audit ORDER BY seq')
    expect(rows).toEqual([
      { ref: receipt.ref, seq: 1 },
      { ref: 'ABCD1234', seq: 2 },
    ])
  })

  it('goes on when the connection is cut, and when it is back', async () => {
    const cut = () =>
      opened.admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bakery writer'`,
      )
    await cut()
    const receipts = []
    for (let round = 0; round < 20; round += 1) {
      receipts.push(opened.store.receipts.record(verified(), 5000))
      if (round % 5 === 0) await cut()
    }
    expect(tally(await Promise.all(receipts))).toEqual({ recorded: 20 })
    expect(await count('audit')).toBe(20)
    expect(await count('request')).toBe(20)
  })
})

/** How many transactions wrote a table's rows. The server's own counters come late and count everyone's. */
async function transactionsOf(table: 'audit'): Promise<number> {
  const { rows } = await opened.admin.query(`SELECT count(DISTINCT xmin::text)::int AS n FROM ${table}`)
  return rows[0].n
}
