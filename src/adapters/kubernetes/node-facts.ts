import type { RawObject } from '../../core/ports/objects.ts'
import type { NodeFacts, NodePod, PodFacts } from '../../core/ports/workloads.ts'
import { at, condition, label, list, text } from '../../core/raw.ts'
import { budgetsFor } from './budgets.ts'
import { isFinished, takesPods } from './room.ts'
import { workloadOf } from './workload.ts'

const MIRROR = 'kubernetes.io/config.mirror'

/** What would have to leave a node, by the rules of `kubectl drain`. `elsewhere`: pods of other namespaces could be read too. */
export function nodeFacts(
  node: RawObject,
  all: readonly RawObject[],
  pods: readonly RawObject[],
  budgets: readonly RawObject[],
  everywhere: boolean,
): NodeFacts {
  const { name, uid } = node.metadata
  return {
    ref: { kind: 'Node', namespace: null, name, uid },
    cordoned: at(node, 'spec', 'unschedulable') === true,
    ready: condition(node, 'Ready').status === 'True',
    pods: pods.map((pod) => nodePod(pod, budgets)),
    others: all.filter((other) => other.metadata.name !== name && takesPods(other)).length,
    everywhere,
  }
}

function nodePod(pod: RawObject, budgets: readonly RawObject[]): NodePod {
  const { ref, workload, component, alone } = podFacts(pod)
  const { namespace, labels } = pod.metadata
  return {
    ...{ ref, workload, component, alone },
    stays: whyItStays(pod),
    losesData: list(at(pod, 'spec', 'volumes')).some((volume) => at(volume, 'emptyDir') !== undefined),
    budgets: budgetsFor(namespace, labels, budgets),
  }
}

function whyItStays(pod: RawObject): string | null {
  if (text(at(pod, 'metadata', 'annotations', MIRROR)) !== null) return 'mirror'
  if (isFinished(pod)) return 'finished'
  if (at(controllerOf(pod), 'kind') === 'DaemonSet') return 'DaemonSet'
  return at(pod, 'metadata', 'deletionTimestamp') === undefined ? null : 'leaving'
}

export function podFacts(pod: RawObject): PodFacts {
  const { name, namespace = null, uid } = pod.metadata
  const alone = controllerOf(pod) === undefined
  return {
    ref: { kind: 'Pod', namespace, name, uid },
    workload: alone ? null : workloadOf(pod),
    component: label(pod, 'app.kubernetes.io/component'),
    alone,
    node: text(at(pod, 'spec', 'nodeName')),
    ready: condition(pod, 'Ready').status === 'True',
  }
}

function controllerOf(pod: RawObject): unknown {
  return list(at(pod, 'metadata', 'ownerReferences')).find((owner) => at(owner, 'controller') === true)
}
