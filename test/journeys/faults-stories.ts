/** What a person should find in the answer to `/bakery health` while a fault lasts. */
export interface Trouble {
  /** The whole title: what is concerned. */
  readonly title: RegExp
  readonly status: 'critical' | 'warning' | 'unknown'
  /** All of these stand in its lines. */
  readonly says: readonly RegExp[]
  /** The button that leads on. */
  readonly next: string
}

export interface Story {
  readonly fault: string
  /** How far the story's time goes on after it was broken, in seconds: alerts wait, queues and disks fill. */
  readonly later: number
  /** Each of them stands in the answer, and nothing else does. */
  readonly troubles: readonly Trouble[]
  /** A question after it, and what its answer says. */
  readonly also?: { readonly ask: string; readonly says: readonly RegExp[] }
  /** Whose restarts or kills are still told after it was mended; nobody's by default. */
  readonly leaves?: string
}

const growing = (queue: string): Trouble => ({
  title: new RegExp(`^${queue}\\.events$`),
  status: 'critical',
  says: [/rabbitmq: growing by \d+ messages a minute; no consumers/],
  next: 'Show logs',
})

export const STORIES: readonly Story[] = [
  {
    fault: 'crash-loop',
    later: 60,
    troubles: [
      {
        title: /^pos-service$/,
        status: 'critical',
        says: [
          /pods: crash loop \(Error, exit code 1\), ([3-9]|\d\d) restarts/,
          /deployments: 0 of 1 replica available/,
          /alerts: .*ServiceDown.*KubePodCrashLooping/,
        ],
        next: 'Show crash log',
      },
      growing('pos'),
    ],
    leaves: 'pos-service',
  },
  {
    fault: 'bad-deploy',
    later: 60,
    troubles: [
      {
        title: /^sales-service$/,
        status: 'critical',
        says: [/pods: crash loop \(Error, exit code 1\)/, /alerts: KubePodCrashLooping$/],
        next: 'Show crash log',
      },
    ],
    also: { ask: 'deployments sales-service', says: [/1 of 1|1\/1/] },
  },
  {
    fault: 'out-of-memory',
    later: 120,
    troubles: [
      {
        title: /^forecasting-service$/,
        status: 'critical',
        says: [/OOMKilled, exit code 137/, /alerts: .*ServiceDown/],
        next: 'Show crash log',
      },
      growing('forecasting'),
    ],
    also: { ask: 'top', says: [/of memory/] },
    leaves: 'forecasting-service',
  },
  {
    fault: 'image-missing',
    later: 0,
    troubles: [
      {
        title: /^recipes-service$/,
        status: 'critical',
        says: [/pods: image gitea\.bakewise\.ai\/bakery\/recipes-service:\S+ cannot be pulled/],
        next: 'Show events',
      },
    ],
    also: { ask: 'events recipes-service', says: [/Failed to pull image|ImagePullBackOff|Back-off pulling/] },
  },
  {
    fault: 'disk-filling',
    later: 100,
    troubles: [
      {
        title: /^node-3$/,
        status: 'critical',
        says: [/nodes: disk \/ has \d(\.\d)? % free/, /alerts: NodeFilesystemAlmostOutOfSpace/],
        next: 'Show nodes',
      },
    ],
  },
  {
    fault: 'database-stopped',
    later: 240,
    troubles: [
      {
        title: /^orders-db$/,
        status: 'critical',
        says: [
          /pods: crash loop .*, ([3-9]|\d\d) restarts/,
          /databases: connection refused at 127\.0\.0\.1:\d+/,
          /alerts: .*DatabaseDown/,
        ],
        next: 'Show crash log',
      },
      {
        title: /^orders-service$/,
        status: 'critical',
        says: [
          /pods: not ready/,
          /services: .*\d+ % of calls fail/,
          /alerts: .*ServiceErrorRateHigh.*ServiceDown/,
        ],
        next: 'Show pods',
      },
      growing('orders'),
      {
        title: /^gateway$/,
        status: 'warning',
        says: [/services: .* of calls fail/],
        next: 'Show logs',
      },
    ],
    also: { ask: 'logs orders-service --since 10m', says: [/database unavailable|pool exhausted/] },
    leaves: 'orders-db',
  },
  {
    fault: 'connections-exhausted',
    later: 240,
    troubles: [
      {
        title: /^auth-db$/,
        status: 'critical',
        says: [/databases: .*(connections taken|no connection)/, /alerts: DatabaseConnectionsExhausted/],
        next: 'Show logs',
      },
      {
        title: /^auth-service$/,
        status: 'critical',
        says: [/services: .*\d+ % of calls fail/],
        next: 'Show logs',
      },
      {
        title: /^auth\.events$/,
        status: 'critical',
        says: [/rabbitmq: growing by \d+/],
        next: 'Show logs',
      },
      {
        title: /^gateway$/,
        status: 'warning',
        says: [/services: .* of calls fail/],
        next: 'Show logs',
      },
    ],
  },
  {
    fault: 'blocked-queries',
    later: 240,
    troubles: [
      {
        title: /^sales-db$/,
        status: 'critical',
        says: [
          /databases: .*\d sessions blocked, the longest for .* by process \d+/,
          /alerts: DatabaseLocksWaiting/,
        ],
        next: 'Show logs',
      },
      {
        title: /^sales-service$/,
        status: 'critical',
        says: [/services: .*p99 is 4\.\d* s/],
        next: 'Show logs',
      },
    ],
  },
  {
    fault: 'backup-missed',
    later: 60,
    troubles: [
      {
        title: /^DatabaseBackupMissed$/,
        status: 'warning',
        says: [/alerts: orders-db was not backed up within 26 hours/],
        next: 'Show alerts',
      },
    ],
    also: { ask: 'events orders-db', says: [/BackupMissed/] },
  },
  {
    fault: 'queue-without-consumer',
    later: 120,
    troubles: [
      growing('notification'),
      {
        title: /^QueueWithoutConsumer$/,
        status: 'warning',
        says: [/alerts: Nobody reads the queue notification\.events/],
        next: 'Show alerts',
      },
    ],
  },
  {
    fault: 'certificate-expiring',
    later: 60,
    troubles: [
      {
        title: /^CertificateExpiresSoon$/,
        status: 'warning',
        says: [/alerts: The certificate bakery-ia-prod-tls-cert ends within a week and was not renewed/],
        next: 'Show alerts',
      },
    ],
  },
  {
    fault: 'flux-stuck',
    later: 60,
    troubles: [
      {
        title: /^FluxReconciliationFailing$/,
        status: 'warning',
        says: [/alerts: Flux does not apply bakery-ia/],
        next: 'Show alerts',
      },
    ],
  },
  {
    fault: 'alert-storm',
    later: 60,
    troubles: [
      {
        title: /^6 services$/,
        status: 'warning',
        says: [/services: p99 is 2\.\d s; the other 5 likewise/],
        next: 'Show services',
      },
      {
        title: /^ServiceLatencyHigh$/,
        status: 'warning',
        says: [/alerts: The 99th percentile of .* is above 2 s, and 17 others/],
        next: 'Show alerts',
      },
      {
        title: /^DatabaseSlow$/,
        status: 'warning',
        says: [/alerts: A query of .* takes half a second on average, and 13 others/],
        next: 'Show alerts',
      },
    ],
    also: { ask: 'alerts', says: [/ServiceLatencyHigh/, /DatabaseSlow/] },
  },
]
