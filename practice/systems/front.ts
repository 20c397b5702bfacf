import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A door before a server, which can be shut and opened while the server runs on behind it. */
export interface Front {
  readonly port: number
  /** Refuses connections from now on and ends those that are open, as a stopped server does. */
  close(): Promise<void>
  /** Takes connections again, at the same port. */
  open(): Promise<void>
}

const HOST = '127.0.0.1'

/** Passes on what comes to a port of the loopback. */
export async function createFront(target: number): Promise<Front> {
  let server: Server | null = null
  let opening: Promise<number> | null = null
  const sockets = new Set<Socket>()

  const pass = (client: Socket) => {
    const inside = connect({ host: HOST, port: target })
    for (const [socket, other] of [
      [client, inside],
      [inside, client],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
  const listen = async (port: number) => {
    const fresh = createServer(pass)
    fresh.listen(port, HOST)
    await once(fresh, 'listening')
    server = fresh
    return (fresh.address() as AddressInfo).port
  }

  const port = await listen(0)
  return {
    port,
    async close() {
      const open = server
      server = null
      if (!open) return
      const closed = once(open, 'close')
      open.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async open() {
      if (server !== null) return
      opening ??= listen(port).finally(() => {
        opening = null
      })
      await opening
    },
  }
}
