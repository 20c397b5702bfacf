import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authenticate, authorise, type Identity, type User } from './access.ts'
import { answerResource } from './answers.ts'
import { auditEvent, isAudited } from './audit.ts'
import type { Cluster } from './cluster.ts'
import { discover, isGroup } from './discovery.ts'
import { type Exchange, json, plain, type Reply, send } from './exchange.ts'
import { badRequest, methodNotAllowed, Refusal } from './failures.ts'
import { type RequestInfo, readRequest } from './requests.ts'
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
      // A fault of the server's own: what was refused has been answered.
      if (response.headersSent) response.destroy()
      else send(response, refusalOf(error))
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
  const receivedAt = cluster.clock.now()
  const method = request.method ?? 'GET'
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const auditID = String(request.headers['audit-id'] ?? randomUUID())
  response.setHeader('Audit-Id', auditID)
  const info = attempt(() => readRequest(method, url))
  if (info instanceof Refusal) return send(response, refusalOf(info))
  const identity = attempt(() => authenticate(options.users, request.headers.authorization))
  if (identity instanceof Refusal) return send(response, refusalOf(identity))
  const body = await read(request)
  const exchange = {
    query: url.searchParams,
    contentType: (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    body,
    response,
    lasting(end: () => void) {
      lasting.add(end)
      response.on('close', () => lasting.delete(end))
    },
  }
  const answered = attempt(() => answer({ cluster, identity, options }, info, exchange))
  const reply = answered instanceof Refusal ? refusalOf(answered) : answered
  if (isAudited(info) && reply !== 'streamed') {
    const { code, text } = reply
    const facts = { auditID, requestURI: request.url ?? '/', userAgent: exchange.userAgent, receivedAt }
    const handled = { ...facts, identity, request: info, body, code, answer: text, at: cluster.clock.now() }
    cluster.audit.record(auditEvent(handled))
  }
  send(response, reply)
}

interface Caller {
  readonly cluster: Cluster
  readonly identity: Identity
  readonly options: ServerOptions
}

function answer(caller: Caller, info: RequestInfo, exchange: Exchange): Reply {
  authorise(caller.identity, info)
  if (info.kind === 'path') return answerPath(info.verb.toUpperCase(), info.path)
  if (info.group !== '' && !isGroup(info.group)) return NO_SUCH_PAGE
  return answerResource(caller, info, exchange)
}

/** What comes of it, or the refusal that it ends with. */
function attempt<T>(work: () => T): T | Refusal {
  try {
    return work()
  } catch (error) {
    return error instanceof Refusal ? error : asRefusal(error)
  }
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

function refusalOf(error: unknown): Exclude<Reply, 'streamed'> {
  const refusal = error instanceof Refusal ? error : asRefusal(error)
  const { status } = refusal
  return { code: status.code ?? 500, type: 'application/json', text: JSON.stringify(status) }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof URIError) return badRequest('the address is not well encoded')
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new Refusal(500, 'InternalError', `Internal error occurred: ${message}`)
}
