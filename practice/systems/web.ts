import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request to a stand-in, with its body read. */
export interface WebRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What it answers: a text as it is, anything else as JSON, nothing as an empty body. */
export interface WebReply {
  readonly status: number
  readonly body?: unknown
  /** The content type; `application/json` when the body is not a text. */
  readonly type?: string
}

export interface WebServer {
  readonly url: string
  stop(): Promise<void>
}

export const TEXT = 'text/plain; charset=utf-8'

/** There is no server at the moment: the connection ends without an answer. */
export const GONE = 'gone'

/** Serves one stand-in on a free port of the loopback. What its handler throws is answered with 500 and the reason. */
export async function startWeb(
  answer: (request: WebRequest) => WebReply | typeof GONE,
  port = 0,
): Promise<WebServer> {
  const server = createServer(async (request, response) => {
    let reply: WebReply | typeof GONE
    try {
      reply = answer(await read(request))
    } catch (error) {
      reply = { status: 500, type: TEXT, body: `the stand-in failed: ${String(error)}\n` }
    }
    if (reply === GONE) {
      request.socket.destroy()
      return
    }
    const { status, body, type } = reply
    const content = type ?? (typeof body === 'string' ? TEXT : 'application/json')
    response.writeHead(status, body === undefined ? {} : { 'content-type': content })
    response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body))
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', listening)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<WebRequest> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(parts).toString(),
  }
}
