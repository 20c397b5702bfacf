import { once } from 'node:events'
import { connect } from 'node:net'
import { startRedis as startStandIn } from '../../../../practice/systems/redis.ts'
import { findProgram } from '../../../support/programs.ts'
import { startRedis } from '../../../support/servers.ts'
import { worldByHand } from '../world.ts'
import { compare, type Probe } from './contract.ts'

const PASSWORD = 'a-password'
const LOGIN = `AUTH ${PASSWORD}`

/** `host:port` */
type Target = string

/** Sends lines one after the other on one connection and gives what came back for each, as it stood on the wire. */
async function talk(address: Target, lines: readonly string[]): Promise<string[]> {
  const [host = '', port = ''] = address.split(':')
  const socket = connect({ host, port: Number(port) }).setEncoding('utf8')
  await once(socket, 'connect')
  const replies: string[] = []
  let open = true
  socket.on('close', () => {
    open = false
  })
  for (const line of lines) {
    let reply = ''
    const take = (chunk: string) => {
      reply += chunk
    }
    socket.on('data', take)
    socket.write(`${line}\r\n`)
    const until = performance.now() + 5000
    while (!isWhole(reply) && open && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    socket.off('data', take)
    replies.push(reply)
  }
  socket.destroy()
  return replies
}

/** Whether a reply is all there: only as much of RESP as is asked for here. */
function isWhole(reply: string): boolean {
  const [head = ''] = reply.split('\r\n', 1)
  if (head === '' || !reply.includes('\r\n')) return false
  if (head.startsWith('$')) {
    const length = Number(head.slice(1))
    return length < 0 || Buffer.byteLength(reply) >= head.length + 2 + length + 2
  }
  return !/^[%*]/.test(head) || reply.endsWith('\r\n')
}

const says = (name: string, ...lines: readonly string[]): Probe<Target> => ({
  name,
  ask: (address) => talk(address, lines),
})

/** The fields of INFO that tell how a Redis is. */
const FIELDS = [
  ...['redis_mode', 'run_id', 'uptime_in_seconds', 'uptime_in_days'],
  ...['connected_clients', 'maxclients', 'blocked_clients', 'used_memory', 'used_memory_rss'],
  ...['used_memory_peak', 'maxmemory', 'maxmemory_policy', 'mem_fragmentation_ratio', 'loading'],
  ...['rdb_last_bgsave_status', 'rdb_last_save_time', 'aof_enabled', 'aof_last_write_status'],
  ...['total_connections_received', 'instantaneous_ops_per_sec', 'rejected_connections', 'expired_keys'],
  ...['evicted_keys', 'keyspace_hits', 'keyspace_misses', 'total_error_replies', 'role', 'connected_slaves'],
]

const infoOf = async (address: Target, section = '') =>
  ((await talk(address, [LOGIN, `INFO ${section}`]))[1] ?? '').split('\r\n')

const PROBES: readonly Probe<Target>[] = [
  says('a command before the login is refused', 'PING', 'INFO', 'GET key'),
  says('a wrong password', 'AUTH wrong', 'AUTH default wrong', 'AUTH nobody a-password'),
  says('the right password, alone and with the name of the user', LOGIN, 'PING', `AUTH default ${PASSWORD}`),
  says('PING with a word, and in any case of letters', LOGIN, 'PING hello', 'ping', 'PiNg'),
  {
    name: 'HELLO before the login',
    async ask(address) {
      const replies = await talk(address, ['HELLO', 'HELLO 3', 'HELLO 3 AUTH default wrong'])
      // Since 7.2 the advice names the protocol as well.
      return replies.map((reply) => reply.replace('HELLO <proto> AUTH', 'HELLO AUTH'))
    },
  },
  says('HELLO with a version that there is not', LOGIN, 'HELLO 4'),
  {
    name: 'HELLO: the names of its facts, in RESP 2 and 3',
    async ask(address) {
      const [two = '', three = ''] = await talk(address, [
        `HELLO 2 AUTH default ${PASSWORD}`,
        `HELLO 3 AUTH default ${PASSWORD}`,
      ])
      const names = ['server', 'version', 'proto', 'id', 'mode', 'role', 'modules']
      return [two, three].map((reply) => [
        reply.split('\r\n')[0],
        names.filter((name) => reply.includes(name)),
      ])
    },
  },
  says('a key that is not there, in RESP 2', LOGIN, 'GET nothing-there'),
  {
    name: 'a key that is not there, in RESP 3',
    ask: async (address) =>
      (await talk(address, [`HELLO 3 AUTH default ${PASSWORD}`, 'GET nothing-there']))[1],
  },
  says('unknown commands, with and without arguments', LOGIN, 'NOSUCH', 'NOSUCH one two'),
  says('commands with too few arguments', LOGIN, 'GET', 'SELECT'),
  says('the name of a connection and its database', LOGIN, 'CLIENT SETNAME bakery', 'SELECT 0', 'SELECT 99'),
  says('an empty database', LOGIN, 'DBSIZE', 'SLOWLOG GET 3', 'CONFIG GET nothing-of-the-kind'),
  says('QUIT', LOGIN, 'QUIT'),
  {
    name: 'QUIT ends the connection',
    async ask(address) {
      const replies = await talk(address, [LOGIN, 'QUIT', 'PING'])
      return replies[2]
    },
  },
  says('what is no command', '*1\r\n+PING'),
  {
    name: 'INFO: the sections, in their order',
    async ask(address) {
      const known = ['Server', 'Clients', 'Memory', 'Persistence', 'Stats', 'Replication', 'Keyspace']
      const found = (await infoOf(address))
        .filter((line) => line.startsWith('# '))
        .map((line) => line.slice(2))
      return found.filter((name) => known.includes(name))
    },
  },
  {
    name: 'INFO: the fields that tell how it is, and whether they are numbers',
    async ask(address) {
      const lines = new Map((await infoOf(address)).map((line) => line.split(':') as [string, string]))
      return Object.fromEntries(
        FIELDS.map((field) => {
          const value = lines.get(field)
          return [field, value === undefined ? 'missing' : /^-?[\d.]+$/.test(value) ? 'number' : 'text']
        }),
      )
    },
  },
  {
    name: 'INFO of one section, in any case of letters',
    async ask(address) {
      const sections = await Promise.all(['memory', 'STATS'].map((name) => infoOf(address, name)))
      return sections.map((lines) => lines.filter((line) => line.startsWith('# ')))
    },
  },
  {
    name: 'INFO of a section that there is not',
    ask: async (address) => (await talk(address, [LOGIN, 'INFO nothing']))[1],
  },
]

compare<Target>({
  system: 'Redis',
  probes: PROBES,
  needs: { 'redis-server': findProgram('redis-server') !== null },
  async standIn() {
    const server = await startStandIn(worldByHand(), PASSWORD)
    return { target: server.address, stop: () => server.stop() }
  },
  async real() {
    const server = await startRedis(['--requirepass', PASSWORD])
    return { target: `127.0.0.1:${server.port}`, stop: () => server.stop() }
  },
})
