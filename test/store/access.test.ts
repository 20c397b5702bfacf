import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPool } from '../../src/store/pool.ts'
import { createProbe } from '../../src/store/probe.ts'
import { KEEP, sweep } from '../../src/store/retention.ts'
import { done, message, type Opened, open, received, silent } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
beforeEach(async () => {
  await opened.reset()
})
afterAll(() => opened.close())

const until = async (reached: () => boolean) => {
  for (let tries = 200; tries > 0 && !reached(); tries -= 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
  expect(reached()).toBe(true)
}
const grant = () =>
  opened.admin.query(
    `INSERT INTO role_grant (user_id, channel, role, granted_by) VALUES ('UBOB', 'C1', 'admin', 'UOWN')`,
  )
const user = { user: 'UBOB', team: 'T1', name: 'bob', kind: 'member' } as const

describe('the access records', () => {
  it('are one snapshot of grants, bindings and what Slack was last seen to be', async () => {
    await grant()
    await opened.admin.query(`INSERT INTO channel_binding VALUES ('C1', '{health,logs}', 'production')`)
    await opened.store.mirror.saveUser(user)
    await opened.store.mirror.saveChannel({ channel: 'C1', name: 'ops', shared: false, archived: false })
    await opened.store.mirror.saveGroup('S1', 'ops', ['UBOB', 'UBOB'])
    const snapshot = await opened.store.access.snapshot()
    expect(snapshot.grants).toMatchObject([
      { user: 'UBOB', group: null, channel: 'C1', role: 'admin', until: null, grantedBy: 'UOWN' },
    ])
    expect(snapshot.bindings.get('C1')).toEqual({
      ...{ channel: 'C1', families: ['health', 'logs'], environment: 'production' },
    })
    expect(snapshot.users.get('UBOB')).toEqual({ ...user, seenAt: expect.any(String) })
    expect(snapshot.channels.get('C1')).toMatchObject({ name: 'ops', shared: false })
    expect([...(snapshot.groups.get('S1') ?? [])]).toEqual(['UBOB'])
    expect(Math.abs(snapshot.now() - Date.now())).toBeLessThan(1000)
  })

  it('are fresh in every process within moments of a change', async () => {
    const other = await opened.another()
    await grant()
    await until(() => opened.store.access.current().grants.length === 1)
    await until(() => other.access.current().grants.length === 1)
  })

  it('are fresh again after the connection that listens was lost', async () => {
    await opened.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bakery listener'`,
    )
    await grant()
    await until(() => opened.store.access.current().grants.length === 1)
  })

  it('get a new version by what changed, and none by what was only seen again', async () => {
    const version = async () => (await opened.store.access.snapshot()).version
    const first = await version()
    await opened.store.mirror.saveUser(user)
    expect(await version()).toBe(first + 1n)
    await opened.store.mirror.saveUser(user)
    await opened.store.mirror.saveGroup('S1', 'ops', ['UBOB', 'UEVE'])
    expect(await version()).toBe(first + 2n)
    await opened.store.mirror.saveGroup('S1', 'ops', ['UEVE', 'UBOB'])
    expect(await version()).toBe(first + 2n)
    await opened.store.mirror.saveUser({ ...user, kind: 'deactivated' })
    await opened.store.mirror.saveGroup('S1', 'ops', [])
    expect(await version()).toBe(first + 4n)
    await opened.store.access.atLeast(first + 4n)
    expect(opened.store.access.current().users.get('UBOB')?.kind).toBe('deactivated')
  })

  it('name who has not been seen for longest', async () => {
    for (const name of ['UA', 'UB', 'UC']) await opened.store.mirror.saveUser({ ...user, user: name })
    await opened.store.mirror.saveChannel({ channel: 'C1', name: 'x', shared: false, archived: false })
    await opened.admin.query(
      `UPDATE slack_user SET seen_at = now() - CASE user_id WHEN 'UB' THEN interval '2 h' ELSE interval '1 h' END
       WHERE user_id <> 'UC'`,
    )
    expect(await opened.store.mirror.staleUsers(60, 10)).toEqual(['UB', 'UA'])
    expect(await opened.store.mirror.staleUsers(60, 1)).toEqual(['UB'])
    expect(await opened.store.mirror.staleChannels(60, 10)).toEqual([])
  })
})

describe('retention', () => {
  it('removes what was kept long enough and nothing else, and the chain stays whole', async () => {
    const request = await received(opened.store)
    await opened.store.journal.finish(request, done, [message('old')])
    await received(opened.store)
    const [item] = await opened.store.outbox.claim(1)
    await opened.store.outbox.sent(item!.id, { channel: 'C1', ts: '1.1' })
    expect(await sweep(opened.store.pool)).toEqual({
      replay: 0,
      requests: 0,
      messages: 0,
      runs: 0,
      payloads: 0,
    })
    await opened.admin.query(`UPDATE request SET finished_at = finished_at - interval '8 days'`)
    await opened.admin.query(`UPDATE replay SET at = at - interval '25 hours'`)
    await opened.admin.query(`UPDATE outbox SET settled_at = settled_at - interval '31 days'`)
    expect(await sweep(opened.store.pool)).toEqual({
      replay: 2,
      requests: 1,
      messages: 1,
      runs: 0,
      payloads: 0,
    })
    const { rows } = await opened.admin.query('SELECT count(*)::int AS n FROM audit')
    expect(rows).toEqual([{ n: 3 }])
  })

  it('does not remove payloads that are younger than 30 days, whatever it is told', async () => {
    await expect(sweep(opened.store.pool, { ...KEEP, payloads: 1 })).rejects.toThrow('SQLSTATE 42501')
  })
})

describe('readiness', () => {
  it('is given while the database answers and the clocks agree', async () => {
    const ready = createProbe({ pool: opened.store.pool, now: () => new Date() })
    expect(await ready()).toEqual([])
    const ahead = createProbe({ pool: opened.store.pool, now: () => new Date(Date.now() + 600_000) })
    expect(await ahead()).toEqual(["this machine's clock and the database's differ by 600 s"])
  })

  it('is not given without the database', async () => {
    const pool = createPool({ url: 'postgres://bakery:x@127.0.0.1:1/none', log: silent })
    expect(await createProbe({ pool, now: () => new Date() })()).toEqual([
      "Bakery's own database cannot be reached",
    ])
    await pool.end()
  })
})
