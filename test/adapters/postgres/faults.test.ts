import { afterEach, describe, expect, inject, it } from 'vitest'
import { createDatabaseReader, type DatabaseOptions } from '../../../src/adapters/postgres/databases.ts'
import { UserError } from '../../../src/core/errors.ts'
import { Secret } from '../../../src/core/secret.ts'
import { asSuperuser, createTestRole } from '../../support/database.ts'
import { dependencyError } from '../../support/expect-error.ts'
import { freePort } from '../../support/servers.ts'
import { startSocket } from '../../support/web.ts'

const soon = () => AbortSignal.timeout(5_000)
const secret = (text: string) => async () => new Secret(text)
const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function reader(options: Partial<DatabaseOptions>) {
  const common = {
    name: 'auth-db',
    address: '127.0.0.1',
    database: 'postgres',
    user: 'bakery',
    tls: 'off',
  } as const
  const made = createDatabaseReader({ databases: [{ ...common, ...options }], longTransactionSeconds: 300 })
  open.push(() => made.close())
  return made
}
const failure = (options: Partial<DatabaseOptions>) =>
  dependencyError(reader(options).state('auth-db', soon()))

describe('a PostgreSQL that is not well', () => {
  it('refuses the connection', async () => {
    const address = `127.0.0.1:${await freePort()}`
    const error = await failure({ address })
    expect(error).toMatchObject({
      message: `connection refused at ${address}`,
      dependency: 'auth-db',
      retryable: true,
    })
  })

  it('has a host that does not exist', async () => {
    expect((await failure({ address: 'auth-db.invalid' })).message).toMatch(
      /^auth-db at auth-db\.invalid:5432 has a host name that /,
    )
  })

  it.each(['off', 'prefer', 'require'] as const)(
    'hangs, and is given up with the signal (TLS %s)',
    async (tls) => {
      const server = await startSocket()
      open.push(() => server.stop())
      const databases = reader({ address: `127.0.0.1:${server.port}`, tls })
      const error = await dependencyError(databases.state('auth-db', AbortSignal.timeout(100)))
      expect(error.message).toMatch(/^auth-db at 127\.0\.0\.1:\d+ did not answer within 0\.\d s$/)
      expect(error.retryable).toBe(true)
    },
  )

  it('is another system at that address', async () => {
    const server = await startSocket((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    open.push(() => server.stop())
    const error = await failure({ address: `127.0.0.1:${server.port}` })
    expect(error.message).toMatch(
      /^auth-db at \S+ (closed the connection|could not be asked: is it a PostgreSQL server\?)/,
    )
  })

  it('has a name that nobody configured', async () => {
    const work = reader({}).state('orders-db', soon())
    await expect(work).rejects.toThrow('There is no database orders-db. There are: auth-db.')
    await expect(work).rejects.toBeInstanceOf(UserError)
  })

  it('has an address that is none', async () => {
    expect((await failure({ address: 'postgres://auth-db:5432/x' })).message).toBe(
      'auth-db has an address that is not host:port',
    )
  })
})

describe('the shared server of the tests', () => {
  it('does not offer TLS: preferring it is enough, requiring it is not', async () => {
    const role = await createTestRole('IN ROLE pg_monitor')
    open.push(() => asSuperuser((client) => client.query(`DROP ROLE ${role.name}`)))
    const { host } = new URL(inject('databaseAdminUrl'))
    const options = { address: host, user: role.name, password: secret(role.password) }
    const found = await reader({ ...options, tls: 'prefer' }).state('auth-db', soon())
    expect(found).toMatchObject({ tlsOn: false, tlsUsed: false })
    expect((await failure({ ...options, tls: 'require' })).message).toBe(
      `auth-db at ${host} does not offer TLS, which is required of it`,
    )
  })
})
