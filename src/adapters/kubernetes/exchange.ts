import type { Dispatcher } from 'undici'
import type { Connection } from './connection.ts'
import { type Operation, Refused } from './failures.ts'

export interface ApiRequest {
  readonly operation: Operation
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  /** Until the whole answer (`json`, `write`) or its beginning (`open`) is there; 8,000 when not given. */
  readonly timeoutMs?: number
}

export interface ApiWrite extends ApiRequest {
  readonly method: 'PATCH' | 'POST' | 'DELETE'
  readonly contentType: string
  readonly body: string
}

/** What the API server said to a write, whatever it was. */
export interface ApiAnswer {
  readonly status: number
  /** Its own id of the request, as in its audit log. */
  readonly auditId: string | null
  readonly retryAfterSeconds: number | null
  /** Null: it stopped before its end. */
  readonly text: string | null
}

/** What is kept of an error's body. */
const ERROR_BYTES = 64 * 1024

type Body = Dispatcher.ResponseData['body']

/** A GET; throws `Refused` for every answer but 200. */
export async function read(to: Connection, request: ApiRequest, signal: AbortSignal): Promise<Body> {
  const answer = await to.dispatcher.request({
    ...(await target(to, request)),
    method: 'GET',
    signal,
  })
  if (answer.statusCode === 200) return answer.body
  throw new Refused(answer.statusCode, await beginning(answer.body))
}

/** Where a request goes, and as whom. Time is kept by the deadline, and by the reflector for a watch: silence is normal there. */
async function target(to: Connection, { path, query = {} }: ApiRequest) {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) search.set(name, String(value))
  return {
    origin: to.origin,
    path: `${to.prefix}${path}${search.size > 0 ? `?${search}` : ''}`,
    headers: { accept: 'application/json', 'user-agent': 'bakery', ...(await to.authorisation()) },
    headersTimeout: 0,
    bodyTimeout: 0,
  }
}

/** A write; `sending` tells how far it came when this throws. */
export async function exchange(
  open: () => Promise<Connection>,
  request: ApiWrite,
  signal: AbortSignal,
  sending: { began: boolean },
): Promise<ApiAnswer> {
  const to = await open()
  const { headers, ...place } = await target(to, request)
  const { method, body, contentType } = request
  const dispatcher = to.dispatcher.compose(noticing(signal, sending))
  const answer = await dispatcher.request({
    ...{ ...place, method, body, signal },
    headers: { ...headers, 'content-type': contentType },
  })
  return {
    status: answer.statusCode,
    auditId: header(answer, 'audit-id'),
    retryAfterSeconds: seconds(header(answer, 'retry-after')),
    text: await answer.body.text().catch(() => null),
  }
}

/**
 * Notices when a request is about to be written to its connection: what fails before that was never sent. One that was given
 * up while it waited for a connection is dropped there by undici, unsent.
 */
function noticing(signal: AbortSignal, sending: { began: boolean }): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        if (!signal.aborted) sending.began = true
        handler.onRequestStart?.(controller, context)
      },
      onRequestUpgrade: (...all) => handler.onRequestUpgrade?.(...all),
      onResponseStart: (...all) => handler.onResponseStart?.(...all),
      onResponseData: (...all) => handler.onResponseData?.(...all),
      onResponseEnd: (...all) => handler.onResponseEnd?.(...all),
      onResponseError: (...all) => handler.onResponseError?.(...all),
    })
}

function header({ headers }: Dispatcher.ResponseData, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function seconds(value: string | null): number | null {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : null
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
