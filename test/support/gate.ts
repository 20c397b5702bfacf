import { connect, createServer, type Socket } from 'node:net'

/** A door in front of a server: open, shut (refuses and cuts), or hanging (takes everything and answers nothing). */
export interface Gate {
  readonly port: number
  open(): void
  shut(): void
  hang(): void
  close(): Promise<void>
}

/** Opens a gate on a free port of the loopback interface, in front of `host:port`. */
export async function startGate(target: { host: string; port: number }): Promise<Gate> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'shut' | 'hanging' = 'open'
  const server = createServer((client) => {
    if (state === 'shut') return void client.destroy()
    sockets.add(client)
    client.on('error', () => undefined)
    if (state === 'hanging') return
    const upstream = connect(target)
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (bytes) => {
        if (state !== 'hanging') to.write(bytes)
      })
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    open: () => {
      cut()
      state = 'open'
    },
    shut: () => {
      state = 'shut'
      cut()
    },
    hang: () => {
      state = 'hanging'
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
