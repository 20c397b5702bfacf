import { DependencyError } from '../../core/errors.ts'
import { at, text } from '../../core/raw.ts'

/** What was asked of the API server, in the words of its own access rules. */
export interface Operation {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete'
  /** Plural and subresource: `pods`, `pods/log`. */
  readonly resource: string
  /** API group, empty for the core one. */
  readonly group: string
  /** Null: not in a namespace. */
  readonly namespace: string | null
}

/** The API server answered, and the answer was no. `body` is what it said. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly said: string

  constructor(status: number, body: string) {
    const said = statusMessage(body)
    super(`HTTP ${status}: ${said}`)
    this.status = status
    this.said = said
  }
}

/** Whether what was thrown is the API server's own answer of this status. */
export function wasRefused(error: unknown, status: number): boolean {
  return error instanceof Error && error.cause instanceof Refused && error.cause.status === status
}

/** `list pods in bakery-ia`. */
export function operationName({ verb, resource, namespace }: Operation): string {
  return namespace === null ? `${verb} ${resource}` : `${verb} ${resource} in ${namespace}`
}

/** The safe sentence for whatever went wrong: it names address, verb and resource, never what was sent. */
export function toDependencyError(error: unknown, operation: Operation, address: string): DependencyError {
  if (error instanceof DependencyError) return error
  const [why, retryable] = error instanceof Refused ? refusal(error, operation) : breakage(error)
  const name = operationName(operation)
  return new DependencyError({
    dependency: 'kubernetes',
    operation: name,
    message: `cannot ${name} at ${address}: ${why}`,
    retryable,
    cause: error,
  })
}

function refusal(refused: Refused, operation: Operation): [why: string, retryable: boolean] {
  const { status, said } = refused
  const what = operation.group === '' ? operation.resource : `${operation.resource}.${operation.group}`
  switch (status) {
    case 401:
      return ["Bakery's token is not accepted (401): it is wrong or has expired", false]
    case 403:
      return [
        `not permitted (403): grant the verb "${operation.verb}" on "${what}" to Bakery's account`,
        false,
      ]
    case 404:
      if (said !== '404 page not found') return [`there is no such thing (404): ${said}`, false]
      if (operation.group === 'metrics.k8s.io') return ['metrics-server is not installed (404)', false]
      return [`the API server does not know "${what}" (404): its API group or CRD is not installed`, false]
    case 429:
      return ['the API server asks for fewer requests (429)', true]
    case 503:
      if (operation.group === 'metrics.k8s.io') return ['metrics-server does not answer (503)', true]
      return ['the API server cannot serve it at the moment (503)', true]
    default:
      return [`the API server answered ${status}: ${said}`, status >= 500]
  }
}

const BREAKAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: no API server listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up at the moment',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the host',
  ETIMEDOUT: 'no answer came in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is not signed by the CA that the kubeconfig names",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is not signed by the CA that the kubeconfig names",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the server's certificate is not signed by the CA that the kubeconfig names",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "the server's certificate is not signed by the CA that the kubeconfig names",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
}

function breakage(error: unknown): [why: string, retryable: boolean] {
  if (error instanceof SyntaxError) return ['the answer is not JSON', true]
  if (error instanceof Error && error.name === 'TimeoutError') return ['no answer came in time', true]
  if (error instanceof Error && error.name === 'AbortError')
    return ['it was given up before it answered', true]
  for (const code of codes(error)) {
    const known = BREAKAGES[code]
    if (known !== undefined) return [known, true]
  }
  return ['the connection failed', true]
}

/** The error codes of an error, of its causes and of what it aggregates. */
function codes(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const inner = error instanceof AggregateError ? error.errors : []
  return [...own, ...[error.cause, ...inner].flatMap((one) => codes(one, depth + 1))]
}

/** The message of a Status object, else the plain text, shortened. */
export function statusMessage(body: string): string {
  const plain = body.trim().slice(0, 300)
  try {
    return text(at(JSON.parse(body), 'message'))?.slice(0, 300) ?? plain
  } catch {
    return plain
  }
}
