import { z } from 'zod'
import { frozen } from '../../core/frozen.ts'
import { bearer, createHttpReader } from '../../core/http.ts'
import { oneLine, statusLine } from '../../core/http-faults.ts'
import type { HttpRequest } from '../../core/http-send.ts'
import type { MetricsReader, Sample } from '../../core/ports/metrics.ts'
import type { SecretSource } from '../../core/secret.ts'
import { parseValue } from './values.ts'

export interface PrometheusOptions {
  /** `http://prometheus:9090`, with its `--web.route-prefix` or external path when it has one. */
  readonly address: string
  readonly token?: SecretSource | undefined
}

const value = z.string().transform((text, context) => {
  const parsed = parseValue(text)
  if (parsed !== null) return parsed
  context.addIssue({ code: 'custom', message: 'expected a number, NaN or Inf' })
  return z.NEVER
})
const point = z.tuple([z.number(), value])
const series = z.object({ metric: z.record(z.string(), z.string()), value: point })

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
const answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(series) }),
    z.object({ resultType: z.literal('scalar'), result: point }),
  ]),
})
const failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() })

/** Reads Prometheus by its HTTP API. An answer without series is an empty list: nothing is known, which is not zero. */
export function createMetricsReader(options: PrometheusOptions): MetricsReader {
  const http = createHttpReader({
    name: 'Prometheus',
    address: options.address,
    credentials: bearer(options.token),
  })
  return {
    async query(promql, signal) {
      const request: HttpRequest = { operation: 'query', path: '/api/v1/query', form: { query: promql } }
      const { status, body } = await http.json(request, signal)
      const failed = failure.safeParse(body)
      if (failed.success) {
        const said = oneLine(`${failed.data.errorType}: ${failed.data.error}`)
        const retryable = status >= 500
        throw http.fault(request, `could not evaluate the query (${statusLine(status)}): ${said}`, {
          retryable,
        })
      }
      if (status !== 200) throw http.refusal(request, status)
      return frozen(samples(http.understand(answer, body, request).data))
    },
    async ready(signal) {
      const request: HttpRequest = { operation: 'ready', path: '/-/ready' }
      const { status } = await http.exchange(request, signal)
      if (status === 503) {
        const says = 'is not ready yet (503 Service Unavailable): it may still be replaying its log'
        throw http.fault(request, says, { retryable: true })
      }
      if (status !== 200) throw http.refusal(request, status)
    },
  }
}

function samples(data: z.infer<typeof answer>['data']): Sample[] {
  if (data.resultType === 'scalar') return [sample({}, data.result)]
  return data.result.map((one) => sample(one.metric, one.value))
}

function sample(labels: Record<string, string>, [at, number]: readonly [number, number]): Sample {
  return { labels, value: number, at: new Date(at * 1000) }
}
