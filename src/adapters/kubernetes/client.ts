import type { Readable } from 'node:stream'
import { type Deadline, deadline } from '../../core/deadline.ts'
import type { DependencyError } from '../../core/errors.ts'
import { orAborted } from '../../core/waiting.ts'
import { type Connection, connect, type Source } from './connection.ts'
import { type ApiAnswer, type ApiRequest, type ApiWrite, exchange, read } from './exchange.ts'
import { toDependencyError } from './failures.ts'
import { shareReads } from './shared-reads.ts'

/** A write that nobody answered. `sent`: it may have arrived. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  readonly sent: boolean

  /** The cause's message is a whole sentence. */
  constructor(sent: boolean, cause: DependencyError) {
    super(cause.message, { cause })
    this.sent = sent
  }
}

/** Raw requests to one API server over shared connections. Every failure of a read is a `DependencyError`. */
export interface KubernetesClient {
  json(request: ApiRequest, signal: AbortSignal): Promise<unknown>
  /** The body as a stream, for watches and logs: whoever opens it reads it to its end or destroys it. */
  open(request: ApiRequest, signal: AbortSignal): Promise<Readable>
  /** Sent once and never again by itself; an answer of any status is given back. Throws `Unanswered`. */
  write(request: ApiWrite, signal: AbortSignal): Promise<ApiAnswer>
  /** `host:port` for sentences; null before the first request. */
  address(): string
  close(): Promise<void>
}

const DEFAULT_TIMEOUT_MS = 8_000

type Open = (source: Source) => Promise<Connection>

/** The kubeconfig is read at the first request, and again as long as it could not be read. */
function lazily(
  source: Source,
  connectTo: Open,
): { open(): Promise<Connection>; current(): Connection | null } {
  let pending: Promise<Connection> | null = null
  let connected: Connection | null = null
  return {
    current: () => connected,
    async open() {
      pending ??= connectTo(source)
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

/** `connectTo` says by which account, for whoever does not read (accounts.ts). */
export function createClient(source: Source, connectTo: Open = connect): KubernetesClient {
  const connection = lazily(source, connectTo)
  const address = () => connection.current()?.address ?? 'the cluster'

  const reads = shareReads(async (request, signal) => {
    const body = await read(await connection.open(), request, signal)
    return JSON.parse(await body.text())
  })

  function failed(error: unknown, request: ApiRequest, { signal }: Deadline): DependencyError {
    return toDependencyError(signal.aborted ? signal.reason : error, request.operation, address())
  }

  return {
    address,
    async json(request, signal) {
      const within = deadline(signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      try {
        return await reads(request, within.signal)
      } catch (error) {
        throw failed(error, request, within)
      } finally {
        within.end()
      }
    },
    async open(request, signal) {
      const within = deadline(signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      try {
        const body = await read(await connection.open(), request, within.signal)
        within.relax()
        return body.once('close', within.end)
      } catch (error) {
        within.end()
        throw failed(error, request, within)
      }
    },
    async write(request, signal) {
      const within = deadline(signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      const sending = { began: false }
      try {
        const answer = orAborted(exchange(connection.open, request, within.signal, sending), within.signal)
        return await answer
      } catch (error) {
        throw new Unanswered(sending.began, failed(error, request, within))
      } finally {
        within.end()
      }
    },
    async close() {
      await connection.current()?.dispatcher.destroy()
    },
  }
}
