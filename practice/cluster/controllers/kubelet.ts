import type { Cluster } from '../cluster.ts'
import { controllerOf, type Pod, timestamp } from '../objects.ts'
import { PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { writeStatus } from '../writes.ts'
import { type Holder, holderOf } from './claims.ts'
import { emit } from './events.ts'
import { type PodLook, podStatus } from './pod-status.ts'
import { runController } from './runner.ts'

/** What pods can do, by the annotation `platform.test/behaviour` on them or on their template. */
export const BEHAVIOURS = ['slow', 'never-ready', 'crash-loop', 'out-of-memory', 'image-missing'] as const
export type Behaviour = (typeof BEHAVIOURS)[number]
export const BEHAVIOUR = 'platform.test/behaviour'

interface Life {
  readonly behaviour: Behaviour | undefined
  readonly ending: boolean
  cancel: () => void
}

/** The simulated kubelet: makes scheduled pods run, fail as they are told to, and end. No container runs anywhere. */
export function runKubelet(cluster: Cluster): () => void {
  const lives = new Map<string, Life>()
  const stop = runController(cluster, {
    concerns({ object }) {
      return object.kind === 'Pod' ? [keyOf(object.metadata.namespace, object.metadata.name)] : []
    },
    sync(namespace, name) {
      const key = keyOf(namespace, name)
      const pod = cluster.store.get(PODS, namespace, name)
      const life = lives.get(key)
      if (!pod) {
        life?.cancel()
        lives.delete(key)
        return undefined
      }
      const next = nextLife(cluster, pod, life)
      if (!next) return undefined
      life?.cancel()
      lives.set(key, next)
      return undefined
    },
  })
  return () => {
    stop()
    for (const { cancel } of lives.values()) cancel()
  }
}

/** What begins for this pod now; null when it goes on as it is. */
function nextLife(cluster: Cluster, pod: Pod, life: Life | undefined): Life | null {
  if (pod.spec.nodeName === undefined) return null
  const ending = pod.metadata.deletionTimestamp !== undefined
  const behaviour = pod.metadata.annotations?.[BEHAVIOUR] as Behaviour | undefined
  if (life && life.ending === ending && (ending || life.behaviour === behaviour)) return null
  const begun: Life = { behaviour, ending, cancel: () => {} }
  const { namespace = '', name, uid } = pod.metadata
  const later = (ms: number, act: (pod: Pod) => void) => {
    begun.cancel = cluster.clock.after(ms, () => {
      const now = cluster.store.get(PODS, namespace, name)
      if (now?.metadata.uid === uid) act(now)
    })
  }
  const step = ending ? endOf(cluster, pod) : firstStep(cluster, behaviour, pod)
  const turn = ({ delayMs, act, again }: Step) =>
    later(delayMs, (now) => {
      act(now)
      const delay = again?.() ?? null
      if (delay !== null) turn({ delayMs: delay, act, again })
    })
  if (step) turn(step)
  return begun
}

interface Step {
  readonly delayMs: number
  readonly act: (pod: Pod) => void
  /** How long until the same happens again; once only when missing, no more when it is null. */
  readonly again?: (() => number | null) | undefined
}

function endOf({ store, random }: Cluster, { metadata }: Pod): Step {
  const { namespace = '', name } = metadata
  return { delayMs: 200 + 500 * random(), act: () => store.remove(PODS, namespace, name) }
}

function firstStep(cluster: Cluster, behaviour: Behaviour | undefined, pod: Pod): Step | null {
  const { random } = cluster
  if (isOfJob(pod)) return { delayMs: 1000, act: (now) => complete(cluster, now) }
  const fresh = pod.status?.containerStatuses === undefined
  switch (behaviour) {
    case undefined:
      if (!isRunning(pod) && holderOf(cluster, pod)) return takeVolume(cluster)
      return { delayMs: 300 + 600 * random(), act: (now) => becomeReady(cluster, now) }
    case 'slow':
      return { delayMs: 10_000, act: (now) => becomeReady(cluster, now) }
    case 'never-ready':
      return { delayMs: 300, act: (now) => loseReadiness(cluster, now) }
    case 'image-missing':
      return fresh ? { delayMs: 300, act: (now) => missImage(cluster, now) } : null
    case 'crash-loop':
    case 'out-of-memory':
      return {
        delayMs: fresh ? 1000 + 1000 * random() : 300,
        act: (now) => crash(cluster, now, behaviour),
        again: () => 2000 + 3000 * random(),
      }
  }
}

const VOLUME_MS = 2000

/** Waits for a volume that another pod has, and runs when it is free. */
function takeVolume(cluster: Cluster): Step {
  let free = false
  return {
    delayMs: 300,
    act(pod) {
      const holder = holderOf(cluster, pod)
      free = holder === null
      if (holder === null) becomeReady(cluster, pod)
      else if (holder.elsewhere) missVolume(cluster, pod, holder)
      else collide(cluster, pod)
    },
    again: () => (free ? null : VOLUME_MS),
  }
}

/** It cannot even be attached here. */
function missVolume(cluster: Cluster, pod: Pod, { volume, pod: other }: Holder): void {
  const waiting = { reason: 'ContainerCreating' }
  show(cluster, pod, { phase: 'Pending', started: false, state: { waiting } })
  const used = `Volume is already used by pod(s) ${other.metadata.name}`
  const message = `Multi-Attach error for volume "${volume}" ${used}`
  emit(cluster, pod, {
    type: 'Warning',
    reason: 'FailedAttachVolume',
    message,
    from: 'attachdetach-controller',
  })
}

/** Two of them on one volume: the second finds the lock of the first, as PostgreSQL does, and ends. */
function collide(cluster: Cluster, pod: Pod): void {
  const said = [
    'FATAL:  lock file "postmaster.pid" already exists',
    'HINT:  Is another postmaster running in data directory "/var/lib/postgresql/data"?',
  ]
  cluster.logs.append(pod.metadata.name, said, cluster.clock.now())
  crash(cluster, pod, 'crash-loop')
}

function show(cluster: Cluster, pod: Pod, look: Partial<PodLook>): void {
  const at = timestamp(cluster.clock.now())
  const known = pod.status?.containerStatuses?.[0]
  const running = known?.state.running ? known.state : { running: { startedAt: at } }
  const status = podStatus(
    pod,
    {
      phase: 'Running',
      ready: false,
      started: true,
      restarts: known?.restartCount ?? 0,
      state: running,
      lastState: known?.lastState ?? {},
      ...look,
    },
    at,
  )
  const address = { hostIP: '127.0.0.1', podIP: addressOf(pod), podIPs: [{ ip: addressOf(pod) }] }
  writeStatus(cluster, PODS, pod, { ...status, ...(look.phase === 'Pending' ? {} : address) })
}

/** An address of its own for each pod, from its uid. */
function addressOf({ metadata }: Pod): string {
  const number = Number.parseInt(metadata.uid.slice(0, 4), 16)
  return `10.244.${number >> 8}.${number & 255}`
}

function becomeReady(cluster: Cluster, pod: Pod): void {
  show(cluster, pod, { ready: true })
  const names = pod.spec.containers.map(({ name }) => name).join(' ')
  const message = `Started container ${names}`
  emit(cluster, pod, { type: 'Normal', reason: 'Started', message, from: 'kubelet' })
}

const isRunning = ({ status }: Pod) => status?.containerStatuses?.some(({ state }) => state.running) === true
const isOfJob = (pod: Pod) => controllerOf(pod)?.kind === 'Job'

/** The container of a Job's pod has done its work. */
function complete(cluster: Cluster, pod: Pod): void {
  const at = timestamp(cluster.clock.now())
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at }
  show(cluster, pod, { phase: 'Succeeded', started: false, state: { terminated } })
}

function loseReadiness(cluster: Cluster, pod: Pod): void {
  show(cluster, pod, {})
  const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503'
  emit(cluster, pod, { type: 'Warning', reason: 'Unhealthy', message, from: 'kubelet' })
}

function missImage(cluster: Cluster, pod: Pod): void {
  const image = pod.spec.containers[0]?.image ?? ''
  const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` }
  show(cluster, pod, { phase: 'Pending', started: false, state: { waiting } })
  const pulling = `Failed to pull image "${image}": not found`
  emit(cluster, pod, { type: 'Warning', reason: 'Failed', message: pulling, from: 'kubelet' })
  emit(cluster, pod, { type: 'Warning', reason: 'BackOff', message: waiting.message, from: 'kubelet' })
}

/** How long a container that crashes at start lives. */
const SHORT_LIFE_MS = 1400

function crash(cluster: Cluster, pod: Pod, behaviour: 'crash-loop' | 'out-of-memory'): void {
  const now = cluster.clock.now()
  const known = pod.status?.containerStatuses?.[0]
  const running = known?.state.running?.startedAt
  const started = running ?? timestamp(new Date(now.getTime() - SHORT_LIFE_MS))
  const [exitCode, reason] = behaviour === 'out-of-memory' ? [137, 'OOMKilled'] : [1, 'Error']
  const terminated = { exitCode, reason, startedAt: started, finishedAt: timestamp(now) }
  const { name, namespace, uid } = pod.metadata
  const container = pod.spec.containers[0]?.name ?? name
  const which = `restarting failed container=${container} pod=${name}_${namespace}(${uid})`
  show(cluster, pod, {
    started: false,
    restarts: (known?.restartCount ?? 0) + 1,
    state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off 5m0s ${which}` } },
    lastState: { terminated },
  })
  const message = `Back-off ${which}`
  emit(cluster, pod, { type: 'Warning', reason: 'BackOff', message, from: 'kubelet' })
}
