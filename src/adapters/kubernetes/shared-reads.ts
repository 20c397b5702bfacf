import { setImmediate as nextTurn } from 'node:timers/promises'
import { shareLooks } from '../../core/waiting.ts'
import type { ApiRequest } from './exchange.ts'

type Read = (request: ApiRequest, signal: AbortSignal) => Promise<unknown>

/** Reads of the same that are asked for before the first of them has left are one request: its answer is as fresh for each. */
export function shareReads(send: Read): Read {
  const leaving = new Map<string, (signal: AbortSignal) => Promise<unknown>>()

  function gather(key: string, request: ApiRequest) {
    const shared = shareLooks(async (signal) => {
      await nextTurn()
      leaving.delete(key)
      return send(request, signal)
    })
    leaving.set(key, shared)
    return shared
  }

  return async (request, signal) => {
    signal.throwIfAborted()
    const key = JSON.stringify([request.path, request.query, request.timeoutMs])
    return (leaving.get(key) ?? gather(key, request))(signal)
  }
}
