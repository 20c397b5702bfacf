import type { ObjectRehearser, ObjectWriter, WriteRequest, Written } from '../../core/ports/objects.ts'
import { type KubernetesClient, Unanswered } from './client.ts'
import { asObject } from './objects.ts'
import { cutOff, failureOf, unansweredFailure } from './write-failures.ts'
import { apiWrite } from './write-request.ts'

export interface WriterOptions {
  /** As the account that may do it. */
  readonly client: KubernetesClient
  /** Until the whole answer is there; 8,000 when not given. */
  readonly timeoutMs?: number
}

export function createObjectWriter(options: WriterOptions): ObjectWriter {
  return { write: (request, signal) => send(options, request, signal, false) }
}

export function createObjectRehearser(options: WriterOptions): ObjectRehearser {
  return {
    async rehearse(request, signal) {
      const { object } = await send(options, request, signal, true)
      return object
    },
  }
}

async function send(
  { client, timeoutMs = 8_000 }: WriterOptions,
  request: WriteRequest,
  signal: AbortSignal,
  rehearse: boolean,
): Promise<Written> {
  const write = { ...apiWrite(request, rehearse), timeoutMs }
  const answer = await client.write(write, signal).catch((thrown: unknown) => {
    throw thrown instanceof Unanswered ? unansweredFailure(thrown, request) : thrown
  })
  if (answer.status < 200 || answer.status > 299) throw failureOf(answer, request)
  const { auditId } = answer
  if (request.verb !== 'patch') return { auditId, object: null }
  const object = asObject(parsed(answer.text), request.ref.kind)
  if (object === null) throw cutOff(answer, request)
  return { auditId, object }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
