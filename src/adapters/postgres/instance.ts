import { formatHostPort } from '../../core/address.ts'
import { frozen } from '../../core/frozen.ts'
import type { AlsoAsked, DatabaseState } from '../../core/ports/databases.ts'
import { shareLooks, waitedInVain } from '../../core/waiting.ts'
import type { PostgresEndpoint } from './endpoint.ts'
import { fault, isLost, postgresFault } from './faults.ts'
import { openSession, type Session } from './session.ts'
import { parseRow, toState } from './statement.ts'

/** One PostgreSQL instance: one connection, opened when it is first needed, kept, and renewed after it broke. */
export interface PostgresInstance {
  state(signal: AbortSignal, also?: AlsoAsked): Promise<DatabaseState>
  close(): Promise<void>
}

export function createInstance(endpoint: PostgresEndpoint, longTransactionSeconds: number): PostgresInstance {
  const where = `${endpoint.name} at ${formatHostPort(endpoint)}`
  let kept: Session | null = null
  let closed = false
  const noLongerAsked = () => fault(endpoint, where, 'is no longer asked: its reader is closed')

  const ask = async (session: Session, size: boolean, signal: AbortSignal) => {
    try {
      return await session.state({ longTransactionSeconds, size }, signal)
    } catch (error) {
      // Whatever it was, what this connection would say next is not known.
      session.destroy()
      throw error
    }
  }
  const askAfresh = async (size: boolean, signal: AbortSignal) => {
    const session = await openSession(endpoint, where, signal)
    if (closed) {
      session.destroy()
      throw noLongerAsked()
    }
    if (kept?.isOpen()) {
      // A look with another question opened one at the same time.
      session.destroy()
      return ask(kept, size, signal)
    }
    kept = session
    return ask(session, size, signal)
  }
  const look = (size: boolean) => async (signal: AbortSignal) => {
    if (closed) throw noLongerAsked()
    const session = kept
    if (!session?.isOpen()) return askAfresh(size, signal)
    try {
      return await ask(session, size, signal)
    } catch (error) {
      if (signal.aborted || !isLost(error)) throw error
      return askAfresh(size, signal)
    }
  }
  const shared = { size: shareLooks(look(true)), noSize: shareLooks(look(false)) }

  return {
    async state(signal, also) {
      const startedAt = performance.now()
      try {
        const row = parseRow(await (also?.size ? shared.size(signal) : shared.noSize(signal)))
        if (row) return frozen(toState(endpoint.name, endpoint.user, row))
      } catch (error) {
        if (!signal.aborted) throw postgresFault(endpoint, where, error)
        throw fault(endpoint, where, waitedInVain(startedAt), { retryable: true, cause: error })
      }
      throw fault(endpoint, where, 'answered in a form that is not understood: is it PostgreSQL 15 or later?')
    },
    async close() {
      closed = true
      await kept?.end()
    },
  }
}
