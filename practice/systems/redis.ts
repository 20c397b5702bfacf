import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { info } from './redis-info.ts'
import { type Reply, takeCommands, writeReply } from './resp.ts'
import { find } from './story/outages.ts'
import { MARK, type World } from './world.ts'

export interface RedisServer {
  /** `host:port` */
  readonly address: string
  stop(): Promise<void>
}

interface Session {
  protocol: 2 | 3
  known: boolean
}

/** A stand-in for Redis: it logs in, says how it is (`INFO`) and holds no data. */
export async function startRedis(world: World, password: string): Promise<RedisServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serve(socket, world, password)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', listening)
  })
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function serve(socket: Socket, world: World, password: string): void {
  const isGone = () => find(world.outages(), 'workload', 'redis', world.now()) !== undefined
  if (isGone()) {
    socket.destroy()
    return
  }
  const session: Session = { protocol: 2, known: false }
  let waiting = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: Buffer | string) => {
    if (isGone()) {
      socket.destroy()
      return
    }
    try {
      const { commands, rest } = takeCommands(waiting + String(chunk))
      waiting = rest
      for (const words of commands) {
        socket.write(writeReply(answer(words, session, world, password), session.protocol))
        if (words[0]?.toUpperCase() === 'QUIT') socket.end()
      }
    } catch (error) {
      socket.end(`-ERR ${error instanceof Error ? error.message : 'Protocol error'}\r\n`)
    }
  })
}

/** How many arguments a command needs. */
const LEAST: Readonly<Record<string, number>> = { GET: 1, SELECT: 1, CLIENT: 1, CONFIG: 1, SLOWLOG: 1 }
const DATABASES = 16
const OK: Reply = { simple: 'OK' }
const WRONG: Reply = { error: 'WRONGPASS invalid username-password pair or user is disabled.' }

function answer(words: readonly string[], session: Session, world: World, password: string): Reply {
  const [name = '', ...rest] = words
  const command = name.toUpperCase()
  if (command === 'AUTH') {
    session.known = rest.at(-1) === password && (rest.length < 2 || rest[0] === 'default')
    return session.known ? OK : WRONG
  }
  if (command === 'HELLO') return hello(rest, session, password)
  if (command === 'QUIT') return OK
  if (!session.known) return { error: 'NOAUTH Authentication required.' }
  if (rest.length < (LEAST[command] ?? 0)) {
    return { error: `ERR wrong number of arguments for '${name.toLowerCase()}' command` }
  }
  switch (command) {
    case 'PING':
      return rest[0] === undefined ? { simple: 'PONG' } : { bulk: rest[0] }
    case 'INFO':
      return { bulk: info(world, rest[0]?.toLowerCase()) }
    case 'CLIENT':
      return OK
    case 'SELECT':
      return Number(rest[0]) < DATABASES ? OK : { error: 'ERR DB index is out of range' }
    case 'DBSIZE':
      return { integer: 0 }
    case 'GET':
      return { bulk: null }
    case 'CONFIG':
    case 'SLOWLOG':
      return { list: [] }
    default: {
      const shown = rest.map((word) => `'${word}' `).join('')
      return { error: `ERR unknown command '${name}', with args beginning with: ${shown}` }
    }
  }
}

function hello([version, ...options]: readonly string[], session: Session, password: string): Reply {
  if (version !== undefined && version !== '2' && version !== '3') {
    return { error: 'NOPROTO unsupported protocol version' }
  }
  if (options[0]?.toUpperCase() === 'AUTH') {
    if (options[1] !== 'default' || options[2] !== password) return WRONG
    session.known = true
  }
  if (!session.known) {
    return {
      error:
        'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    }
  }
  if (version !== undefined) session.protocol = version === '3' ? 3 : 2
  return {
    map: [
      ['server', { bulk: 'redis' }],
      ['version', { bulk: `7.4.1-${MARK}` }],
      ['proto', { integer: session.protocol }],
      ['id', { integer: 1 }],
      ['mode', { bulk: 'standalone' }],
      ['role', { bulk: 'master' }],
      ['modules', { list: [] }],
    ],
  }
}
