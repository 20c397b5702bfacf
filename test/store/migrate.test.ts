import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { checkSchema } from '../../src/store/schema.ts'
import {
  asRole,
  asSuperuser,
  createEmptyDatabase,
  createTestDatabase,
  createTestRole,
  type TestDatabase,
} from '../support/database.ts'

const opened: TestDatabase[] = []
afterEach(async () => {
  for (const database of opened.splice(0)) await database.drop()
})

async function empty(): Promise<TestDatabase> {
  const database = await createEmptyDatabase()
  opened.push(database)
  return database
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

const databaseOf = (url: string) => new URL(url).pathname.slice(1)

/** What a role owns in this database, the database included. */
const OWNED = `
  SELECT 'table ' || relname AS what FROM pg_class WHERE relowner = current_user::regrole
  UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proowner = current_user::regrole
  UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspowner = current_user::regrole
  UNION ALL SELECT 'database ' || datname FROM pg_database WHERE datdba = current_user::regrole
  UNION ALL SELECT 'member of ' || roleid::regrole FROM pg_auth_members
    WHERE member = current_user::regrole AND (inherit_option OR set_option)`

describe('npm run migrate', () => {
  it('tells an empty database from a current one', async () => {
    const { adminUrl, botUrl } = await empty()
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    expect(await checkSchema(client as unknown as pg.Pool)).toBe('empty')
    await migrate({ adminUrl, botUrl })
    expect(await checkSchema(client as unknown as pg.Pool)).toBe('current')
    await client.query(`DELETE FROM schema_migration WHERE name = '0006_operations'`)
    expect(await checkSchema(client as unknown as pg.Pool)).toBe('old')
    await client.end()
  })

  it('does nothing the second time', async () => {
    const { adminUrl, botUrl } = await empty()
    expect((await migrate({ adminUrl, botUrl })).applied[0]).toBe('0001_audit')
    expect(await migrate({ adminUrl, botUrl })).toEqual({
      applied: [],
      owner: 'bakery_owner',
      bot: 'bakery',
      warnings: [],
    })
  })

  it('lets the bot read the state of the schema', async () => {
    const database = await createTestDatabase()
    opened.push(database)
    const pool = new pg.Pool({ connectionString: database.botUrl, max: 1 })
    expect(await checkSchema(pool)).toBe('current')
    await pool.end()
  })

  it('leaves the role of the bot owning nothing', async () => {
    const { adminUrl, botUrl } = await empty()
    await migrate({ adminUrl, botUrl })
    expect(await query(botUrl, OWNED)).toEqual([])
  })

  it('takes the database away from a bot that owned it', async () => {
    const database = await empty()
    const role = await createTestRole()
    await asSuperuser((client) =>
      client.query(`ALTER DATABASE ${databaseOf(database.adminUrl)} OWNER TO ${role.name}`),
    )
    const botUrl = asRole(database.botUrl, role)
    const report = await migrate({ adminUrl: database.adminUrl, botUrl })
    expect(report.warnings).toEqual([])
    expect(await query(botUrl, OWNED)).toEqual([])
  })

  it('works with one role that may create roles, says what that costs, and still leaves it owning nothing', async () => {
    const database = await empty()
    const role = await createTestRole('CREATEROLE CREATEDB')
    await asSuperuser((client) =>
      client.query(`ALTER DATABASE ${databaseOf(database.adminUrl)} OWNER TO ${role.name}`),
    )
    await asSuperuser((client) =>
      client.query(`GRANT bakery_owner TO ${role.name} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`),
    )
    const url = asRole(database.botUrl, role)
    const report = await migrate({ adminUrl: url, botUrl: url })
    expect(report.owner).toBe('bakery_owner')
    expect(report.warnings.join(' ')).toContain('audit rows are not protected against it')
    expect(await query(url, OWNED)).toEqual([])
    expect((await migrate({ adminUrl: url, botUrl: url })).applied).toEqual([])
    expect(await query(url, OWNED)).toEqual([])
  })

  it('works with one role that may not create roles, and says that it owns everything', async () => {
    const database = await empty()
    const role = await createTestRole()
    await asSuperuser((client) =>
      client.query(`ALTER DATABASE ${databaseOf(database.adminUrl)} OWNER TO ${role.name}`),
    )
    const url = asRole(database.botUrl, role)
    const report = await migrate({ adminUrl: url, botUrl: url })
    expect(report.owner).toBe(role.name)
    expect(report.warnings.join(' ')).toContain(`The role ${role.name} owns Bakery's tables`)
    expect(await query(url, `SELECT count(*)::int AS n FROM audit`)).toEqual([{ n: 0 }])

    const later = await migrate({ adminUrl: database.adminUrl, botUrl: url })
    expect(later).toMatchObject({ owner: 'bakery_owner', warnings: [] })
    expect(await query(url, OWNED)).toEqual([])
  })

  it('creates the role of the bot with the password of its URL', async () => {
    const { adminUrl, botUrl } = await empty()
    const name = `bot_${databaseOf(botUrl).slice(-8)}`
    const url = asRole(botUrl, { name, password: `it's "quoted"` })
    await migrate({ adminUrl, botUrl: url })
    expect(await query(url, 'SELECT current_user AS me')).toEqual([{ me: name }])
  })

  it('says who is missing when the role of the bot can neither be found nor created', async () => {
    const database = await empty()
    const owner = await createTestRole()
    await asSuperuser((client) =>
      client.query(`ALTER DATABASE ${databaseOf(database.adminUrl)} OWNER TO ${owner.name}`),
    )
    const adminUrl = asRole(database.adminUrl, owner)
    const botUrl = asRole(database.botUrl, { name: 'nobody_here', password: 'x' })
    await expect(migrate({ adminUrl, botUrl })).rejects.toThrow(
      'The role nobody_here does not exist and could not be created: permission denied to create role.',
    )
  })

  it('never shows the password of a database that cannot be reached', async () => {
    const botUrl = 'postgres://bakery:hunter2@127.0.0.1:1/bakery'
    await expect(migrate({ adminUrl: botUrl, botUrl })).rejects.toThrow(
      /cannot be reached as bakery at 127.0.0.1:1\/bakery: .*ECONNREFUSED/,
    )
    await expect(migrate({ adminUrl: botUrl, botUrl })).rejects.not.toThrow(/hunter2/)
  })

  it('is safe when several databases of one server migrate at once, some of them twice', async () => {
    const databases = await Promise.all([empty(), empty(), empty()])
    const runs = [...databases, ...databases].map(({ adminUrl, botUrl }) => migrate({ adminUrl, botUrl }))
    const reports = await Promise.all(runs)
    expect(reports.filter((report) => report.applied.length > 0)).toHaveLength(3)
  })
})
