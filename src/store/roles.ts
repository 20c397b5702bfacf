import type { Client } from 'pg'
import { coerceError, DependencyError } from '../core/errors.ts'

/** Owns Bakery's tables in every database of a server. Nobody logs in as it, and outside a migration nobody is a member. */
const OWNER = 'bakery_owner'

export interface OwnerSession {
  readonly owner: string
  readonly admin: string
  /** Whether membership was taken for this migration, to be given back. */
  readonly borrowed: boolean
  readonly warnings: readonly string[]
}

/** Makes sure that the bot's role exists and may connect; returns sentences about what it can do beyond its tables. */
export async function ensureBotRole(
  admin: Client,
  bot: { name: string; password: string | null },
): Promise<readonly string[]> {
  const name = admin.escapeIdentifier(bot.name)
  const password = bot.password === null ? '' : ` PASSWORD ${admin.escapeLiteral(bot.password)}`
  if (!(await roleFacts(admin, bot.name))) {
    await createRole(
      admin,
      bot.name,
      `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE${password}`,
    )
  }
  const facts = await roleFacts(admin, bot.name)
  const powers = [facts?.super && 'a superuser', facts?.createrole && 'allowed to create roles'].filter(
    Boolean,
  )
  if (powers.length === 0) return []
  return [
    `The bot's role ${bot.name} is ${powers.join(' and ')}: audit rows are not protected against it. ` +
      `Give DATABASE_URL a role of its own with no such power, and this one to DATABASE_ADMIN_URL.`,
  ]
}

/**
 * From here on this session creates and changes as the owner of the tables. What the bot owns of this database goes to that
 * owner first: the database itself, or what an earlier migration without a second role left.
 */
export async function becomeOwner(admin: Client, bot: string): Promise<OwnerSession> {
  const { rows } = await admin.query<{ admin: string; present: string | null }>(
    `SELECT session_user AS admin, (SELECT tableowner FROM pg_tables
       WHERE schemaname = 'public' AND tablename = 'audit') AS present`,
  )
  const { admin: name = '', present = null } = rows[0] ?? {}
  const owner = present === null || present === bot ? OWNER : present
  if (owner === name) return { owner, admin: name, borrowed: false, warnings: [] }
  try {
    const borrowed = await borrow(admin, owner, name)
    await handOver(admin, owner, bot)
    await setRole(admin, owner, name, borrowed)
    return { owner, admin: name, borrowed, warnings: name === bot ? [sameRole(bot)] : [] }
  } catch (thrown) {
    const why = coerceError(thrown).message
    return { owner: name, admin: name, borrowed: false, warnings: await ownedByAdmin(admin, bot, name, why) }
  }
}

function sameRole(bot: string): string {
  return (
    `DATABASE_ADMIN_URL and DATABASE_URL are the same role, ${bot}, which can become the owner of the tables again: ` +
    `audit rows are not protected against it. Use two roles in production.`
  )
}

/** Where the admin may not have a role of its own for the tables, they belong to the admin. */
async function ownedByAdmin(
  admin: Client,
  bot: string,
  name: string,
  why: string,
): Promise<readonly string[]> {
  if (name === bot) {
    return [
      `The role ${bot} owns Bakery's tables, because it may not create the role ${OWNER} (${why}): audit rows are ` +
        `not protected against it. Set DATABASE_ADMIN_URL to another role and run this again.`,
    ]
  }
  const { rows } = await admin.query(OWNED_BY, [bot, name])
  return rows.length === 0
    ? []
    : [
        `The role ${bot} still owns something here (${why}): DATABASE_ADMIN_URL needs a role that may change it.`,
      ]
}

/** Becomes the admin again and gives the membership back. */
export async function stepDown(admin: Client, session: OwnerSession): Promise<void> {
  await admin.query('RESET ROLE')
  if (!session.borrowed) return
  const [owner, name] = [session.owner, session.admin].map((role) => admin.escapeIdentifier(role))
  await again(() => admin.query(`REVOKE ${owner} FROM ${name}`))
}

async function handOver(admin: Client, owner: string, bot: string): Promise<void> {
  if ((await roleFacts(admin, bot))?.super) return
  const { rows } = await admin.query<{ statement: string }>(OWNED_BY, [bot, owner])
  for (const { statement } of rows) await admin.query(statement)
}

/** Statements that give what a role owns of this database to another: the database, its schema and everything in it. */
const OWNED_BY = `
  SELECT format('ALTER %s %s OWNER TO %I', kind, name, $2::text) AS statement FROM (
    SELECT 'DATABASE' AS kind, format('%I', datname) AS name, datdba AS owner, 3 AS turn
      FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'SCHEMA', 'public', nspowner, 2 FROM pg_namespace WHERE nspname = 'public'
    UNION ALL
    SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass::text, relowner, 1
      FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'p', 'S')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype IN ('a', 'i')
                        AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass)
    UNION ALL
    SELECT 'TYPE', format('public.%I', relname), relowner, 1
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'c'
    UNION ALL
    SELECT 'FUNCTION', oid::regprocedure::text, proowner, 1
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ) owned WHERE owner = $1::regrole ORDER BY turn`

/** Makes the owner's role ready to be taken on; true when membership was granted for it. */
async function borrow(admin: Client, owner: string, name: string): Promise<boolean> {
  if (!(await roleFacts(admin, owner))) {
    await createRole(admin, owner, `CREATE ROLE ${admin.escapeIdentifier(owner)} NOLOGIN`)
  }
  const isSuper = (await roleFacts(admin, name))?.super === true
  if (!isSuper) await grantMembership(admin, owner, name)
  await again(() => admin.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${admin.escapeIdentifier(owner)}`))
  return !isSuper
}

/** A migration of another database of the same admin may just have given the membership back: then it is taken again. */
async function setRole(admin: Client, owner: string, name: string, borrowed: boolean): Promise<void> {
  const take = async () => {
    if (borrowed) await grantMembership(admin, owner, name)
    await admin.query(`SET ROLE ${admin.escapeIdentifier(owner)}`)
  }
  await again(take, [...RACES, INSUFFICIENT_PRIVILEGE])
}

async function grantMembership(admin: Client, owner: string, name: string): Promise<void> {
  await again(() => admin.query(`GRANT ${admin.escapeIdentifier(owner)} TO ${admin.escapeIdentifier(name)}`))
}

async function createRole(admin: Client, name: string, statement: string): Promise<void> {
  try {
    await again(() => admin.query(statement))
  } catch (thrown) {
    if (await roleFacts(admin, name)) return
    throw new DependencyError({
      dependency: 'postgres',
      operation: 'migrate',
      message: `The role ${name} does not exist and could not be created: ${coerceError(thrown).message}.`,
      cause: thrown,
    })
  }
}

interface RoleFacts {
  readonly super: boolean
  readonly createrole: boolean
}

async function roleFacts(admin: Client, name: string): Promise<RoleFacts | null> {
  const { rows } = await admin.query<RoleFacts>(
    `SELECT rolsuper AS super, rolcreaterole AS createrole FROM pg_roles WHERE rolname = $1`,
    [name],
  )
  return rows[0] ?? null
}

const ATTEMPTS = 8
/** Another migration on this server was changing the same role: `tuple concurrently updated`, a race for its name. */
const RACES = ['XX000', '23505']
const INSUFFICIENT_PRIVILEGE = '42501'

async function again(change: () => Promise<unknown>, codes: readonly string[] = RACES): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await change()
      return
    } catch (thrown) {
      const { code } = Object(thrown) as { code?: string }
      if (attempt === ATTEMPTS || !codes.includes(code ?? '')) throw thrown
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt))
    }
  }
}
