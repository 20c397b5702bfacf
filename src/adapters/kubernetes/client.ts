import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { type Deadline, deadline } from '../../core/deadline.ts'
import type { DependencyError } from '../../core/errors.ts'
import { type Connection, connect, type Source } from './connection.ts'
import { type Operation, Refused, toDependencyError } from './failures.ts'

export interface ApiRequest {
  readonly operation: Operation
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  /** Until the whole answer (`json`) or its beginning (`open`) is there; 8,000 when not given. */
  readonly timeoutMs?: number
}

/** Raw requests to one API server over shared connections. Every failure is a `DependencyError`. */
export interface KubernetesClient {
  json(request: ApiRequest, signal: AbortSignal): Promise<unknown>
  /** The body as a stream, for watches and logs: whoever opens it reads it to its end or destroys it. */
  open(request: ApiRequest, signal: AbortSignal): Promise<Readable>
  /** `host:port` for sentences; null before the first request. */
  address(): string
  close(): Promise<void>
}

const DEFAULT_TIMEOUT_MS = 8_000
/** What is kept of an error's body. */
const ERROR_BYTES = 64 * 1024

/** The kubeconfig is read at the first request, and again as long as it could not be read. */
function lazily(source: Source): { open(): Promise<Connection>; current(): Connection | null } {
  let pending: Promise<Connection> | null = null
  let connected: Connection | null = null
  return {
    current: () => connected,
    async open() {
      pending ??= connect(source)
      try {
        connected = await pending
        return connected
      } catch (error) {
        pending = null
        throw error
      }
    },
  }
}

export function createClient(source: Source): KubernetesClient {
  const connection = lazily(source)
  const address = () => connection.current()?.address ?? 'the cluster'

  function failed(error: unknown, request: ApiRequest, { signal }: Deadline): DependencyError {
    return toDependencyError(signal.aborted ? signal.reason : error, request.operation, address())
  }

  return {
    address,
    async json(request, signal) {
      const within = deadline(signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      try {
        const body = await send(await connection.open(), request, within.signal)
        return JSON.parse(await body.text())
      } catch (error) {
        throw failed(error, request, within)
      } finally {
        within.end()
      }
    },
    async open(request, signal) {
      const within = deadline(signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      try {
        const body = await send(await connection.open(), request, within.signal)
        within.relax()
        return body.once('close', within.end)
      } catch (error) {
        within.end()
        throw failed(error, request, within)
      }
    },
    async close() {
      await connection.current()?.dispatcher.destroy()
    },
  }
}

type Body = Dispatcher.ResponseData['body']

async function send(to: Connection, request: ApiRequest, signal: AbortSignal): Promise<Body> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) query.set(name, String(value))
  const answer = await to.dispatcher.request({
    origin: to.origin,
    path: `${to.prefix}${request.path}${query.size > 0 ? `?${query}` : ''}`,
    method: 'GET',
    headers: { accept: 'application/json', 'user-agent': 'bakery', ...(await to.authorisation()) },
    signal,
    // Time is kept by the deadline, and by the reflector for a watch: silence is normal there.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  if (answer.statusCode === 200) return answer.body
  throw new Refused(answer.statusCode, await beginning(answer.body))
}

async function beginning(body: Body): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= ERROR_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
