import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSocketServer, type Socket } from 'node:net'

/** Something that listens on a free port of 127.0.0.1 and stands in for a system that is not here. */
export interface StandIn {
  readonly port: number
  /** `http://127.0.0.1:port`. */
  readonly url: string
  stop(): Promise<void>
}

export interface Heard {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface WebStandIn extends StandIn {
  readonly heard: readonly Heard[]
}

/** Answers HTTP as `answer` says. */
export async function startWeb(
  answer: (request: Heard, response: ServerResponse) => void,
): Promise<WebStandIn> {
  const heard: Heard[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
    heard.push(one)
    answer(one, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    heard,
    ...placeOf(server.address()),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Accepts connections and does with them what `use` says; nothing when it is not given: a server that hangs. */
export async function startSocket(use: (socket: Socket) => void = () => {}): Promise<StandIn> {
  const sockets = new Set<Socket>()
  const server = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    use(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...placeOf(server.address()),
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export function sendPage(response: ServerResponse, status = 200): void {
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
    .end('<!doctype html><title>UI</title>')
}

function placeOf(address: ReturnType<ReturnType<typeof createSocketServer>['address']>) {
  if (address === null || typeof address === 'string') throw new Error('it does not listen on a port')
  return { port: address.port, url: `http://127.0.0.1:${address.port}` }
}
