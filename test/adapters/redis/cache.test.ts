import { rm } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { createCacheReader, type RedisOptions } from '../../../src/adapters/redis/cache.ts'
import { Secret } from '../../../src/core/secret.ts'
import { makeCertificates } from '../../support/certificates.ts'
import { dependencyError, everythingOf } from '../../support/expect-error.ts'
import { describeWith, findProgram } from '../../support/programs.ts'
import { freePort, startRedis } from '../../support/servers.ts'
import { startSocket } from '../../support/web.ts'

const CANARY = 'CANARY-redis'
const soon = () => AbortSignal.timeout(5_000)
const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const clock = { at: new Date('2026-11-23T05:00:00Z'), now: () => clock.at }
const wait = (ms: number) => {
  clock.at = new Date(clock.at.getTime() + ms)
}

async function redis(flags: readonly string[] = [], tls = false) {
  const server = await startRedis(flags, tls)
  open.push(() => server.stop())
  return server
}
function reader(port: number, options: Partial<RedisOptions> = {}) {
  const made = createCacheReader({ address: `127.0.0.1:${port}`, clock, ...options })
  open.push(() => made.close())
  return made
}
function client(port: number, password?: string) {
  const made = new Redis({ host: '127.0.0.1', port, ...(password && { password }) })
  open.push(async () => made.disconnect())
  return made
}
const secret = (text: string) => async () => new Secret(text)

describeWith({ 'redis-server': findProgram('redis-server') !== null }, 'a real Redis', () => {
  it('says how it is, over one connection that it knows by our name', async () => {
    const { port } = await redis()
    const cache = reader(port)
    expect(await cache.state(soon())).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/),
      maxMemory: null,
      policy: 'noeviction',
      hitPercent: null,
      evictedKeys: 0,
      role: 'master',
      loading: false,
      persistenceOk: true,
    })
    const looks = await Promise.all([cache.state(soon()), cache.state(soon()), cache.state(soon())])
    expect(Object.isFrozen(looks[0])).toBe(true)
    const clients = String(await client(port).client('LIST'))
    expect(clients.match(/name=bakery /g)).toHaveLength(1)
  })

  it('counts hits and evictions since the earlier look', async () => {
    const { port } = await redis(['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru'])
    const cache = reader(port)
    const other = client(port)
    const first = await cache.state(soon())
    expect(first).toMatchObject({ maxMemory: 3 * 1024 * 1024, policy: 'allkeys-lru', evictedSince: 0 })
    const value = 'x'.repeat(10_000)
    for (let key = 0; key < 500; key += 1) await other.set(`key-${key}`, value)
    for (const key of ['key-499', 'key-499', 'key-499', 'no-such-key']) await other.get(key)
    wait(60_000)
    const second = await cache.state(soon())
    expect(second.hitPercent).toBe(75)
    expect(second.evictedSince).toBeGreaterThan(100)
    wait(60_000)
    expect(await cache.state(soon())).toMatchObject({ hitPercent: null, evictedSince: 0 })
  })

  it('takes the right password, and says which is missing or wrong', async () => {
    const { port } = await redis(['--requirepass', CANARY])
    expect((await reader(port, { password: secret(CANARY) }).state(soon())).role).toBe('master')
    const missing = await dependencyError(reader(port).state(soon()))
    expect(missing.message).toBe(`Redis at 127.0.0.1:${port} asks for a password, and none is configured`)
    const wrong = await dependencyError(reader(port, { password: secret(`${CANARY}-wrong`) }).state(soon()))
    expect(wrong.message).toBe(`Redis at 127.0.0.1:${port} did not accept the configured password`)
    expect(everythingOf(wrong)).not.toContain(CANARY)
  })

  it('does not mind a password that it has no need of', async () => {
    const { port } = await redis()
    expect((await reader(port, { password: secret(CANARY) }).state(soon())).role).toBe('master')
  })

  it('takes up a rotated password without a restart of ours', async () => {
    const { port } = await redis(['--requirepass', 'old'])
    let password = 'old'
    const cache = reader(port, { password: async () => new Secret(password) })
    await cache.state(soon())
    const admin = client(port, 'old')
    await admin.config('SET', 'requirepass', 'new')
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    expect((await dependencyError(cache.state(soon()))).message).toContain('did not accept')
    password = 'new'
    expect((await cache.state(soon())).role).toBe('master')
  })

  it('says which right is missing', async () => {
    const { port } = await redis()
    await client(port).call('ACL', 'SETUSER', 'default', '-info')
    const error = await dependencyError(reader(port).state(soon()))
    expect(error.message).toBe(`Redis at 127.0.0.1:${port} does not let this user run INFO: grant it +info`)
  })

  it('is not asked after the reader was closed', async () => {
    const { port } = await redis()
    const cache = reader(port)
    await cache.state(soon())
    await cache.close()
    expect((await dependencyError(cache.state(soon()))).message).toMatch(/closed the connection$/)
  })

  it('is asked again over a new connection after it was restarted', async () => {
    const { port } = await redis()
    const cache = reader(port)
    await cache.state(soon())
    await client(port).call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    expect((await cache.state(soon())).role).toBe('master')
  })
})

describeWith(
  { 'redis-server': findProgram('redis-server') !== null, openssl: findProgram('openssl') !== null },
  'a real Redis behind TLS',
  () => {
    it('is trusted with the authority of its certificate, and not without', async () => {
      const made = await makeCertificates(['IP:127.0.0.1'])
      open.push(() => rm(made.folder, { recursive: true, force: true }))
      const flags = ['--tls-cert-file', made.certificateFile, '--tls-key-file', made.keyFile]
      const { port } = await redis(
        [...flags, '--tls-ca-cert-file', made.caFile, '--tls-auth-clients', 'no'],
        true,
      )
      expect((await reader(port, { tls: true, ca: secret(made.ca) }).state(soon())).role).toBe('master')
      const untrusted = await dependencyError(reader(port, { tls: true }).state(soon()))
      expect(untrusted.message).toContain('shows a certificate that no authority known here has signed')
      const plain = await dependencyError(reader(port).state(soon()))
      expect(plain.message).toMatch(/^Redis at \S+ closed the connection/)
    })
  },
)

describe('a Redis that is not well', () => {
  it('refuses the connection', async () => {
    const port = await freePort()
    const error = await dependencyError(reader(port).state(soon()))
    expect(error.message).toBe(`Redis at 127.0.0.1:${port} refused the connection`)
    expect(error.retryable).toBe(true)
  })

  it('hangs, and is given up with the signal', async () => {
    const server = await startSocket()
    open.push(() => server.stop())
    const error = await dependencyError(reader(server.port).state(AbortSignal.timeout(100)))
    expect(error.message).toMatch(/^Redis at 127\.0\.0\.1:\d+ did not answer within 0\.\d s$/)
  })

  it('is something else at that address', async () => {
    const server = await startSocket((socket) =>
      socket.on('data', () => socket.write('$5\r\nhello\r\n'.repeat(2))),
    )
    open.push(() => server.stop())
    const error = await dependencyError(reader(server.port).state(soon()))
    expect(error.message).toContain(
      'answered INFO without redis_version: a Redis or Valkey server was expected',
    )
  })

  it('does not speak its protocol', async () => {
    const server = await startSocket((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    open.push(() => server.stop())
    const error = await dependencyError(reader(server.port).state(soon()))
    expect(error.message).toMatch(
      /^Redis at 127\.0\.0\.1:\d+ (does not answer as Redis does: is the port right \(6379\)\?|closed the connection)/,
    )
  })

  it('has an address that is none', async () => {
    const cache = createCacheReader({ address: 'redis://redis:6379', clock })
    expect((await dependencyError(cache.state(soon()))).message).toBe(
      'Redis has an address that is not host:port',
    )
  })
})
