import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { outageFor } from './faults.ts'
import { isObject, type Json, parsed, string } from './json.ts'
import { type Desk, forward, type Method, type Reply, refuse, tooFast } from './methods/method.ts'
import { rateOf } from './rate-limits.ts'
import type { ResponseUrls } from './response-urls.ts'
import { remember } from './state.ts'

export interface ApiParts {
  readonly desk: () => Desk
  readonly token: string
  readonly methods: Readonly<Record<string, Method>>
  readonly responses: ResponseUrls
}

const MOST_BYTES = 20 * 1024 * 1024

/** Slack's side as the bot reaches it: /api/<method>, /response/<secret>, uploads and downloads of files. */
export function createApiServer(parts: ApiParts): Server {
  return createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy()
      send(response, { status: 500, body: { ok: false, error: 'internal_error', detail: String(error) } })
    })
  })
}

async function answer(parts: ApiParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://slack').pathname
  const bytes = await read(request)
  if (path.startsWith('/api/')) return api(parts, path.slice('/api/'.length), request, bytes, response)
  if (path.startsWith('/response/')) {
    const body = parsed(bytes.toString('utf8'))
    return respond(parts, 'response_url', response, async () => {
      const given = isObject(body) ? body : {}
      return noted(
        parts,
        'response_url',
        { ...given, ...parts.responses.placeOf(path, given) },
        await parts.responses.receive(path, given),
      )
    })
  }
  if (path.startsWith('/upload/')) {
    const type = request.headers['content-type'] ?? 'application/octet-stream'
    const status = await parts.desk().emulated.upload(path, bytes, type)
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end('OK')
    return
  }
  response.writeHead(404).end()
}

async function api(
  parts: ApiParts,
  method: string,
  request: IncomingMessage,
  bytes: Buffer,
  response: ServerResponse,
): Promise<void> {
  const desk = parts.desk()
  const body = {
    ...Object.fromEntries(new URL(request.url ?? '/', 'http://slack').searchParams),
    ...fields(request, bytes),
  }
  await respond(parts, method, response, async () => {
    const reply = noted(parts, method, body, await call(parts, method, body, tokenOf(request, body)))
    return { ...reply, headers: { ...reply.headers, 'X-OAuth-Scopes': desk.scopes.join(',') } }
  })
}

/** Remembers what was asked and how it was answered. */
function noted({ desk }: ApiParts, method: string, body: Json, reply: Reply): Reply {
  const error = string(reply.body.error) || null
  const answered = { status: reply.status ?? 200, ok: reply.body.ok === true, error }
  remember(desk().state, { at: Date.now(), method, ...answered, body })
  return reply
}

async function call(parts: ApiParts, method: string, given: Json, token: string | null): Promise<Reply> {
  const desk = parts.desk()
  const { token: _, ...body } = given
  if (token === null) return refuse('not_authed')
  if (token !== parts.token) return refuse('invalid_auth')
  const error = desk.faults.next.get(method)?.shift()
  if (error === 'ratelimited')
    return { status: 429, headers: { 'Retry-After': '1' }, body: { ok: false, error } }
  if (error !== undefined) return refuse(error)
  const limited = tooFast(desk, method, rateOf(method))
  if (limited !== null) return limited
  return (parts.methods[method] ?? ((at, fields) => forward(at, method, fields)))(desk, body)
}

/** Answers as the current outage allows. */
async function respond(
  parts: ApiParts,
  method: string,
  response: ServerResponse,
  work: () => Promise<Reply>,
): Promise<void> {
  const { faults } = parts.desk()
  if (faults.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.slowMs))
  const outage = outageFor(faults, method)
  if (outage === 'error') {
    response.writeHead(503, { 'Content-Type': 'text/html' }).end('<h1>503 Service Unavailable</h1>')
    return
  }
  if (outage === 'reset') return void response.destroy()
  if (outage === 'hang') return
  const reply = await work()
  if (outage === 'lost-answer') return void response.destroy()
  send(response, reply)
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status ?? 200, {
    'Content-Type': 'application/json; charset=utf-8',
    ...reply.headers,
  })
  response.end(JSON.stringify(reply.body))
}

function tokenOf(request: IncomingMessage, body: Json): string | null {
  const header = request.headers.authorization ?? ''
  const token = header.replace(/^Bearer\s+/i, '') || string(body.token)
  return token === '' ? null : token
}

function fields(request: IncomingMessage, bytes: Buffer): Json {
  const text = bytes.toString('utf8')
  if ((request.headers['content-type'] ?? '').includes('json')) {
    const body = parsed(text)
    return isObject(body) ? body : {}
  }
  return Object.fromEntries(new URLSearchParams(text))
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size > MOST_BYTES) throw new Error('the body is larger than 20 MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
