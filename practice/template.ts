import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { migrate } from '../src/store/migrate.ts'
import { type PostgresInstance, startPostgres } from './postgres.ts'

/** A database for Bakery that shares its server with others; dropped by `stop`. */
export interface SharedDatabase {
  readonly botUrl: string
  readonly adminUrl: string
  stop(): Promise<void>
}

interface Shared {
  readonly server: PostgresInstance
  readonly botUrl: string
}

const TEMPLATE = 'bakery_template'
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: 200, shared_buffers: '32MB' }

let shared: Promise<Shared> | null = null
let users = 0

/**
 * One PostgreSQL for all worlds of this process, with a migrated database that each of them clones: the first costs a
 * second, the others some milliseconds. The server goes with the last of them.
 */
export async function sharedDatabase(): Promise<SharedDatabase> {
  users += 1
  try {
    shared ??= startShared()
    const { server, botUrl } = await shared
    const name = `world_${randomUUID().replaceAll('-', '')}`
    const within = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href
    await run(server.superuserUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`)
    return {
      botUrl: within(botUrl),
      adminUrl: within(server.superuserUrl),
      async stop() {
        await run(server.superuserUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined)
        await leave()
      },
    }
  } catch (error) {
    await leave()
    throw error
  }
}

async function leave(): Promise<void> {
  users -= 1
  if (users > 0 || shared === null) return
  const last = shared
  shared = null
  await last.then(
    ({ server }) => server.stop(),
    () => undefined,
  )
}

async function startShared(): Promise<Shared> {
  const server = await startPostgres({ settings: SETTINGS })
  try {
    const adminUrl = Object.assign(new URL(server.superuserUrl), { pathname: `/${TEMPLATE}` }).href
    const password = randomBytes(12).toString('base64url')
    const botUrl = Object.assign(new URL(adminUrl), { username: 'bakery', password }).href
    await run(server.superuserUrl, `CREATE DATABASE ${TEMPLATE}`)
    await migrate({ adminUrl, botUrl })
    await run(server.superuserUrl, `ALTER DATABASE ${TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
    return { server, botUrl }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
