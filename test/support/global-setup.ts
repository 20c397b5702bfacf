import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../practice/postgres.ts'
import { migrate } from '../../src/store/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Name of the migrated database that tests clone. */
    databaseTemplate: string
    databaseAdminUrl: string
    databaseBotUrl: string
  }
}

const TEMPLATE = 'bakery_template'
/** Tests are about rules, not about disks. */
const FAST = { fsync: 'off', full_page_writes: 'off', max_connections: 200, shared_buffers: '64MB' }

/** One real PostgreSQL for the whole run, with a migrated database that each test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: FAST })
  const adminUrl = Object.assign(new URL(server.superuserUrl), { pathname: `/${TEMPLATE}` }).href
  const password = randomBytes(12).toString('base64url')
  const botUrl = Object.assign(new URL(adminUrl), { username: 'bakery', password }).href
  const client = new pg.Client({ connectionString: server.superuserUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${TEMPLATE}`)
  await migrate({ adminUrl, botUrl })
  await client.query(`ALTER DATABASE ${TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
  await client.end()
  project.provide('databaseTemplate', TEMPLATE)
  project.provide('databaseAdminUrl', adminUrl)
  project.provide('databaseBotUrl', botUrl)
  return () => server.stop()
}
