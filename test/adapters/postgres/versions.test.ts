import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabaseReader } from '../../../src/adapters/postgres/databases.ts'
import { describeWith } from '../../support/programs.ts'
import { debianPostgres, type Server, startDebianPostgres } from '../../support/servers.ts'

describeWith({ 'PostgreSQL 15': debianPostgres(15) !== null }, 'a real PostgreSQL 15', () => {
  let server: Server
  beforeAll(async () => {
    server = await startDebianPostgres(15)
  })
  afterAll(() => server.stop())

  it('is asked by the same statement as a newer one', async () => {
    const one = {
      name: 'auth-db',
      address: `127.0.0.1:${server.port}`,
      database: 'postgres',
      user: 'postgres',
    }
    const reader = createDatabaseReader({
      databases: [{ ...one, tls: 'prefer' }],
      longTransactionSeconds: 300,
    })
    const state = () => reader.state('auth-db', AbortSignal.timeout(5_000))
    await expect
      .poll(() => state().catch((error) => error), { timeout: 10_000 })
      .toMatchObject({
        name: 'auth-db',
        version: expect.stringMatching(/^15\.\d+$/),
        connections: 1,
        maxConnections: 100,
        reserved: 3,
        tlsUsed: false,
      })
    await reader.close()
  })
})
