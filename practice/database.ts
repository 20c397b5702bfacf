import { randomBytes } from 'node:crypto'
import { migrate } from '../src/store/migrate.ts'
import { startPostgres } from './postgres.ts'

/** Bakery's own database, migrated, with the two roles of production. */
export interface OwnDatabase {
  readonly botUrl: string
  readonly adminUrl: string
  stop(): Promise<void>
}

/** Starts a PostgreSQL for Bakery alone and migrates it. */
export async function startOwnDatabase(): Promise<OwnDatabase> {
  const server = await startPostgres({ settings: { max_connections: 60, shared_buffers: '32MB' } })
  const adminUrl = server.superuserUrl
  const password = randomBytes(18).toString('base64url')
  const botUrl = Object.assign(new URL(adminUrl), { username: 'bakery', password }).href
  try {
    await migrate({ adminUrl, botUrl })
  } catch (error) {
    await server.stop()
    throw error
  }
  return { botUrl, adminUrl, stop: () => server.stop() }
}
