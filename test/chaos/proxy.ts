import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What happens at one message. */
export type Cut = 'cut' | 'drop' | 'delay' | 'signal'

/** Where: before the message reaches the other side, or after it has, when its answer comes back. */
export type Moment = 'before' | 'after'

export interface Trap {
  /** Which message from the process, counted from when the trap is set: 1 is the next. */
  readonly message: number
  readonly moment: Moment
  readonly cut: Cut
  readonly delayMs: number
  /** Called when it is sprung: here the process is killed or frozen. What was held goes on after it. */
  sprung(): void
}

export interface CountingProxy {
  readonly port: number
  /** Messages from the process since the trap was set. */
  seen(): number
  set(trap: Trap | null): void
  close(): Promise<void>
}

/**
 * Stands outside the process, in front of one of its systems, and counts what the process sends: a message is one piece
 * that arrives on a connection, which is one request of HTTP or one question of PostgreSQL's protocol.
 */
export async function startCountingProxy(target: { host: string; port: number }): Promise<CountingProxy> {
  const sockets = new Set<Socket>()
  let trap: Trap | null = null
  let count = 0

  const server = createServer((client) => {
    const upstream = connect(target)
    const pair = [client, upstream] as const
    let silent = false
    let awaited: Trap | null = null
    const end = () => {
      for (const socket of pair) socket.destroy()
    }
    const spring = (sprung: Trap, goOn: () => void) => {
      trap = null
      sprung.sprung()
      if (sprung.cut === 'cut') return end()
      if (sprung.cut === 'drop') {
        silent = true
        return
      }
      if (sprung.cut === 'signal') return goOn()
      setTimeout(goOn, sprung.delayMs)
    }
    for (const socket of pair) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        end()
        sockets.delete(socket)
      })
    }
    client.on('data', (bytes) => {
      if (silent) return
      count += 1
      if (trap === null || trap.message !== count) return void upstream.write(bytes)
      if (trap.moment === 'before') return spring(trap, () => upstream.write(bytes))
      awaited = trap
      trap = null
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (silent) return
      if (awaited === null) return void client.write(bytes)
      const sprung = awaited
      awaited = null
      spring(sprung, () => client.write(bytes))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    seen: () => count,
    set(next) {
      count = 0
      trap = next
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The same address by another port. */
export function through(url: string, { port }: CountingProxy): string {
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href
}

export function targetOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
