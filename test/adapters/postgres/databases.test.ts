import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresInstance, startPostgres } from '../../../practice/postgres.ts'
import { createDatabaseReader, type DatabaseOptions } from '../../../src/adapters/postgres/databases.ts'
import { Secret } from '../../../src/core/secret.ts'
import { dependencyError, everythingOf } from '../../support/expect-error.ts'

const CANARY = 'CANARY-postgres'
const soon = () => AbortSignal.timeout(5_000)
const secret = (text: string) => async () => new Secret(text)
const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function reader(options: Partial<DatabaseOptions>, longTransactionSeconds = 300) {
  const common = {
    name: 'auth-db',
    address: '127.0.0.1',
    database: 'postgres',
    user: 'bakery',
    tls: 'off',
  } as const
  const made = createDatabaseReader({ databases: [{ ...common, ...options }], longTransactionSeconds })
  open.push(() => made.close())
  return made
}
const failure = (options: Partial<DatabaseOptions>) =>
  dependencyError(reader(options).state('auth-db', soon()))

/** A session of the application's, which stays until the test ends. */
async function session(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  open.push(() => client.end().catch(() => undefined))
  return client
}

describe('a real PostgreSQL', () => {
  let server: PostgresInstance
  let address: string
  let monitor: { user: string; password: DatabaseOptions['password'] }

  beforeAll(async () => {
    server = await startPostgres({
      settings: { fsync: 'off', max_connections: 12, superuser_reserved_connections: 2 },
    })
    address = `${server.host}:${server.port}`
    const client = new pg.Client({ connectionString: server.superuserUrl })
    await client.connect()
    await client.query(`CREATE ROLE watch LOGIN PASSWORD '${CANARY}'`)
    await client.query('GRANT pg_monitor TO watch')
    await client.query(`CREATE ROLE plain LOGIN PASSWORD '${CANARY}'`)
    await client.query('CREATE TABLE orders (id int PRIMARY KEY, state text)')
    await client.query("INSERT INTO orders VALUES (1, 'new')")
    await client.end()
    monitor = { user: 'watch', password: secret(CANARY) }
  })
  afterAll(() => server.stop())

  const state = (longTransactionSeconds?: number, options: Partial<DatabaseOptions> = {}) =>
    reader({ address, ...monitor, ...options }, longTransactionSeconds).state('auth-db', soon())

  it('says how it is', async () => {
    expect(await state()).toEqual({
      name: 'auth-db',
      version: expect.stringMatching(/^\d+\.\d+$/),
      connections: 1,
      maxConnections: 12,
      reserved: 2,
      cacheHitPercent: null,
      longTransactions: [],
      blocked: [],
      tlsOn: false,
      tlsUsed: false,
      sizeBytes: null,
      deadlocks: 0,
    })
  })

  it('says how large it is when that is asked for, also while it is asked without', async () => {
    const both = reader({ address, ...monitor })
    const [plain, sized] = await Promise.all([
      both.state('auth-db', soon()),
      both.state('auth-db', soon(), { size: true }),
    ])
    expect(plain?.sizeBytes).toBeNull()
    expect(sized?.sizeBytes).toBeGreaterThan(1_000_000)
    // Whichever way they crossed, one connection stays.
    await expect.poll(async () => (await both.state('auth-db', soon())).connections).toBe(1)
  })

  it('says how much it reads from its cache, once it has read enough', async () => {
    const client = await session(server.superuserUrl)
    await client.query('SELECT count(*) FROM generate_series(1, 40), pg_class a')
    await client.query(
      'DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM * FROM orders WHERE id = 1; END LOOP; END $$',
    )
    await client.query('SELECT pg_stat_force_next_flush()')
    const hits = async () => (await state()).cacheHitPercent
    await expect.poll(hits, { timeout: 5_000 }).toBeGreaterThan(90)
  })

  it('sees old transactions and who waits for whom, and never what they say', async () => {
    const holder = await session(server.superuserUrl)
    const waiter = await session(server.superuserUrl)
    await holder.query('BEGIN')
    await holder.query(`UPDATE orders SET state = '${CANARY}' WHERE id = 1`)
    const waiting = waiter.query("UPDATE orders SET state = 'b' WHERE id = 1").catch(() => undefined)
    const databases = reader({ address, ...monitor }, 1)
    const blocked = async () => (await databases.state('auth-db', soon())).blocked
    await expect.poll(blocked, { timeout: 5_000 }).toHaveLength(1)
    const old = async () => (await databases.state('auth-db', soon())).longTransactions.length
    await expect.poll(old, { timeout: 5_000 }).toBe(2)
    const found = await databases.state('auth-db', soon())
    const pids = { holder: (await holder.query('SELECT pg_backend_pid() pid')).rows[0].pid }
    expect(found.longTransactions[0]).toEqual({
      pid: pids.holder,
      seconds: expect.any(Number),
      user: 'postgres',
      state: 'idle in transaction',
    })
    expect(found.blocked).toMatchObject([{ blockedBy: pids.holder, waitSeconds: expect.any(Number) }])
    expect(JSON.stringify(found)).not.toContain(CANARY)
    expect(Object.isFrozen(found.longTransactions[0])).toBe(true)
    await holder.query('ROLLBACK')
    await waiting
  })

  it('is seen in part without pg_monitor, and says which grant is missing', async () => {
    const other = await session(server.superuserUrl)
    await other.query('BEGIN')
    const found = await state(0.001, { user: 'plain' })
    expect(found).toMatchObject({ connections: 2, maxConnections: 12, longTransactions: [] })
    expect(found.partial).toBe(
      'the sessions of other users are hidden from plain: long transactions are not seen. GRANT pg_monitor TO plain',
    )
  })

  it('is asked over one connection that can neither write nor wait', async () => {
    const databases = reader({ address, ...monitor })
    await Promise.all(Array.from({ length: 5 }, () => databases.state('auth-db', soon())))
    await databases.state('auth-db', soon())
    const other = await session(server.superuserUrl)
    const { rows } = await other.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'bakery'")
    expect(rows).toHaveLength(1)
  })

  it('is asked over a new connection when the old one was ended', async () => {
    const databases = reader({ address, ...monitor })
    await databases.state('auth-db', soon())
    const other = await session(server.superuserUrl)
    const end =
      "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = 'bakery'"
    await other.query(end)
    expect((await databases.state('auth-db', soon())).connections).toBe(2)
  })

  it('says that the password is wrong or missing, without repeating it', async () => {
    const wrong = await failure({ address, user: 'watch', password: secret(`${CANARY}-wrong`) })
    expect(wrong.message).toBe(`auth-db at ${address} did not accept the password of watch (28P01)`)
    expect(everythingOf(wrong)).not.toContain(CANARY)
    const missing = await failure({ address, user: 'watch' })
    expect(missing.message).toBe(`auth-db at ${address} asks for a password, and none is configured`)
    const empty = await failure({ address, user: 'watch', password: secret('') })
    expect(empty.message).toBe(`auth-db at ${address} asks for a password, and the configured one is empty`)
  })

  it('says that a database does not exist', async () => {
    const error = await failure({ address, ...monitor, database: 'nowhere' })
    expect(error.message).toBe(`auth-db at ${address} has no database nowhere (3D000)`)
  })

  it('says that no connection is left, which is the finding', async () => {
    const taken = await Promise.all(Array.from({ length: 10 }, () => session(server.superuserUrl)))
    expect(taken).toHaveLength(10)
    const error = await failure({ address, ...monitor })
    expect(error.message).toBe(
      `auth-db at ${address} has no connection left (53300): all are taken, and Bakery itself could not connect`,
    )
    expect(error.retryable).toBe(true)
    expect(error.cause).toMatchObject({ code: '53300' })
  })

  it('is no longer asked after the reader was closed, and keeps no connection of ours', async () => {
    const databases = reader({ address, ...monitor })
    await databases.state('auth-db', soon())
    await databases.close()
    const error = await dependencyError(databases.state('auth-db', soon()))
    expect(error.message).toBe(`auth-db at ${address} is no longer asked: its reader is closed`)
    const other = await session(server.superuserUrl)
    const ours = "SELECT pid FROM pg_stat_activity WHERE application_name = 'bakery'"
    await expect.poll(async () => (await other.query(ours)).rows).toEqual([])
  })

  it('takes up a rotated password without a restart of ours', async () => {
    const admin = await session(server.superuserUrl)
    await admin.query("CREATE ROLE rotated LOGIN PASSWORD 'old'")
    let password = 'old'
    const databases = reader({ address, user: 'rotated', password: async () => new Secret(password) })
    await databases.state('auth-db', soon())
    await admin.query("ALTER ROLE rotated PASSWORD 'new'")
    await admin.query(
      "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = 'rotated'",
    )
    expect((await dependencyError(databases.state('auth-db', soon()))).message).toContain('(28P01)')
    password = 'new'
    expect((await databases.state('auth-db', soon())).name).toBe('auth-db')
  })
})
