import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PostgresInstance, startPostgres } from '../../../practice/postgres.ts'
import { serverIdentity } from '../../../practice/postgres-cluster.ts'
import { createDatabaseReader, type DatabaseOptions } from '../../../src/adapters/postgres/databases.ts'
import { Secret } from '../../../src/core/secret.ts'
import { type Certificates, makeCertificates } from '../../support/certificates.ts'
import { dependencyError } from '../../support/expect-error.ts'
import { describeWith, findProgram } from '../../support/programs.ts'

const soon = () => AbortSignal.timeout(5_000)

describeWith({ openssl: findProgram('openssl') !== null }, 'a real PostgreSQL with TLS', () => {
  let certificates: Certificates
  let other: Certificates
  let server: PostgresInstance

  beforeAll(async () => {
    certificates = await makeCertificates(['DNS:localhost'], serverIdentity())
    other = await makeCertificates(['DNS:localhost'])
    server = await startPostgres({
      settings: {
        fsync: 'off',
        ssl: 'on',
        ssl_cert_file: certificates.certificateFile,
        ssl_key_file: certificates.keyFile,
      },
    })
  })
  afterAll(async () => {
    await server.stop()
    await Promise.all([certificates, other].map(({ folder }) => rm(folder, { recursive: true, force: true })))
  })

  const state = async (options: Partial<DatabaseOptions>) => {
    const { password } = new URL(server.superuserUrl)
    const common = {
      name: 'auth-db',
      database: 'postgres',
      user: 'postgres',
      address: `localhost:${server.port}`,
    }
    const one = { ...common, tls: 'require' as const, password: async () => new Secret(password), ...options }
    const reader = createDatabaseReader({ databases: [one], longTransactionSeconds: 300 })
    try {
      return await reader.state('auth-db', soon())
    } finally {
      await reader.close()
    }
  }
  const pem = (one: Certificates) => async () => new Secret(one.ca)

  it.each(['require', 'prefer'] as const)('is used when we %s it', async (tls) => {
    expect(await state({ tls })).toMatchObject({ tlsOn: true, tlsUsed: true })
  })

  it('is told apart from a connection without it', async () => {
    expect(await state({ tls: 'off' })).toMatchObject({ tlsOn: true, tlsUsed: false })
  })

  it('is trusted with the authority of its certificate', async () => {
    expect(await state({ ca: pem(certificates) })).toMatchObject({ tlsUsed: true })
  })

  it.each(['require', 'prefer'] as const)(
    'is not trusted with another authority when we %s it',
    async (tls) => {
      const error = await dependencyError(state({ tls, ca: pem(other) }))
      expect(error.message).toBe(
        `auth-db at localhost:${server.port} shows a certificate that no authority known here has signed: is its CA configured?`,
      )
    },
  )

  it('is not trusted under another host name than its certificate says', async () => {
    const error = await dependencyError(state({ address: `127.0.0.1:${server.port}`, ca: pem(certificates) }))
    expect(error.message).toContain('shows a certificate that is made out to another host name')
  })
})
