import { runner } from 'node-pg-migrate'
import pg from 'pg'
import { coerceError, DependencyError } from '../core/errors.ts'
import { privilegeStatements } from './privileges.ts'
import { becomeOwner, ensureBotRole, stepDown } from './roles.ts'
import { MIGRATIONS, MIGRATIONS_TABLE } from './schema.ts'

export interface MigrationOptions {
  /** Connects as the role that may change the schema. */
  readonly adminUrl: string
  /** Names the bot's role; it is created when it is missing and may be. */
  readonly botUrl: string
}

export interface MigrationReport {
  /** Names of the migrations that were run now; empty when there was nothing to do. */
  readonly applied: readonly string[]
  /** The role that owns the tables. */
  readonly owner: string
  readonly bot: string
  /** Whole sentences about what this set-up does not protect. */
  readonly warnings: readonly string[]
}

const OLDEST_VERSION = 150_000
/** Held by the session that migrates this database: an arbitrary number of our own. */
const ONE_AT_A_TIME = 2_026_112_301

/**
 * Brings the schema up to date and leaves the bot's role owning nothing. Safe to run again, and by several at once:
 * roles belong to the whole server, so other Bakery databases on it may be migrating at the same time.
 */
export async function migrate({ adminUrl, botUrl }: MigrationOptions): Promise<MigrationReport> {
  const bot = new pg.Client({ connectionString: botUrl })
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'bakery-migrate' })
  admin.on('error', () => {})
  await connect(admin)
  try {
    await requireVersion(admin)
    await admin.query('SELECT pg_advisory_lock($1)', [ONE_AT_A_TIME])
    const powers = await ensureBotRole(admin, { name: bot.user ?? '', password: passwordOf(botUrl) })
    const session = await becomeOwner(admin, bot.user ?? '')
    const applied = await applyMigrations(admin)
    for (const statement of privilegeStatements(admin.escapeIdentifier(bot.user ?? ''))) {
      await admin.query(statement)
    }
    await stepDown(admin, session)
    return { applied, owner: session.owner, bot: bot.user ?? '', warnings: [...powers, ...session.warnings] }
  } finally {
    await admin.end()
  }
}

async function connect(admin: pg.Client): Promise<void> {
  try {
    await admin.connect()
  } catch (thrown) {
    const { message } = coerceError(thrown)
    const where = `${admin.user} at ${admin.host}:${admin.port}/${admin.database}`
    throw new DependencyError({
      dependency: 'postgres',
      operation: 'migrate',
      message: `The database cannot be reached as ${where}: ${message}. Check DATABASE_ADMIN_URL (default DATABASE_URL).`,
      cause: thrown,
    })
  }
}

async function requireVersion(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ number: string; version: string }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version`,
  )
  if (Number(rows[0]?.number) >= OLDEST_VERSION) return
  throw new DependencyError({
    dependency: 'postgres',
    operation: 'migrate',
    message: `The server is PostgreSQL ${rows[0]?.version}; Bakery needs 15 or newer.`,
  })
}

async function applyMigrations(admin: pg.Client): Promise<readonly string[]> {
  const silent = () => {}
  const applied = await runner({
    dbClient: admin,
    dir: MIGRATIONS,
    direction: 'up',
    schema: 'public',
    migrationsTable: MIGRATIONS_TABLE,
    advisoryLockMode: 'wait',
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  return applied.map((migration) => migration.name)
}

function passwordOf(url: string): string | null {
  const { password } = new pg.Client({ connectionString: url })
  return typeof password === 'string' && password !== '' ? password : null
}
