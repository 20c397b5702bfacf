import { z } from 'zod'
import { frozen } from '../../core/frozen.ts'
import { createHttpReader, type HttpReader, isJson } from '../../core/http.ts'
import { oneLine } from '../../core/http-faults.ts'
import type { HttpRequest } from '../../core/http-send.ts'
import type { ServiceTelemetry, TelemetryReader } from '../../core/ports/telemetry.ts'
import type { SecretSource } from '../../core/secret.ts'

export interface SignozOptions {
  /** `http://signoz:8080`. */
  readonly address: string
  /** The key of a service account (since 0.118) or a personal access token (before); a viewer's is enough. */
  readonly key?: SecretSource | undefined
}

/** One service as both versions of the API write it: durations in nanoseconds, errors in percent. */
const service = z.object({
  serviceName: z.string(),
  p99: z.number(),
  numCalls: z.number(),
  callRate: z.number(),
  errorRate: z.number(),
})
/** Go writes an empty list as null. */
const services = z.array(service).nullable()
const answerV2 = z.object({ status: z.literal('success'), data: services })
/** Newer handlers and older ones. */
const failure = z.union([
  z.object({ error: z.string() }).transform((body) => body.error),
  z.object({ error: z.object({ message: z.string() }) }).transform((body) => body.error.message),
])

const NANOSECONDS_PER_MILLISECOND = 1_000_000
/** Over less than a second SigNoz divides by zero. */
const SHORTEST_SPAN_MS = 1_000

/** Reads SigNoz. Version 2 of its list of services is there since 0.102; older ones are asked for version 1. */
export function createTelemetryReader(options: SignozOptions): TelemetryReader {
  const http = createHttpReader({ name: 'SigNoz', address: options.address, credentials: keyed(options.key) })
  let hasV2 = true

  return {
    async services(from, to, signal) {
      const span = spanOf(from, to)
      if (hasV2) {
        const found = await askV2(http, span, signal)
        if (found) return frozen(found.map(toTelemetry))
      }
      const found = await askV1(http, span, signal)
      hasV2 = false
      return frozen(found.map(toTelemetry))
    },
  }
}

function keyed(secret: SecretSource | undefined) {
  return secret && { secret, headers: (key: string) => ({ 'signoz-api-key': key }) }
}

function spanOf(from: Date, to: Date) {
  const end = Math.max(to.getTime(), from.getTime() + SHORTEST_SPAN_MS)
  return { start: nanoseconds(from.getTime()), end: nanoseconds(end), tags: [] }
}

/** As text, since the number is larger than JSON's readers keep exactly. */
function nanoseconds(milliseconds: number): string {
  return `${Math.trunc(milliseconds)}000000`
}

type Service = z.infer<typeof service>

/** Null when this SigNoz has no version 2: it then says 404, or sends the page of its own user interface. */
async function askV2(http: HttpReader, span: unknown, signal: AbortSignal): Promise<Service[] | null> {
  const request: HttpRequest = { operation: 'services', path: '/api/v2/services', json: span }
  const answer = await http.exchange(request, signal)
  const absent = answer.status === 404 || answer.status === 405 || (answer.status === 200 && !isJson(answer))
  if (absent) return null
  const body = http.parse(answer, request)
  if (answer.status !== 200) throw refusal(http, request, answer.status, body)
  return http.understand(answerV2, body, request).data ?? []
}

async function askV1(http: HttpReader, span: unknown, signal: AbortSignal): Promise<Service[]> {
  const request: HttpRequest = { operation: 'services', path: '/api/v1/services', json: span }
  const { status, body } = await http.json(request, signal)
  if (status !== 200) throw refusal(http, request, status, body)
  return http.understand(services, body, request) ?? []
}

function refusal(http: HttpReader, request: HttpRequest, status: number, body: unknown) {
  if (status === 403) {
    const says = 'does not allow this with the configured key (403 Forbidden): it needs the role viewer'
    return http.fault(request, says)
  }
  const said = failure.safeParse(body)
  return http.refusal(request, status, said.success ? oneLine(said.data) : undefined)
}

function toTelemetry(one: Service): ServiceTelemetry {
  return {
    name: one.serviceName,
    rate: one.callRate,
    calls: one.numCalls,
    errorRate: one.errorRate,
    p99Ms: one.p99 / NANOSECONDS_PER_MILLISECOND,
  }
}
