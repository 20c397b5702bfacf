import type { z } from 'zod'
import { parseBaseUrl } from './address.ts'
import { DependencyError } from './errors.ts'
import { firstIssue, statusIsPassing, statusSays } from './http-faults.ts'
import { exchange, type HttpAnswer, type HttpLimits, type HttpRequest } from './http-send.ts'
import { holdSecret, Secret, type SecretSource } from './secret.ts'

/** An HTTP API that is read. Node's own `fetch` keeps its connections open between requests. */
export interface HttpSystem {
  /** As people call it: `Prometheus`. */
  readonly name: string
  /** http or https, with the prefix of its paths when it has one. `user:password@` in it becomes basic authentication. */
  readonly address: string
  readonly credentials?: HttpCredentials | undefined
  /** For one request, on top of the caller's signal; 10,000 when not given. */
  readonly timeoutMs?: number
  /** The longest answer that is taken; 16 MiB when not given. */
  readonly maxBytes?: number
}

export interface HttpCredentials {
  readonly secret: SecretSource
  headers(revealed: string): Readonly<Record<string, string>>
}

export interface HttpFaults {
  /** `Prometheus at http://prometheus:9090`: the subject of every sentence, without credentials. */
  readonly where: string
  /** An error that says `where` and then `says`. */
  fault(
    request: HttpRequest,
    says: string,
    options?: { retryable?: boolean; cause?: unknown },
  ): DependencyError
  /** The same for a status that was not expected. `detail` is what the system itself says. */
  refusal(request: HttpRequest, status: number, detail?: string): DependencyError
}

export interface HttpReader extends HttpFaults {
  /** Whatever the status. Throws `DependencyError` when no whole answer came. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>
  /** An answer's JSON; throws when it is none, with what the status means. */
  parse(answer: HttpAnswer, request: HttpRequest): unknown
  /** Both at once. */
  json(
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: unknown }>
  /** The body in the form that was expected of it. */
  understand<Schema extends z.ZodType>(schema: Schema, body: unknown, request: HttpRequest): z.infer<Schema>
}

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024

/** `Authorization: Bearer …`; undefined when there is no secret to send. */
export function bearer(secret: SecretSource | undefined): HttpCredentials | undefined {
  return secret && { secret, headers: (token) => ({ authorization: `Bearer ${token}` }) }
}

/** `Authorization: Basic …` (RFC 7617). */
export function basic(user: string, secret: SecretSource): HttpCredentials {
  return { secret, headers: (password) => basicHeader(`${user}:${password}`) }
}

/** A reader of one HTTP API: JSON with timeouts, a limit of size, no redirects, and a sentence for every failure. */
export function createHttpReader(system: HttpSystem): HttpReader {
  const base = parseBaseUrl(system.address)
  const credentials = system.credentials ?? credentialsIn(base?.credentials ?? null)
  const faults = createFaults(system.name, base?.shown ?? null, credentials !== undefined)
  const ask = createExchange(base?.shown ?? null, credentials, limitsOf(system), faults)
  return {
    ...faults,
    exchange: ask,
    parse: (answer, request) => parseAnswer(answer, request, faults),
    async json(request, signal) {
      const answer = await ask(request, signal)
      return { status: answer.status, body: parseAnswer(answer, request, faults) }
    },
    understand(schema, body, request) {
      const parsed = schema.safeParse(body)
      if (parsed.success) return parsed.data
      const says = `answered ${request.path} in a form that is not understood (${firstIssue(parsed.error)})`
      throw faults.fault(request, says)
    },
  }
}

function limitsOf({ timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES }: HttpSystem): HttpLimits {
  return { timeoutMs, maxBytes }
}

function createFaults(name: string, shown: string | null, withCredentials: boolean): HttpFaults {
  const where = shown === null ? name : `${name} at ${shown}`
  const fault: HttpFaults['fault'] = ({ operation }, says, options = {}) =>
    new DependencyError({
      dependency: name.toLowerCase(),
      operation,
      message: `${where} ${says}`,
      ...options,
    })
  return {
    where,
    fault,
    refusal(request, status, detail) {
      const says = statusSays(status, request.path, withCredentials)
      return fault(request, detail ? `${says}: ${detail}` : says, { retryable: statusIsPassing(status) })
    },
  }
}

/** Asks, and asks once more when the secret was refused and a newer one is there. */
function createExchange(
  base: string | null,
  credentials: HttpCredentials | undefined,
  limits: HttpLimits,
  faults: HttpFaults,
): HttpReader['exchange'] {
  const held = credentials && holdSecret(credentials.secret)
  const once = (request: HttpRequest, secret: Secret | null, signal: AbortSignal) => {
    if (base === null) throw faults.fault(request, 'has an address that is not an http or https one')
    const headers = secret && credentials ? credentials.headers(secret.reveal()) : {}
    if (!canBeSent(headers)) throw faults.fault(request, UNSENDABLE)
    return exchange(base, { request, headers, limits }, signal, (...says) => faults.fault(request, ...says))
  }
  return async (request, signal) => {
    if (!held) return once(request, null, signal)
    const secret = await held.current(signal)
    const answer = await once(request, secret, signal)
    if (answer.status !== 401) return answer
    const fresh = await held.renewed(secret, signal)
    return fresh === null ? answer : once(request, fresh, signal)
  }
}

const UNSENDABLE =
  'cannot be asked: the configured credentials hold characters, a line break perhaps, that a header cannot carry'

/** The refusal of `fetch` itself would quote the header, and with it the secret. */
function canBeSent(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).every((value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
}

function credentialsIn(pair: string | null): HttpCredentials | undefined {
  if (pair === null) return undefined
  return { secret: async () => new Secret(pair), headers: basicHeader }
}

function basicHeader(pair: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
}

/** Whether an answer says that it is JSON. A page of a user interface, with status 200, is not. */
export function isJson({ contentType }: HttpAnswer): boolean {
  return /\bjson\b/i.test(contentType)
}

function parseAnswer(answer: HttpAnswer, request: HttpRequest, faults: HttpFaults): unknown {
  if (isJson(answer)) return parseJson(answer, request, faults)
  if (answer.status !== 200) throw faults.refusal(request, answer.status)
  const type = answer.contentType.split(';')[0] || 'no content type'
  const says = `answered 200 with ${type} where JSON was expected: is the API path right for its version?`
  throw faults.fault(request, says)
}

/** The parser's own message quotes the text, so it is not kept. What a failure is called matters more than how it is written. */
function parseJson({ status, text }: HttpAnswer, request: HttpRequest, faults: HttpFaults): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (status !== 200) throw faults.refusal(request, status)
    throw faults.fault(request, 'answered with JSON that is cut off or malformed')
  }
}
