import type { Cluster } from '../cluster.ts'
import { controllerOf, type Pod, timestamp } from '../objects.ts'
import { JOBS, PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import type { Job } from '../workloads.ts'
import { createObject, writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { isReady } from './pod-status.ts'
import { ownerReference } from './revisions.ts'
import { runController } from './runner.ts'

const FROM = 'job-controller'

/** Runs the pods of each Job until enough of them have succeeded. */
export function runJobs(cluster: Cluster): () => void {
  return runController(cluster, {
    concerns({ object }) {
      const { namespace, name } = object.metadata
      if (object.kind === 'Job') return [keyOf(namespace, name)]
      const owner = object.kind === 'Pod' ? controllerOf(object) : undefined
      return owner?.kind === 'Job' ? [keyOf(namespace, owner.name)] : []
    },
    sync(namespace, name) {
      const job = cluster.store.get(JOBS, namespace, name)
      if (job && job.metadata.deletionTimestamp === undefined) syncJob(cluster, job)
      return undefined
    },
  })
}

const isComplete = ({ status }: Job) => status?.conditions?.some(({ type }) => type === 'Complete') === true

function syncJob(cluster: Cluster, job: Job): void {
  if (isComplete(job) || job.spec.suspend === true) return
  const { completions = 1, parallelism = 1 } = job.spec
  const pods = cluster.store.ownedBy(PODS, job.metadata.uid)
  const succeeded = pods.filter(({ status }) => status?.phase === 'Succeeded').length
  const active = pods.length - succeeded
  const missing = Math.min(parallelism, completions - succeeded) - active
  for (let turn = 0; turn < missing; turn += 1) createPod(cluster, job)
  const started = { startTime: job.status?.startTime ?? timestamp(cluster.clock.now()) }
  if (succeeded >= completions) complete(cluster, job, started, succeeded)
  else writeStatus(cluster, JOBS, job, { ...started, ...progress(cluster, job, succeeded) })
}

function progress({ store }: Cluster, { metadata }: Job, succeeded: number) {
  const pods: readonly Pod[] = store.ownedBy(PODS, metadata.uid)
  const active = pods.filter(({ status }) => status?.phase !== 'Succeeded').length
  return {
    ...(active === 0 ? {} : { active }),
    ...(succeeded === 0 ? {} : { succeeded }),
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: pods.filter(isReady).length,
  }
}

function createPod(cluster: Cluster, job: Job): void {
  const { name, namespace = '', uid } = job.metadata
  const { metadata, spec } = job.spec.template
  const pod = createObject(cluster, PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      generateName: `${name}-`,
      namespace,
      ownerReferences: [ownerReference(JOBS, name, uid)],
    },
    spec,
  })
  const message = `Created pod: ${pod.metadata.name}`
  emit(cluster, job, { type: 'Normal', reason: 'SuccessfulCreate', message, from: FROM })
}

function complete(cluster: Cluster, job: Job, started: object, succeeded: number): void {
  const at = timestamp(cluster.clock.now())
  const condition = (type: string) => ({
    type,
    status: 'True',
    lastProbeTime: at,
    lastTransitionTime: at,
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  })
  writeStatus(cluster, JOBS, job, {
    conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
    ...started,
    completionTime: at,
    succeeded,
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: 0,
  })
  emit(cluster, job, { type: 'Normal', reason: 'Completed', message: 'Job completed', from: FROM })
}
