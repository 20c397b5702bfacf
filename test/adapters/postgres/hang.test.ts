import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createDatabaseReader } from '../../../src/adapters/postgres/databases.ts'
import { Secret } from '../../../src/core/secret.ts'
import { asSuperuser, createTestRole } from '../../support/database.ts'
import { dependencyError } from '../../support/expect-error.ts'
import { type StandIn, startSocket } from '../../support/web.ts'

/** Stands between us and the server, and can fall silent in both directions, as a lost network path does. */
describe('a PostgreSQL that falls silent after it has answered', () => {
  let role: { name: string; password: string }
  let between: StandIn
  const pairs = new Set<readonly [Socket, Socket]>()
  let silent = false
  let connections = 0

  beforeAll(async () => {
    role = await createTestRole('IN ROLE pg_monitor')
    const { hostname, port } = new URL(inject('databaseAdminUrl'))
    between = await startSocket((ours) => {
      connections += 1
      const theirs = connect(Number(port), hostname)
      theirs.on('error', () => {})
      ours.on('close', () => theirs.destroy())
      if (silent) return
      ours.pipe(theirs).pipe(ours)
      pairs.add([ours, theirs])
    })
  })
  afterAll(async () => {
    await between.stop()
    await asSuperuser((client) => client.query(`DROP ROLE ${role.name}`))
  })

  const fallSilent = () => {
    silent = true
    for (const [ours, theirs] of pairs) {
      ours.unpipe()
      theirs.unpipe()
    }
  }

  it('is given up with the signal, its connection dropped, and a new one opened when it speaks again', async () => {
    const databases = createDatabaseReader({
      databases: [
        {
          name: 'auth-db',
          address: `127.0.0.1:${between.port}`,
          database: 'postgres',
          user: role.name,
          password: async () => new Secret(role.password),
          tls: 'off',
        },
      ],
      longTransactionSeconds: 300,
    })
    const state = (ms: number) => databases.state('auth-db', AbortSignal.timeout(ms))
    await state(5_000)
    fallSilent()
    const both = await Promise.all([dependencyError(state(100)), dependencyError(state(300))])
    expect(both.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^auth-db at \S+ did not answer within 0\.1 s$/),
      expect.stringMatching(/^auth-db at \S+ did not answer within 0\.3 s$/),
    ])
    expect(connections).toBe(1)
    silent = false
    expect((await state(5_000)).name).toBe('auth-db')
    expect(connections).toBe(2)
    await databases.close()
  })
})
