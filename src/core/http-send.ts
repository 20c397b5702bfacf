import { Agent, type Dispatcher } from 'undici'
import { deadline } from './deadline.ts'
import type { DependencyError } from './errors.ts'
import { readText, TooLong } from './http-body.ts'
import { networkFault } from './network.ts'
import { waitedInVain } from './waiting.ts'

/** One request to an HTTP API. */
export interface HttpRequest {
  /** What is being done, for the log: `query`. */
  readonly operation: string
  /** Appended to the address: `/api/v1/query`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent by POST, as a form. */
  readonly form?: Readonly<Record<string, string>>
  /** Sent by POST, as JSON. */
  readonly json?: unknown
}

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** What one exchange is held to. */
export interface HttpLimits {
  readonly timeoutMs: number
  readonly maxBytes: number
}

type Headers = Readonly<Record<string, string>>

/**
 * Connections are kept between two requests of a person, not only between two of a program. Not `fetch`, which takes a
 * millisecond of ours for each request, three times as long as this.
 */
const connections = new Agent({ keepAliveTimeout: 60_000 })

export type MakeFault = (says: string, options: { retryable: boolean; cause?: unknown }) => DependencyError

/** Sends a request and reads the whole answer. Whatever goes wrong becomes a sentence, and is thrown as `fault` makes it. */
export async function exchange(
  base: string,
  { request, headers, limits }: { request: HttpRequest; headers: Headers; limits: HttpLimits },
  caller: AbortSignal,
  fault: MakeFault,
): Promise<HttpAnswer> {
  const startedAt = performance.now()
  const within = deadline(caller, limits.timeoutMs)
  const { signal } = within
  try {
    const answer = await send(urlOf(base, request), { ...content(request, headers), signal })
    const said = answer.headers
    const text = await readText(answer.body, Number(said['content-length'] ?? 0), limits.maxBytes)
    return { status: answer.statusCode, contentType: String(said['content-type'] ?? ''), text }
  } catch (error) {
    if (error instanceof TooLong)
      throw fault(`sent an answer that is ${error.message}, which is not taken`, { retryable: false })
    if (signal.aborted) throw fault(waitedInVain(startedAt), { retryable: true, cause: error })
    // The causes of anything else may quote what was sent or what came back: a header, a piece of a body.
    const network = networkFault(error)
    const cause = network?.code === 'HTTPParserError' ? undefined : error
    if (network) throw fault(network.says, { retryable: network.retryable, cause })
    throw fault('could not be asked: the request itself could not be made', { retryable: false })
  } finally {
    within.end()
  }
}

function urlOf(base: string, request: HttpRequest): string {
  return `${base}${request.path}${request.query ? `?${new URLSearchParams(request.query)}` : ''}`
}

type Content = Pick<Dispatcher.RequestOptions, 'method' | 'body'> & { readonly headers: Headers }

/** Sends once more when a connection that had been kept open turns out to be closed: everything here only reads. */
async function send(
  url: string,
  request: Content & { readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(url)
  const once = () => connections.request({ ...request, origin, path: `${pathname}${search}` })
  try {
    return await once()
  } catch (error) {
    const code = networkFault(error)?.code
    if (request.signal.aborted || (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET')) throw error
    return once()
  }
}

function content(request: HttpRequest, headers: Headers): Content {
  const common = { accept: 'application/json', 'user-agent': 'bakery', ...headers }
  if (request.form) {
    const type = 'application/x-www-form-urlencoded;charset=UTF-8'
    return post({ ...common, 'content-type': type }, new URLSearchParams(request.form).toString())
  }
  if (request.json === undefined) return { method: 'GET', headers: common }
  return post({ ...common, 'content-type': 'application/json' }, JSON.stringify(request.json))
}

function post(headers: Headers, body: string): Content {
  return { method: 'POST', headers, body }
}
