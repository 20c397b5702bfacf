import { createAlertReader } from './adapters/alertmanager/alerts.ts'
import { createCollectorReader } from './adapters/collector/collector.ts'
import { createKubernetes } from './adapters/kubernetes/kubernetes.ts'
import { createDatabaseReader } from './adapters/postgres/databases.ts'
import { createMetricsReader } from './adapters/prometheus/metrics.ts'
import { createQueueReader } from './adapters/rabbitmq/queues.ts'
import { createCacheReader } from './adapters/redis/cache.ts'
import { createTelemetryReader } from './adapters/signoz/telemetry.ts'
import type { TerminalConfig } from './config.ts'
import type { Clock, SystemPorts } from './core/ports/index.ts'
import type { ObjectPorts } from './core/ports/objects.ts'
import type { Releases } from './lifecycle.ts'
import type { Logger } from './log.ts'
import type { Platform } from './platform.ts'
import { createReferences, type References } from './references.ts'

/** What the composition of the operated systems needs. */
export interface SystemsOptions {
  readonly config: Pick<TerminalConfig, 'platform' | 'platformFile' | 'kubeconfig' | 'environment'>
  readonly clock: Clock
  readonly log: Logger
  readonly releases: Releases
  /** `watch` for a process that stays, `once` for one that answers and ends. */
  readonly mode: 'watch' | 'once'
}

/** The operated systems: what may be asked of them, and apart from it what may be changed. */
export interface Systems {
  readonly ports: SystemPorts
  /** Null: there is no cluster. */
  readonly objects: ObjectPorts | null
}

/**
 * The operated systems as ports. Nothing is connected to before it is asked, so a system that is away delays nobody;
 * what platform.yaml does not describe is null, and its checks are off.
 */
export function openSystems({ config, clock, log, releases, mode }: SystemsOptions): Systems {
  const { platform } = config
  const kubernetes = createKubernetes({
    kubeconfigPath: config.kubeconfig,
    namespace: platform.namespace,
    log,
    mode,
  })
  if (kubernetes) {
    releases.add(kubernetes, (opened) => opened.stop())
    kubernetes.start()
  }
  const references = createReferences({ env: config.environment, readSecret: kubernetes?.readSecret })
  const ports = {
    clock,
    platform,
    cluster: kubernetes?.reader ?? null,
    logs: kubernetes?.logs ?? null,
    workloads: kubernetes?.workloads ?? null,
    ...observability(platform, references),
    ...stores({ platform, references, clock, releases }),
  }
  return { ports, objects: kubernetes?.objects ?? null }
}

function observability(platform: Platform, references: References) {
  const { prometheus, alertmanager, signoz, collector } = platform
  const secret = (reference: string | undefined) =>
    reference === undefined ? undefined : references.source(reference)
  return {
    metrics: prometheus
      ? createMetricsReader({
          address: references.address(prometheus.url),
          token: secret(prometheus.token),
        })
      : null,
    alerts: alertmanager
      ? createAlertReader({
          address: references.address(alertmanager.url),
          token: secret(alertmanager.token),
        })
      : null,
    telemetry: signoz
      ? createTelemetryReader({ address: references.address(signoz.url), key: secret(signoz.key) })
      : null,
    collector: collector ? createCollectorReader({ address: references.address(collector.url) }) : null,
  }
}

interface StoresOptions extends Pick<SystemsOptions, 'clock' | 'releases'> {
  readonly platform: Platform
  readonly references: References
}

function stores({ platform, references, clock, releases }: StoresOptions) {
  const secret = (reference: string | undefined) =>
    reference === undefined ? undefined : references.source(reference)
  const { redis, rabbitmq } = platform
  const databases = createDatabaseReader({
    longTransactionSeconds: platform.thresholds.longTransactionSeconds.warning,
    databases: platform.databases.map(({ address, password, ca, ...rest }) => ({
      ...rest,
      address: references.address(address),
      password: secret(password),
      ca: secret(ca),
    })),
  })
  releases.add(databases, (opened) => opened.close())
  const cache = redis
    ? createCacheReader({
        address: references.address(redis.address),
        password: secret(redis.password),
        tls: redis.tls,
        clock,
      })
    : null
  if (cache) releases.add(cache, (opened) => opened.close())
  const queues = rabbitmq
    ? createQueueReader({
        address: references.address(rabbitmq.url),
        user: rabbitmq.user,
        password: references.source(rabbitmq.password),
        clock,
      })
    : null
  return { databases, cache, queues }
}
