import { z } from 'zod'
import { frozen } from '../../core/frozen.ts'
import { bearer, createHttpReader } from '../../core/http.ts'
import { oneLine } from '../../core/http-faults.ts'
import type { HttpRequest } from '../../core/http-send.ts'
import type { Alert, AlertReader } from '../../core/ports/alerts.ts'
import type { SecretSource } from '../../core/secret.ts'

export interface AlertmanagerOptions {
  /** `http://alertmanager:9093`, with its `--web.route-prefix` when it has one. */
  readonly address: string
  readonly token?: SecretSource | undefined
}

const texts = z.record(z.string(), z.string())
const ids = z.array(z.string()).default([])

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, `gettableAlert` */
const alert = z.object({
  fingerprint: z.string(),
  labels: texts,
  annotations: texts.default({}),
  startsAt: z.string().pipe(z.coerce.date()),
  status: z.object({
    state: z.enum(['active', 'suppressed', 'unprocessed']),
    silencedBy: ids,
    inhibitedBy: ids,
  }),
})

/** All alerts that Alertmanager holds, silenced and inhibited ones as well: it is the reader who leaves them out. */
const REQUEST: HttpRequest = {
  operation: 'alerts',
  path: '/api/v2/alerts',
  query: { active: 'true', silenced: 'true', inhibited: 'true', unprocessed: 'true' },
}

/** Reads Alertmanager by its API v2 (v1 is gone since 0.27). */
export function createAlertReader(options: AlertmanagerOptions): AlertReader {
  const http = createHttpReader({
    name: 'Alertmanager',
    address: options.address,
    credentials: bearer(options.token),
  })
  return {
    async alerts(signal) {
      const { status, body } = await http.json(REQUEST, signal)
      // Refusals of this API are a JSON string.
      if (status !== 200)
        throw http.refusal(REQUEST, status, typeof body === 'string' ? oneLine(body) : undefined)
      return frozen(http.understand(z.array(alert), body, REQUEST).map(toAlert))
    },
  }
}

function toAlert({ fingerprint, labels, annotations, startsAt, status }: z.infer<typeof alert>): Alert {
  return {
    fingerprint,
    name: labels.alertname || 'unnamed',
    severity: labels.severity || 'none',
    state: status.state,
    labels,
    summary: annotations.summary || annotations.description || annotations.message || '',
    runbookUrl: annotations.runbook_url || null,
    startsAt,
    silencedBy: status.silencedBy,
    inhibitedBy: status.inhibitedBy,
  }
}
