import { UserError } from '../../core/errors.ts'
import type { ObjectReader, RawObject } from '../../core/ports/objects.ts'
import type { WorkloadFacts, WorkloadReader, WorkloadState } from '../../core/ports/workloads.ts'
import { at } from '../../core/raw.ts'
import type { WorkloadKind } from '../../core/steps.ts'
import { nearest } from '../../core/suggest.ts'
import { projectAutoscaler } from './autoscalers.ts'
import { wasRefused } from './failures.ts'
import { projectFlux } from './flux.ts'
import { type Owner, ownerOf } from './management.ts'
import { nodeFacts, podFacts } from './node-facts.ts'
import { asObject } from './objects.ts'
import { podLoad } from './room.ts'
import { selectorText } from './selectors.ts'
import { claimNames } from './volumes.ts'
import type { WideReader } from './wide.ts'
import { type Surroundings, workloadFacts, workloadState } from './workload-facts.ts'

export interface WorkloadReaderOptions {
  readonly objects: ObjectReader
  readonly wide: WideReader
  /** The platform's. */
  readonly namespace: string
}

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const
/** Where Flux keeps what it follows. deploy/base grants it there, and in the platform's namespace. */
const FLUX_NAMESPACE = 'flux-system'
/** Pods that have ended hold nothing of their node. */
const RUNNING = 'status.phase!=Succeeded,status.phase!=Failed'

type Found = { readonly kind: WorkloadKind; readonly object: RawObject }

/** The facts that plans are made of, each time read afresh, as much as possible at once. */
export function createWorkloadReader({ objects, wide, namespace }: WorkloadReaderOptions): WorkloadReader {
  const list = (kind: Parameters<ObjectReader['list']>[0]['kind'], signal: AbortSignal) =>
    objects.list({ kind, namespace }, signal)

  async function around(signal: AbortSignal) {
    const [autoscalers, budgets, quotas, nodes, loads] = await Promise.all([
      list('HorizontalPodAutoscaler', signal),
      list('PodDisruptionBudget', signal),
      list('ResourceQuota', signal),
      allNodes(objects, signal),
      wide.list({ kind: 'Pod', project: podLoad, fieldSelector: RUNNING }, signal),
    ])
    return { autoscalers, budgets, quotas, nodes, loads: loads.items }
  }

  async function all(signal: AbortSignal): Promise<readonly WorkloadFacts[]> {
    const [shared, replicaSets, revisions, claims, ...kinds] = await Promise.all([
      around(signal),
      list('ReplicaSet', signal),
      list('ControllerRevision', signal),
      list('PersistentVolumeClaim', signal),
      ...KINDS.map((kind) => list(kind, signal)),
    ])
    const found = kinds.flatMap((each, index) => each.map((object) => ({ kind: kindAt(index), object })))
    const owned = [...found.map(({ object }) => object), ...shared.autoscalers]
    const surroundings: Surroundings = {
      ...{ ...shared, claims, kept: [...replicaSets, ...revisions] },
      ownerOf: await owners(objects, owned, signal),
    }
    return found.map(({ kind, object }) => workloadFacts(object, kind, surroundings))
  }

  async function get(name: string, signal: AbortSignal): Promise<WorkloadFacts> {
    const [shared, { kind, object }] = await Promise.all([around(signal), find(name, signal)])
    const [kept, claims, owner] = await Promise.all([
      objects.list(keptOf(object, kind, namespace), signal),
      claimsOf(objects, object, signal),
      owners(objects, [object, ...shared.autoscalers], signal),
    ])
    return workloadFacts(object, kind, { ...shared, kept, claims, ownerOf: owner })
  }

  async function state(name: string, signal: AbortSignal): Promise<WorkloadState> {
    const { kind, object } = await find(name, signal)
    return workloadState(object, kind, await claimsOf(objects, object, signal))
  }

  async function find(name: string, signal: AbortSignal): Promise<Found> {
    const each = await Promise.all(KINDS.map((kind) => objects.get({ kind, namespace, name }, signal)))
    const found = each.flatMap((object, index) => (object === null ? [] : [{ kind: kindAt(index), object }]))
    const [first, second] = found
    if (first === undefined) throw await unknownName(name, signal)
    if (second === undefined) return first
    const both = `a ${first.kind} and a ${second.kind}`
    throw new UserError(
      'BAD_ARGUMENT',
      `There are ${both} called ${name} in ${namespace}: Bakery cannot tell which is meant.`,
    )
  }

  async function unknownName(name: string, signal: AbortSignal): Promise<UserError> {
    const known = (await Promise.all(KINDS.map((kind) => list(kind, signal)))).flat()
    const near = nearest(
      name,
      known.map(({ metadata }) => metadata.name),
    )
    const hint = near.length === 0 ? '' : ` The nearest: ${near.join(', ')}.`
    return new UserError('BAD_ARGUMENT', `There is no workload called ${name} in ${namespace}.${hint}`, {
      meant: { given: name, names: near },
    })
  }

  return {
    ...{ get, state, all },
    async autoscalers(signal) {
      const observedAt = new Date()
      const found = await list('HorizontalPodAutoscaler', signal)
      const owner = await owners(objects, found, signal)
      return { items: found.map((hpa) => projectAutoscaler(hpa, owner(hpa))), observedAt }
    },
    async node(name, signal) {
      const [node, nodes, on, budgets] = await Promise.all([
        objects.get({ kind: 'Node', namespace: null, name }, signal),
        objects.list({ kind: 'Node', namespace: null }, signal),
        wide.list({ ...whole('Pod'), fieldSelector: `spec.nodeName=${name}` }, signal),
        wide.list(whole('PodDisruptionBudget'), signal),
      ])
      if (node === null) throw noNode(name, nodes)
      return nodeFacts(node, nodes, on.items, budgets.items, on.everywhere && budgets.everywhere)
    },
    async pod(name, signal) {
      const pod = await objects.get({ kind: 'Pod', namespace, name }, signal)
      if (pod !== null) return podFacts(pod)
      throw new UserError('BAD_ARGUMENT', `There is no pod called ${name} in ${namespace}.`)
    },
    flux: (signal) => fluxFacts(objects, [...new Set([FLUX_NAMESPACE, namespace])], signal),
  }
}

const whole = (kind: 'Pod' | 'PodDisruptionBudget') => ({
  kind,
  project: (raw: unknown) => asObject(raw, kind),
})

function kindAt(index: number): WorkloadKind {
  const kind = KINDS[index]
  if (kind === undefined) throw new RangeError(`there is no kind ${index}`)
  return kind
}

/** Where no name is near, any of a small platform’s may be meant. */
const MOST_NODES_OFFERED = 5

function noNode(name: string, nodes: readonly RawObject[]): UserError {
  const names = nodes.map(({ metadata }) => metadata.name)
  const near = nearest(name, names)
  return new UserError(
    'BAD_ARGUMENT',
    `There is no node called ${name}. There are: ${names.slice(0, 10).join(', ')}.`,
    { meant: { given: name, names: near.length > 0 ? near : names.slice(0, MOST_NODES_OFFERED) } },
  )
}

/** Null: Bakery's account may not read nodes. */
async function allNodes(objects: ObjectReader, signal: AbortSignal): Promise<readonly RawObject[] | null> {
  try {
    return await objects.list({ kind: 'Node', namespace: null }, signal)
  } catch (error) {
    if (wasRefused(error, 403)) return null
    throw error
  }
}

function keptOf(workload: RawObject, kind: WorkloadKind, namespace: string) {
  return {
    kind: kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision',
    namespace,
    labels: selectorText(at(workload, 'spec', 'selector')),
  } as const
}

async function claimsOf(objects: ObjectReader, workload: RawObject, signal: AbortSignal) {
  const { namespace = null } = workload.metadata
  const each = claimNames(workload).map((name) =>
    objects.get({ kind: 'PersistentVolumeClaim', namespace, name }, signal),
  )
  return (await Promise.all(each)).filter((claim) => claim !== null)
}

/** Reads each Kustomization and HelmRelease that the objects' labels name, once. */
async function owners(
  objects: ObjectReader,
  owned: readonly RawObject[],
  signal: AbortSignal,
): Promise<(object: RawObject) => RawObject | null> {
  const keyOf = ({ kind, namespace, name }: Owner) => `${kind}/${namespace}/${name}`
  const named = new Map<string, Owner>()
  for (const owner of owned.map(ownerOf)) if (owner !== null) named.set(keyOf(owner), owner)
  const read = [...named].map(async ([key, owner]) => [key, await objects.get(owner, signal)] as const)
  const found = new Map(await Promise.all(read))
  return (object) => {
    const owner = ownerOf(object)
    return owner === null ? null : (found.get(keyOf(owner)) ?? null)
  }
}

async function fluxFacts(objects: ObjectReader, namespaces: readonly string[], signal: AbortSignal) {
  const list = async (kind: 'Kustomization' | 'HelmRelease' | 'GitRepository') =>
    (await Promise.all(namespaces.map((namespace) => objects.list({ kind, namespace }, signal)))).flat()
  const [kustomizations, releases, repositories] = await Promise.all([
    list('Kustomization'),
    list('HelmRelease'),
    list('GitRepository'),
  ])
  return [
    ...kustomizations.map((one) => projectFlux(one, 'Kustomization', repositories)),
    ...releases.map((one) => projectFlux(one, 'HelmRelease', repositories)),
  ]
}
