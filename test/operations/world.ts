import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PracticeCluster, startCluster } from '../../practice/cluster/start.ts'
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/kubernetes.ts'
import { isFinal, type Operation, type OperationState } from '../../src/core/operation.ts'
import type { Plan } from '../../src/core/plan.ts'
import {
  type ObjectWriter,
  type ReadKind,
  WriteFailure,
  type WriteRequest,
} from '../../src/core/ports/objects.ts'
import type { Proposal } from '../../src/core/ports/operations.ts'
import { templateDigest } from '../../src/core/rollout/template.ts'
import type { ObjectKind, ObjectRef, Step, StepKind } from '../../src/core/steps.ts'
import type { EngineContext, Timing } from '../../src/operations/context.ts'
import { createEngine, type Engine } from '../../src/operations/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { type Opened, open } from '../store/opened.ts'
import { type Decide, decisions, seedPeople } from '../store/operations-support.ts'
import { actor, proposalOf } from '../support/operations.ts'

/** Short enough for tests; nothing is asserted about how long anything takes. */
const TIMING: Timing = {
  ...{ pollMs: 40, writeMs: 2000, editMs: 20, reconcileMs: 4000, retryMs: 40, landMs: 40, idleMs: 100 },
}
const SIGNAL = new AbortController().signal

/** A practice cluster, a real PostgreSQL, and engines on both. */
export interface EngineWorld {
  readonly opened: Opened
  readonly cluster: PracticeCluster
  readonly kubernetes: Kubernetes
  readonly decide: Decide
  /** What was sent to the cluster by any engine. */
  readonly writes: WriteRequest[]
  /** Of it, what was not refused as a conflict: it may have been written. */
  readonly effects: WriteRequest[]
  engine(changes?: Partial<EngineContext>, store?: Store): Engine
  ref<Kind extends ObjectKind>(kind: Kind, name: string): Promise<ObjectRef<Kind>>
  object(kind: ReadKind, name: string): ReturnType<Kubernetes['objects']['reader']['get']>
  /** Somebody else's change, past Bakery: a merge patch. */
  patch(ref: ObjectRef, body: object): Promise<void>
  /** One step of a kind for a service of the practice cluster. */
  step(kind: StepKind): Promise<Step>
  /** A plan that its requester has confirmed or, when it is destructive, that another person has approved. */
  approved(plan: Plan, changes?: Partial<Proposal>): Promise<Operation>
  /** Resolves when the operation has ended or waits for a person. */
  ended(id: string): Promise<Operation>
  reached(id: string, ...states: readonly OperationState[]): Promise<Operation>
  close(): Promise<void>
}

export const NAMESPACE = 'bakery-ia'
const SERVICE = 'inventory-service'

export async function openWorld(options: { leaseSeconds?: number } = {}): Promise<EngineWorld> {
  const [opened, cluster] = await Promise.all([open(), startCluster()])
  await seedPeople(opened)
  const folder = mkdtempSync(join(tmpdir(), 'bakery-engine-'))
  const kubeconfigPath = join(folder, 'kubeconfig')
  writeFileSync(kubeconfigPath, cluster.kubeconfig())
  const say = (facts: object, words: string) => {
    if (process.env.ENGINE_LOG) console.error(words, facts)
  }
  const log = { warn: say, error: say, info: say }
  const kubernetes = createKubernetes({ kubeconfigPath, namespace: NAMESPACE, log, mode: 'once' })
  if (kubernetes === null) throw new Error('there is no kubeconfig')
  const { reader, writer } = kubernetes.objects
  const decide = decisions(opened)
  const engines: Engine[] = []
  const writes: WriteRequest[] = []
  const effects: WriteRequest[] = []
  const { leaseSeconds = 30 } = options

  /** A write that a newer version of its object refused changed nothing: the engine reads again and sends another. */
  const counted = (inner: ObjectWriter): ObjectWriter => ({
    async write(request, signal) {
      writes.push(request)
      try {
        const written = await inner.write(request, signal)
        effects.push(request)
        return written
      } catch (thrown) {
        if (!(thrown instanceof WriteFailure && thrown.kind === 'conflict')) effects.push(request)
        throw thrown
      }
    },
  })
  const object: EngineWorld['object'] = (kind, name) =>
    reader.get({ kind, namespace: kind === 'Node' ? null : spaceOf(kind), name }, SIGNAL)
  const ref: EngineWorld['ref'] = async (kind, name) => {
    const found = await object(kind, name)
    if (found === null) throw new Error(`the practice cluster has no ${kind} ${name}`)
    return { kind, namespace: found.metadata.namespace ?? null, name, uid: found.metadata.uid }
  }
  const find = async (id: string) => {
    const found = await opened.store.operations.find(id)
    if (found === null) throw new Error(`there is no operation ${id}`)
    return found
  }
  const until = async (id: string, holds: (operation: Operation) => boolean): Promise<Operation> => {
    for (let tries = 0; tries < 1000; tries += 1) {
      const operation = await find(id)
      if (holds(operation)) return operation
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`the operation did not come as far: ${JSON.stringify(await find(id), null, 1)}`)
  }

  return {
    ...{ opened, cluster, kubernetes, decide, writes, effects, ref, object },
    engine(changes = {}, store = opened.store) {
      const context: EngineContext = {
        ...{ operations: store.engine, reader: store.operations, objects: reader },
        writer: counted(changes.writer ?? writer),
        planner: {
          plan: async (line) => {
            const { rows } = await opened.admin.query('SELECT plan, digest FROM operation WHERE line = $1', [
              line,
            ])
            const { plan, digest } = rows[0]
            return { command: 'scale', line, plan, digest, rehearsed: [] }
          },
          undo: () => {
            throw new Error('nothing is undone here')
          },
        },
        attestation: { attest: async () => ({ kind: 'member', inChannel: true }) },
        access: { snapshot: async () => store.access.current() },
        registry: REGISTRY,
        measure: async () => null,
        card: async () => ({ kind: 'progress', text: 'under way', blocks: [], audience: 'channel' }),
        ...{ leaseSeconds, timing: TIMING, log },
        ...Object.fromEntries(Object.entries(changes).filter(([key]) => key !== 'writer')),
      }
      const engine = createEngine(context)
      engines.push(engine)
      return engine
    },
    async patch({ kind, namespace, name }, body) {
      const place = namespace === null ? '' : `namespaces/${namespace}/`
      const url = `${cluster.url}/${PATHS[kind]}`.replace('PLACE/', place)
      const headers = {
        authorization: `Bearer ${cluster.token}`,
        'content-type': 'application/merge-patch+json',
      }
      const response = await fetch(`${url}/${name}`, { method: 'PATCH', headers, body: JSON.stringify(body) })
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
    },
    async step(kind) {
      const makers: Readonly<Record<StepKind, () => Promise<Step>>> = {
        scale: async () => {
          const of = await ref('Deployment', SERVICE)
          return { kind: 'scale', ref: of, from: 1, to: 2 }
        },
        restart: async () => {
          const of = await ref('Deployment', SERVICE)
          return {
            kind: 'restart',
            ref: of,
            template: templateDigest((await object('Deployment', SERVICE))!),
          }
        },
        rollback: async () => {
          const live = (await object('Deployment', SERVICE))!
          const revisions = await reader.list({ kind: 'ReplicaSet', namespace: NAMESPACE }, SIGNAL)
          const own = revisions.filter(
            ({ metadata }) => metadata.ownerReferences?.[0]?.uid === live.metadata.uid,
          )
          const past = own.find((one) => templateDigest(one) !== templateDigest(live))
          if (past === undefined) throw new Error('there is nothing to roll back to')
          return {
            ...{ kind: 'rollback', ref: await ref('Deployment', SERVICE), from: 2, to: 1 },
            ...{ fromTemplate: templateDigest(live), toTemplate: templateDigest(past) },
          }
        },
        pause: async () => ({ kind: 'pause', ref: await ref('Deployment', SERVICE), paused: true }),
        autoscale: async () => ({
          ...{ kind: 'autoscale', ref: await ref('HorizontalPodAutoscaler', 'orders-service-hpa') },
          ...{ from: { min: 1, max: 3 }, to: { min: 1, max: 5 } },
        }),
        'delete-pod': async () => ({ kind: 'delete-pod', ref: await podRef(), workload: SERVICE }),
        evict: async () => ({ kind: 'evict', ref: await podRef(), node: 'node-1', workload: SERVICE }),
        cordon: async () => ({ kind: 'cordon', ref: await ref('Node', 'node-2'), cordoned: true }),
        suspend: async () => ({
          kind: 'suspend',
          ref: await ref('Kustomization', 'bakery-ia'),
          suspended: true,
        }),
        exempt: async () => ({ kind: 'exempt', ref: await ref('Deployment', SERVICE), exempted: true }),
        reconcile: async () => ({ kind: 'reconcile', ref: await ref('GitRepository', 'bakery-ia') }),
      }
      return makers[kind]()
      async function podRef() {
        const pod = cluster.podsOf(SERVICE).find(({ metadata }) => metadata.deletionTimestamp === undefined)
        if (pod === undefined) throw new Error('the service has no pod')
        return ref('Pod', pod.metadata.name)
      }
    },
    async approved(plan, changes = {}) {
      const line = changes.line ?? `scale ${plan.target} ${lines++}`
      const proposal = proposalOf(plan, { ...changes, line })
      const { id, digest, requester } = await decide((desk) => desk.propose(proposal))
      return plan.risk === 'change'
        ? decide((desk) => desk.confirm(id, digest, requester))
        : decide((desk) => desk.approve(id, digest, actor('UANA'), null))
    },
    ended: (id) => until(id, ({ state }) => isFinal(state) || state === 'needs-human'),
    reached: (id, ...states) => until(id, ({ state }) => states.includes(state)),
    async close() {
      await Promise.all(engines.map((engine) => engine.stop()))
      await kubernetes.stop()
      await cluster.stop()
      await opened.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A change of stateless services, which its requester confirms alone. */
export function planFor(...steps: readonly Step[]): Plan {
  const target = steps[0]?.ref.name ?? 'nothing'
  return { headline: `Change ${target}`, target, risk: 'change', steps, warnings: [] }
}

const PATHS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1/PLACE/deployments',
  Pod: 'api/v1/PLACE/pods',
  Node: 'api/v1/PLACE/nodes',
  HorizontalPodAutoscaler: 'apis/autoscaling/v2/PLACE/horizontalpodautoscalers',
  Kustomization: 'apis/kustomize.toolkit.fluxcd.io/v1/PLACE/kustomizations',
  GitRepository: 'apis/source.toolkit.fluxcd.io/v1/PLACE/gitrepositories',
}

let lines = 0

function spaceOf(kind: ReadKind): string {
  return kind === 'Kustomization' || kind === 'GitRepository' || kind === 'HelmRelease'
    ? 'flux-system'
    : NAMESPACE
}

/** One command, which everybody who is asked about may use. */
const REGISTRY: EngineContext['registry'] = {
  commands: () => [{ name: 'scale' } as never],
  decide: () => ({ decision: 'allowed', role: 'member', rule: 'role' }),
  resolve: () => {
    throw new Error('nothing is resolved here')
  },
  format: () => '',
}
