import type { Cluster, Consumption } from './cluster.ts'
import { methodNotAllowed, noSuchResource, notFound } from './failures.ts'
import type { ClusterNode, KubeObject, Pod } from './objects.ts'
import type { ResourceRequest } from './requests.ts'
import { NODES, PODS } from './resources.ts'
import { labelMatcher } from './selectors.ts'

const API_VERSION = 'metrics.k8s.io/v1beta1'
const WINDOW_MS = 15_000
/** What a node needs for itself. */
const NODE_OWN: Consumption = { cpu: 0.15, memory: 1.2 * 2 ** 30 }

/** metrics.k8s.io/v1beta1 as metrics-server answers it: what running pods and ready nodes consumed a moment ago. */
export function metrics(cluster: Cluster, request: ResourceRequest, query: URLSearchParams): unknown {
  const { plural, namespace, name, verb } = request
  const at = new Date(Math.floor(cluster.clock.now().getTime() / WINDOW_MS) * WINDOW_MS)
  const labels = labelMatcher(query.get('labelSelector'))
  const wanted = (object: KubeObject) => (name === null || object.metadata.name === name) && labels(object)
  if (verb !== 'get' && verb !== 'list') throw methodNotAllowed()
  if (plural !== 'pods' && plural !== 'nodes') throw noSuchResource()
  const items =
    plural === 'pods'
      ? cluster.store
          .list(PODS, namespace)
          .filter((pod) => wanted(pod) && isRunning(pod))
          .map((pod) => podMetrics(cluster, pod, at))
      : cluster.store
          .list(NODES)
          .filter((node) => wanted(node) && isReady(node))
          .map((node) => nodeMetrics(cluster, node, at))
  const kind = plural === 'pods' ? 'PodMetrics' : 'NodeMetrics'
  if (name === null) return { kind: `${kind}List`, apiVersion: API_VERSION, metadata: {}, items }
  if (items[0] === undefined) throw notFound({ group: '', plural }, name)
  return { kind, apiVersion: API_VERSION, ...items[0] }
}

const isRunning = ({ status }: Pod) => status?.containerStatuses?.some(({ state }) => state.running) === true
const isReady = ({ status }: ClusterNode) =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true

function usage({ cpu, memory }: Consumption) {
  return { cpu: `${Math.round(cpu * 1e9)}n`, memory: `${Math.round(memory / 1024)}Ki` }
}

const facts = ({ metadata: { name, namespace, labels } }: KubeObject, at: Date) => ({
  metadata: {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    creationTimestamp: at.toISOString().replace(/\.\d+/, ''),
    ...(labels === undefined ? {} : { labels }),
  },
  timestamp: at.toISOString().replace(/\.\d+/, ''),
  window: '15s',
})

function podMetrics({ consumption }: Cluster, pod: Pod, at: Date) {
  const whole = consumption(pod, at)
  const parts = pod.spec.containers.length
  const each = { cpu: whole.cpu / parts, memory: whole.memory / parts }
  return {
    ...facts(pod, at),
    containers: pod.spec.containers.map(({ name }) => ({ name, usage: usage(each) })),
  }
}

function nodeMetrics({ store, consumption }: Cluster, node: ClusterNode, at: Date) {
  const pods = store.list(PODS).filter((pod) => pod.spec.nodeName === node.metadata.name && isRunning(pod))
  const whole = pods
    .map((pod) => consumption(pod, at))
    .reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), NODE_OWN)
  return { ...facts(node, at), usage: usage(whole) }
}
