import { z } from 'zod'
import { frozen } from '../../core/frozen.ts'
import { createHttpReader } from '../../core/http.ts'
import { oneLine } from '../../core/http-faults.ts'
import type { HttpAnswer, HttpRequest } from '../../core/http-send.ts'
import type { CollectorReader, CollectorState } from '../../core/ports/collector.ts'

export interface CollectorOptions {
  /** `http://otel-collector:13133`, with the extension's `path` when one is set. */
  readonly address: string
}

/** `health_check` writes `upSince`, `healthcheckv2` writes `start_time`; either may be the zero time or absent. */
const moment = z.string().pipe(z.coerce.date()).optional().catch(undefined)
const answer = z.object({ status: z.string().default(''), upSince: moment, start_time: moment })

const REQUEST: HttpRequest = { operation: 'state', path: '/' }
const CONFIGURED_TEXT_LIMIT = 80

/**
 * Reads the collector's extension `health_check`. Available and unavailable are both answers (200 and 503); its body can
 * be replaced by the operator, so the status alone decides and the body is only looked into.
 */
export function createCollectorReader(options: CollectorOptions): CollectorReader {
  const http = createHttpReader({ name: 'Collector', address: options.address })
  return {
    async state(signal) {
      const reply = await http.exchange(REQUEST, signal)
      if (reply.status !== 200 && reply.status !== 503) throw http.refusal(REQUEST, reply.status)
      if (/\bhtml\b/i.test(reply.contentType)) {
        const says = `answered ${reply.status} with a web page where its extension health_check was expected`
        throw http.fault(REQUEST, `${says}: is the port right (13133)?`)
      }
      return frozen(toState(reply))
    },
  }
}

function toState({ status, text }: HttpAnswer): CollectorState {
  const available = status === 200
  const said = answer.safeParse(parsed(text))
  if (!said.success) return { available, status: oneLine(text, CONFIGURED_TEXT_LIMIT), upSince: null }
  return {
    available,
    status: said.data.status || (available ? 'available' : 'not available'),
    upSince: started(said.data.upSince ?? said.data.start_time),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Go's zero time, year 1, stands for no time. */
function started(at: Date | undefined): Date | null {
  return at && at.getTime() > 0 ? at : null
}
