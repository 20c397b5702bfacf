import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authenticate, authorise, type User } from './access.ts'
import { answerResource } from './answers.ts'
import type { Cluster } from './cluster.ts'
import { discover, isGroup } from './discovery.ts'
import { json, plain, type Reply, send } from './exchange.ts'
import { badRequest, methodNotAllowed, Refusal } from './failures.ts'
import { readRequest } from './requests.ts'
import type { WatchOptions } from './watch.ts'

export interface ApiServer {
  readonly url: string
  stop(): Promise<void>
}

export interface ServerOptions extends WatchOptions {
  readonly users: readonly User[]
  readonly port: number
}

/** Serves the Kubernetes API over plain HTTP on the loopback. */
export async function startServer(cluster: Cluster, options: ServerOptions): Promise<ApiServer> {
  const lasting = new Set<() => void>()
  const server = createServer((request, response) => {
    handle(cluster, options, { request, response, lasting }).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else sendRefusal(response, error)
    })
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(options.port, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((stopped) => {
        for (const end of lasting) end()
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly lasting: Set<() => void>
}

async function handle(cluster: Cluster, options: ServerOptions, call: Call): Promise<void> {
  const { request, response, lasting } = call
  const method = request.method ?? 'GET'
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const info = readRequest(method, url)
  const identity = authenticate(options.users, request.headers.authorization)
  authorise(identity, info)
  if (info.kind === 'path') return send(response, answerPath(method, url.pathname))
  if (info.group !== '' && !isGroup(info.group)) {
    return send(response, NO_SUCH_PAGE)
  }
  const reply = answerResource({ cluster, identity, options }, info, {
    query: url.searchParams,
    contentType: (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    body: await read(request),
    response,
    lasting(end) {
      lasting.add(end)
      response.on('close', () => lasting.delete(end))
    },
  })
  send(response, reply)
}

const NO_SUCH_PAGE = plain(404, '404 page not found\n')

function answerPath(method: string, path: string): Reply {
  if (/^\/(readyz|livez|healthz)$/.test(path)) return plain(200, 'ok')
  const found = discover(path)
  if (found === null) return NO_SUCH_PAGE
  if (method !== 'GET') throw methodNotAllowed()
  return json(200, JSON.stringify(found))
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function sendRefusal(response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : asRefusal(error)
  send(response, json(refusal.status.code ?? 500, JSON.stringify(refusal.status)))
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof URIError) return badRequest('the address is not well encoded')
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new Refusal(500, 'InternalError', `Internal error occurred: ${message}`)
}
