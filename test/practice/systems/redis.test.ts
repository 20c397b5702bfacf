import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, startRedis } from '../../../practice/systems/redis.ts'
import { takeCommands } from '../../../practice/systems/resp.ts'
import { type WorldByHand, worldByHand } from './world.ts'

const PASSWORD = 'a-password'
let world: WorldByHand
let server: RedisServer
beforeAll(async () => {
  world = worldByHand()
  server = await startRedis(world, PASSWORD)
})
afterAll(() => server.stop())

function connect(options: object = {}): Redis {
  const [host = '', port = ''] = server.address.split(':')
  const client = new Redis({
    host,
    port: Number(port),
    password: PASSWORD,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    ...options,
  })
  client.on('error', () => undefined)
  return client
}

describe('the Redis stand-in, by the real client', () => {
  it('answers INFO with what tells how it is, and says what it is', async () => {
    const client = connect()
    const info = await client.info()
    client.disconnect()
    for (const field of [
      'used_memory',
      'maxmemory',
      'keyspace_hits',
      'keyspace_misses',
      'evicted_keys',
      'role',
    ]) {
      expect(info).toMatch(new RegExp(`^${field}:`, 'm'))
    }
    expect(info).toMatch(/^redis_version:7\.4\.1-practice\r$/m)
  })

  it('gives one section when it is named', async () => {
    const client = connect()
    const info = await client.info('memory')
    client.disconnect()
    expect(info).toMatch(/^# Memory\r\n/)
    expect(info).not.toContain('# Server')
  })

  it('refuses a wrong password and a client without any', async () => {
    for (const [password, reason] of [
      ['wrong', /WRONGPASS/],
      [undefined, /NOAUTH/],
    ] as const) {
      const client = connect({ password, enableReadyCheck: false })
      await expect(client.call('INFO')).rejects.toThrow(reason)
      client.disconnect()
    }
  })

  it('answers to PING and to what it has not, and refuses commands that it does not know', async () => {
    const client = connect()
    expect(await client.ping()).toBe('PONG')
    expect(await client.get('anything')).toBeNull()
    await expect(client.call('FLUSHALL', 'now')).rejects.toThrow(
      "ERR unknown command 'FLUSHALL', with args beginning with: 'now'",
    )
    client.disconnect()
  })

  it('speaks RESP 3 to those who ask for it', async () => {
    const client = connect({ protocol: 3 })
    const facts: unknown = await client.call('HELLO', '3')
    expect(JSON.stringify(facts)).toContain('7.4.1-practice')
    expect(await client.ping()).toBe('PONG')
    client.disconnect()
  })

  it('counts on between two looks', async () => {
    const client = connect()
    const hits = async () => Number(/keyspace_hits:(\d+)/.exec(await client.info('stats'))?.[1])
    const before = await hits()
    world.cluster.clock.advance(60_000)
    expect(await hits()).toBeGreaterThan(before + 5000)
    client.disconnect()
  })
})

describe('commands on the wire', () => {
  const whole = '*2\r\n$4\r\nECHO\r\n$4\r\na\r\nb\r\n'

  it('are taken one by one, however they are cut', () => {
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const first = takeCommands(whole.slice(0, cut))
      const second = takeCommands(first.rest + whole.slice(cut))
      expect([...first.commands, ...second.commands]).toEqual([['ECHO', 'a\r\nb']])
    }
    expect(takeCommands(whole + whole).commands).toHaveLength(2)
    expect(takeCommands('PING\r\n').commands).toEqual([['PING']])
  })

  it('that are none are refused', () => {
    expect(() => takeCommands('*1\r\n+PING\r\n')).toThrow('Protocol error')
  })
})
