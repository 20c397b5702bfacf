import { eventually } from '../world.ts'
import type { Recorder } from './recorder.ts'

const CONFIG = '/api/v1/namespaces/bakery-ia/configmaps'
const SETS = '/apis/apps/v1/namespaces/bakery-ia/replicasets'
const PODS = '/api/v1/namespaces/bakery-ia/pods'

/** Deleting: preconditions, trials, collections. */
export async function deletions({ ask, quietly }: Recorder, name: string): Promise<void> {
  const make = (suffix: string) =>
    quietly('POST', CONFIG, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}${suffix}`, labels: { run: name } },
    })
  await make('')
  const one = `${CONFIG}/${name}`
  const options = (more: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more })
  await ask('of another uid', 'DELETE', one, options({ preconditions: { uid: 'other' } }))
  await ask('of another version', 'DELETE', one, options({ preconditions: { resourceVersion: '1' } }))
  await ask('with a propagation that is none', 'DELETE', one, options({ propagationPolicy: 'Sideways' }))
  await ask(
    'with two propagations',
    'DELETE',
    one,
    options({ propagationPolicy: 'Orphan', orphanDependents: true }),
  )
  await ask('as a trial', 'DELETE', one, options({ dryRun: ['All'] }))
  await ask('as a trial in the address', 'DELETE', `${one}?dryRun=All`)
  await ask('of what is there', 'DELETE', one)
  await ask('of what is not there', 'DELETE', one)
  await make('')
  await ask('with a grace below none', 'DELETE', one, options({ gracePeriodSeconds: -1 }))
  await make('-b')
  await make('-c')
  await ask('of a collection as a trial', 'DELETE', `${CONFIG}?labelSelector=run%3D${name}&dryRun=All`)
  await quietly('DELETE', `${CONFIG}?labelSelector=run%3D${name}`)
  await ask('of what went with a collection', 'GET', `${CONFIG}/${name}-b`)
}

/** What happens to what belonged to a deleted object. */
export async function propagation({ quietly, note }: Recorder, name: string): Promise<void> {
  const labels = { app: name }
  const pods = async () => {
    const { json } = await quietly('GET', `${PODS}?labelSelector=app%3D${name}`)
    return (json as { items: { metadata: { ownerReferences?: unknown[] } }[] }).items
  }
  const owners = async () => (await pods()).map(({ metadata }) => metadata.ownerReferences ?? [])
  const make = async () => {
    await quietly('POST', SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'busybox' }] } },
      },
    })
    await eventually(10_000, pods, ({ length }) => length === 1)
    await counted(quietly, name)
  }
  const remove = async (policy: string) => {
    const { status, json } = await quietly('DELETE', `${SETS}/${name}?propagationPolicy=${policy}`)
    const { metadata, kind } = json as {
      kind: string
      metadata: { finalizers?: string[]; deletionTimestamp?: string }
    }
    note(`the answer to ${policy}`, {
      status,
      kind,
      finalizers: metadata.finalizers ?? [],
      ending: metadata.deletionTimestamp !== undefined,
    })
    await eventually(
      20_000,
      () => quietly('GET', `${SETS}/${name}`),
      (answer) => answer.status === 404,
    )
  }
  await make()
  await remove('Background')
  await eventually(20_000, pods, ({ length }) => length === 0)
  note('pods after Background', await pods())
  await make()
  await remove('Foreground')
  note('pods after Foreground', await pods())
  await make()
  await remove('Orphan')
  note('owners after Orphan', await eventually(20_000, owners, (all) => all.flat().length === 0))
  await quietly('DELETE', `${PODS}?labelSelector=app%3D${name}`)
}

/**
 * The controllers have counted the pod: who deletes its owner before that may find the garbage collector
 * not knowing of it, and then it is neither orphaned nor deleted in time.
 */
async function counted(quietly: Recorder['quietly'], name: string): Promise<void> {
  await eventually(
    10_000,
    () => quietly('GET', `${SETS}/${name}`),
    ({ json }) =>
      (json as { status?: { observedGeneration?: number; replicas?: number } }).status?.replicas === 1,
  )
}
