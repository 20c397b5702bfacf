/** What a failing connection means, in words that follow a system's name: `Prometheus at … refused the connection`. */
export interface NetworkFault {
  /** The code of Node.js or of its HTTP client, for instance `ECONNREFUSED`. */
  readonly code: string
  readonly says: string
  /** Whether the same read may succeed a moment later. */
  readonly retryable: boolean
}

const CLOSED = 'closed the connection before its answer was whole'
const UNTRUSTED = 'shows a certificate that no authority known here has signed: is its CA configured?'

/** Codes: https://nodejs.org/api/errors.html, https://nodejs.org/api/tls.html and undici's errors. */
const FAULTS: Readonly<Record<string, readonly [says: string, retryable: boolean]>> = {
  ECONNREFUSED: ['refused the connection', true],
  ENOTFOUND: ['has a host name that does not exist', false],
  EAI_AGAIN: ['has a host name that could not be looked up just now', true],
  ECONNRESET: [CLOSED, true],
  EPIPE: [CLOSED, true],
  UND_ERR_SOCKET: [CLOSED, true],
  ECONNABORTED: [CLOSED, true],
  EHOSTUNREACH: ['cannot be reached: there is no route to its host', true],
  ENETUNREACH: ['cannot be reached: there is no route to its network', true],
  ETIMEDOUT: ['did not accept the connection in time', true],
  UND_ERR_CONNECT_TIMEOUT: ['did not accept the connection in time', true],
  UND_ERR_HEADERS_TIMEOUT: ['did not answer in time', true],
  UND_ERR_BODY_TIMEOUT: ['stopped in the middle of its answer', true],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['sent less than it had announced', true],
  DEPTH_ZERO_SELF_SIGNED_CERT: [UNTRUSTED, false],
  SELF_SIGNED_CERT_IN_CHAIN: [UNTRUSTED, false],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [UNTRUSTED, false],
  UNABLE_TO_GET_ISSUER_CERT: [UNTRUSTED, false],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [UNTRUSTED, false],
  CERT_SIGNATURE_FAILURE: [UNTRUSTED, false],
  CERT_HAS_EXPIRED: ['shows a certificate that has expired', false],
  CERT_NOT_YET_VALID: ['shows a certificate that is not valid yet', false],
  ERR_TLS_CERT_ALTNAME_INVALID: ['shows a certificate that is made out to another host name', false],
  EPROTO: ['does not speak TLS as it was expected to', false],
  ERR_SSL_WRONG_VERSION_NUMBER: ['does not speak TLS here: is the address http instead of https?', false],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['does not speak TLS here: is the address http instead of https?', false],
}

/** The network fault in what was thrown, or in its causes; null when it is something else. */
export function networkFault(thrown: unknown): NetworkFault | null {
  for (const error of causes(thrown)) {
    if (error instanceof Error && error.name === 'HTTPParserError')
      return { code: error.name, says: 'does not speak HTTP', retryable: false }
    const code = 'code' in error ? error.code : undefined
    const known = typeof code === 'string' ? FAULTS[code] : undefined
    if (typeof code === 'string' && known) return { code, says: known[0], retryable: known[1] }
  }
  return null
}

const DEEPEST = 8

/** The error, its causes and what an AggregateError gathered (one failure for each address of a host). */
function causes(thrown: unknown, depth = 0): readonly object[] {
  if (typeof thrown !== 'object' || thrown === null || depth > DEEPEST) return []
  const inner = 'cause' in thrown ? causes(thrown.cause, depth + 1) : []
  const gathered = thrown instanceof AggregateError ? thrown.errors.flatMap((e) => causes(e, depth + 1)) : []
  return [thrown, ...inner, ...gathered]
}
