import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { FakeSlack } from './fake-slack.ts'

/** The little of `ws` that is used here; the package has no types of its own. */
interface Socket {
  send(text: string): void
  close(code?: number): void
  terminate(): void
  on(event: 'message', listener: (data: Buffer) => void): void
  on(event: 'close', listener: () => void): void
}
interface SocketServer {
  readonly clients: ReadonlySet<Socket>
  on(event: 'connection', listener: (socket: Socket) => void): void
  close(): void
}
const { WebSocketServer } = createRequire(import.meta.url)('ws') as {
  WebSocketServer: new (options: { server: unknown }) => SocketServer
}

const acknowledgement = z.object({
  envelope_id: z.string(),
  payload: z.record(z.string(), z.unknown()).optional(),
})

/** Slack's side of Socket Mode, speaking its protocol over a real WebSocket. */
export interface FakeSocket {
  /** How many connections were opened so far. */
  readonly opened: () => number
  readonly connected: () => number
  readonly acknowledged: { envelope_id: string; payload?: Record<string, unknown> | undefined }[]
  /** Sends an envelope on one of the connections. */
  envelope(envelope: Readonly<Record<string, unknown>>): void
  raw(text: string): void
  /** Renews connections as Slack does every few hours: the oldest, or all. */
  refresh(which: 'oldest' | 'all'): void
  /** Cuts every connection without a word. */
  cut(): void
  silent: boolean
  close(): Promise<void>
}

export async function startFakeSocket(fake: FakeSlack): Promise<FakeSocket> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  const open: Socket[] = []
  let opened = 0
  const acknowledged: FakeSocket['acknowledged'] = []
  const socket: FakeSocket = {
    opened: () => opened,
    connected: () => open.length,
    acknowledged,
    silent: false,
    envelope: (envelope) =>
      open.at(-1)?.send(JSON.stringify({ accepts_response_payload: true, ...envelope })),
    raw: (text) => open.at(-1)?.send(text),
    refresh(which) {
      const notice = JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' })
      for (const each of which === 'all' ? [...open] : open.slice(0, 1)) each.send(notice)
    },
    cut: () => [...open].map((each) => each.terminate()),
    close: () =>
      new Promise((resolve) => {
        for (const each of sockets.clients) each.terminate()
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  sockets.on('connection', (each) => {
    opened += 1
    open.push(each)
    if (!socket.silent) each.send(JSON.stringify({ type: 'hello', num_connections: open.length }))
    each.on('message', (data) => void acknowledged.push(acknowledgement.parse(JSON.parse(data.toString()))))
    each.on('close', () => void open.splice(open.indexOf(each), 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`
  fake.answer('apps.connections.open', () => ({ ok: true, url }))
  return socket
}
