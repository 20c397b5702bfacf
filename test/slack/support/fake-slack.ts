import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a method does instead of its work, once for each that is queued. */
export type Trouble =
  | { readonly error: string }
  | { readonly status: number; readonly retryAfter?: number; readonly body?: string }
  /** Nothing is answered. */
  | 'hang'
  /** The connection is cut before anything was done. */
  | 'reset'
  /** It is done, and the connection is cut before the answer. */
  | 'done-then-reset'
  | 'done-then-500'

export interface PostedMessage {
  readonly channel: string
  readonly ts: string
  readonly threadTs: string | null
  readonly fields: Readonly<Record<string, unknown>>
  readonly files: { name: string }[]
}

export interface Call {
  readonly method: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly at: number
}

/** A small Slack: keeps what was posted, and fails as it is told. */
export interface FakeSlack {
  readonly apiUrl: string
  readonly origin: string
  readonly calls: readonly Call[]
  readonly messages: PostedMessage[]
  readonly ephemerals: readonly Call[]
  /** The User-Agents that called. */
  readonly agents: ReadonlySet<string>
  readonly responses: readonly { readonly path: string; readonly body: Record<string, unknown> }[]
  /** The next calls of the method (or of `response`, a response URL) meet these, one each. */
  trouble(method: string, ...troubles: Trouble[]): void
  /** Every call of the method meets this, until `null`. */
  always(method: string, trouble: Trouble | null): void
  answer(method: string, answer: (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>): void
  callsOf(method: string): readonly Call[]
  close(): Promise<void>
}

type Answers = Map<string, (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>>

export async function startFakeSlack(): Promise<FakeSlack> {
  const state = createState()
  const server = createServer((request, response) => {
    handle(state, server, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { calls, messages, ephemerals, responses, agents, once, every, answers } = state
  return {
    origin,
    apiUrl: `${origin}/api/`,
    calls,
    messages,
    ephemerals,
    responses,
    agents,
    trouble: (method, ...troubles) => void once.set(method, [...(once.get(method) ?? []), ...troubles]),
    always: (method, trouble) => void (trouble === null ? every.delete(method) : every.set(method, trouble)),
    answer: (method, answer) => void answers.set(method, answer),
    callsOf: (method) => calls.filter((call) => call.method === method),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function createState() {
  const messages: PostedMessage[] = []
  return {
    calls: [] as Call[],
    messages,
    ephemerals: [] as Call[],
    responses: [] as { path: string; body: Record<string, unknown> }[],
    agents: new Set<string>(),
    once: new Map<string, Trouble[]>(),
    every: new Map<string, Trouble>(),
    answers: methodsOver(messages),
  }
}
type State = ReturnType<typeof createState>

async function handle(state: State, server: Server, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString('utf8')
  const path = request.url ?? ''
  if (path.startsWith('/upload/')) return void response.end('OK')
  const method = path.startsWith('/api/') ? path.slice('/api/'.length) : 'response'
  const fields = method === 'response' ? JSON.parse(body) : decode(body)
  const call = { method, fields, at: Date.now() }
  state.calls.push(call)
  state.agents.add(request.headers['user-agent'] ?? '')
  const trouble = state.once.get(method)?.shift() ?? state.every.get(method) ?? state.every.get('*')
  const work = () => {
    if (method === 'response') {
      state.responses.push({ path, body: fields })
      return 'ok'
    }
    if (method === 'chat.postEphemeral') state.ephemerals.push(call)
    const port = (server.address() as AddressInfo).port
    const answer = state.answers.get(method)?.({ ...fields, _port: port })
    return JSON.stringify(answer ?? { ok: false, error: 'unknown_method' })
  }
  if (trouble === undefined) {
    response.setHeader('content-type', method === 'response' ? 'text/plain' : 'application/json')
    return void response.end(work())
  }
  if (trouble === 'hang') return
  if (trouble === 'reset') return void response.destroy()
  if (trouble === 'done-then-reset') {
    work()
    return void response.destroy()
  }
  if (trouble === 'done-then-500') {
    work()
    return void response.writeHead(500).end('oops')
  }
  if ('error' in trouble) {
    return void response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ ok: false, ...trouble }))
  }
  const headers = trouble.retryAfter === undefined ? {} : { 'retry-after': String(trouble.retryAfter) }
  response.writeHead(trouble.status, headers).end(trouble.body ?? '')
}

/** Web API calls arrive as forms, with JSON in the fields that are not plain. */
function decode(body: string): Record<string, unknown> {
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [
      key,
      /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  )
}

function methodsOver(messages: PostedMessage[]): Answers {
  let count = 0
  const nextTs = () => {
    count += 1
    return `${Math.floor(Date.now() / 1000)}.${String(count).padStart(6, '0')}`
  }
  const shown = (message: PostedMessage) => ({
    ...message.fields,
    ts: message.ts,
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    files: message.files,
  })
  const page = (found: readonly PostedMessage[]) => ({ ok: true, messages: found.map(shown) })
  return new Map<string, (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>>([
    ['auth.test', () => ({ ok: true, team_id: 'T1', user_id: 'UBOT' })],
    [
      'chat.postMessage',
      (fields) => {
        const ts = nextTs()
        const threadTs = typeof fields.thread_ts === 'string' ? fields.thread_ts : null
        messages.push({ channel: String(fields.channel), ts, threadTs, fields, files: [] })
        return { ok: true, channel: fields.channel, ts }
      },
    ],
    ['chat.postEphemeral', () => ({ ok: true, message_ts: nextTs() })],
    [
      'chat.update',
      (fields) => {
        const index = messages.findIndex(({ ts }) => ts === fields.ts)
        const found = messages[index]
        if (!found) return { ok: false, error: 'message_not_found' }
        messages[index] = { ...found, fields }
        return { ok: true, channel: found.channel, ts: found.ts }
      },
    ],
    ['conversations.open', (fields) => ({ ok: true, channel: { id: `D${String(fields.users).slice(1)}` } })],
    [
      'conversations.history',
      (fields) => page(messages.filter((each) => each.channel === fields.channel && each.threadTs === null)),
    ],
    [
      'conversations.replies',
      (fields) => page(messages.filter(({ ts, threadTs }) => ts === fields.ts || threadTs === fields.ts)),
    ],
    [
      'files.getUploadURLExternal',
      (fields) => ({
        ok: true,
        upload_url: `http://127.0.0.1:${fields._port}/upload/x`,
        file_id: `F-${fields.filename}`,
      }),
    ],
    [
      'files.completeUploadExternal',
      (fields) => {
        const files = (fields.files as { id: string }[]).map(({ id }) => ({ name: id.slice(2) }))
        const threadTs = typeof fields.thread_ts === 'string' ? fields.thread_ts : null
        messages.push({ channel: String(fields.channel_id), ts: nextTs(), threadTs, fields, files })
        return { ok: true, files: [] }
      },
    ],
  ])
}
