import type { Pod } from '../cluster/objects.ts'
import { DATABASES, NAMESPACE, SERVICES } from '../cluster/platform-names.ts'
import { NODES, PODS } from '../cluster/resources.ts'
import type { Series } from './promql.ts'
import { alertsAt } from './story/alerts.ts'
import { cacheAt, DISK_BYTES, diskFreePercent } from './story/machines.ts'
import { find } from './story/outages.ts'
import { queuesAt } from './story/queues.ts'
import { trafficOf } from './story/traffic.ts'
import type { World } from './world.ts'

type Figure = (world: World, at: Date, query: string) => Series[]

const HOUR_MS = 3_600_000
const series = (labels: Record<string, string>, value: number): Series => ({ labels, value })
const platformPods = ({ store }: World) => store.list(PODS, NAMESPACE)

/** Which figure a query means: the first pattern that it matches. A query that matches none has no series. */
export const FIGURES: readonly (readonly [pattern: RegExp, figure: Figure])[] = [
  [/increase\(\s*kube_pod_container_status_restarts_total/, restartsOfTheHour],
  [/kube_pod_container_status_last_terminated_reason/, (world) => reasons(world, lastReason)],
  [/kube_pod_container_status_waiting_reason/, (world) => reasons(world, waitingReason)],
  [/kube_pod_container_status_restarts_total/, restartsInAll],
  [/node_filesystem_avail_bytes[^/]*\/\s*node_filesystem_size_bytes/, diskShare],
  [/node_filesystem_avail_bytes/, (world, at) => disks(world, at).map(scaled(DISK_BYTES))],
  [
    /node_filesystem_size_bytes/,
    (world, at) => disks(world, at).map(({ labels }) => series(labels, DISK_BYTES)),
  ],
  [/\bpg_up\b/, databasesUp],
  [/http_requests_total\{[^}]*5\.\./, (world, at) => perService(world, at, (t) => t.errorPercent / 100)],
  [/http_request_duration_seconds_bucket/, (world, at) => perService(world, at, (t) => t.p99Ms / 1000)],
  [/http_requests_total/, (world, at) => perService(world, at, (t) => t.rate)],
  [/rabbitmq_queue_messages_ready/, queuesReady],
  [/redis_memory_used_bytes\s*\/\s*redis_memory_max_bytes/, redisMemory],
  [/\bALERTS\b/, alertSeries],
  [/^\s*up\b/, targetsUp],
]

function scaled(factor: number) {
  return ({ labels, value }: Series) => series(labels, (value / 100) * factor)
}

const podLabels = (pod: Pod, container: string) => ({
  namespace: pod.metadata.namespace ?? '',
  pod: pod.metadata.name,
  container,
})

function restartsOfTheHour({ restarts }: World, at: Date): Series[] {
  const recent = restarts.since(new Date(at.getTime() - HOUR_MS))
  const groups = Map.groupBy(recent, ({ pod, container }) => `${pod}/${container}`)
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (!first) return []
    const { namespace, pod, container } = first
    return series({ namespace, pod, container }, 1 + more.length)
  })
}

function restartsInAll(world: World): Series[] {
  return platformPods(world).flatMap((pod) =>
    (pod.status?.containerStatuses ?? []).map(({ name, restartCount }) =>
      series(podLabels(pod, name), restartCount),
    ),
  )
}

type Statuses = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]
const lastReason = ({ lastState }: Statuses) => lastState.terminated?.reason
const waitingReason = ({ state }: Statuses) => state.waiting?.reason

function reasons(world: World, reasonOf: (status: Statuses) => unknown): Series[] {
  return platformPods(world).flatMap((pod) =>
    (pod.status?.containerStatuses ?? []).flatMap((status) => {
      const reason = reasonOf(status)
      return typeof reason === 'string' ? series({ ...podLabels(pod, status.name), reason }, 1) : []
    }),
  )
}

function disks({ store, outages }: World, at: Date): Series[] {
  return store.list(NODES).map(({ metadata: { name } }) => {
    const labels = {
      instance: `${name}:9100`,
      node: name,
      mountpoint: '/',
      device: '/dev/sda1',
      fstype: 'ext4',
    }
    return series(labels, diskFreePercent(name, at, outages()))
  })
}

function diskShare(world: World, at: Date, query: string): Series[] {
  return disks(world, at).map(scaled(/^\s*\(?\s*100\s*\*/.test(query) ? 100 : 1))
}

function databasesUp({ outages }: World, at: Date): Series[] {
  return DATABASES.map((name) =>
    series({ instance: `${name}:9187`, job: 'postgres' }, find(outages(), 'database', name, at) ? 0 : 1),
  )
}

function perService(
  { outages, seed }: World,
  at: Date,
  of: (traffic: ReturnType<typeof trafficOf>) => number,
): Series[] {
  return SERVICES.map((service) => series({ service }, of(trafficOf(service, at, outages(), seed))))
}

function queuesReady({ outages, seed }: World, at: Date): Series[] {
  return queuesAt(at, outages(), seed).map(({ name, ready }) => series({ queue: name, vhost: '/' }, ready))
}

function redisMemory({ startedAt }: World, at: Date): Series[] {
  const { usedMemory, maxMemory } = cacheAt(at, startedAt)
  return [series({ instance: 'redis:9121' }, usedMemory / maxMemory)]
}

function alertSeries({ outages, startedAt }: World, at: Date): Series[] {
  return alertsAt(at, outages(), startedAt).map(({ labels, state }) =>
    series({ __name__: 'ALERTS', alertstate: state, ...labels }, 1),
  )
}

function targetsUp({ store }: World): Series[] {
  return store
    .list(NODES)
    .map(({ metadata: { name } }) => series({ __name__: 'up', job: 'node', instance: `${name}:9100` }, 1))
}
