import { once } from 'node:events'
import { createConnection as connectTo, createServer, type Server, type Socket } from 'node:net'

export interface LossyProxy {
  readonly url: string
  /** Nothing of what the server says reaches the client any more, until `cut`. */
  dropAnswers(): void
  cut(): void
  close(): void
}

/** Stands between the store and PostgreSQL, to lose answers on the way back. */
export async function startProxy(to: string): Promise<LossyProxy> {
  const target = new URL(to)
  const sockets = new Set<Socket>()
  let dropping = false
  const server: Server = createServer((client) => {
    const upstream = connectTo(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
        sockets.delete(socket)
      })
    }
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      if (!dropping) client.write(chunk)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const cut = () => {
    dropping = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: Object.assign(new URL(to), { port: String(port) }).href,
    dropAnswers: () => {
      dropping = true
    },
    cut,
    close() {
      cut()
      server.close()
    },
  }
}
