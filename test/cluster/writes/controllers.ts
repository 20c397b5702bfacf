import type { RawAnswer } from '../api.ts'
import { eventually } from '../world.ts'
import { MERGE, type Recorder, STRATEGIC } from './recorder.ts'

/** What the controllers make of what is written. */

const APPS = '/apis/apps/v1/namespaces/bakery-ia'
const JOBS = '/apis/batch/v1/namespaces/bakery-ia/jobs'
const LONG_MS = 40_000

interface Found {
  readonly metadata: {
    name: string
    generation: number
    labels?: object
    annotations?: Record<string, string>
  }
  readonly spec: Record<string, unknown>
  readonly status: Record<string, unknown>
}
const objectOf = ({ json }: RawAnswer) => json as unknown as Found
const itemsOf = ({ json }: RawAnswer) => (json as unknown as { items: Found[] }).items

/** What a workload looks like once it has come to rest. */
const isDone = ({ metadata, status }: Found, counts: Readonly<Record<string, number>>) =>
  status.observedGeneration === metadata.generation &&
  Object.entries(counts).every(([key, count]) => (status[key] ?? 0) === count)

function manifest(kind: string, name: string, spec: object, image = 'a:1', annotations: object = {}) {
  const labels = { app: name }
  const template = { metadata: { labels, annotations }, spec: { containers: [{ name: 'main', image }] } }
  const wanted = kind === 'Job' ? {} : { selector: { matchLabels: labels } }
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { ...wanted, template, ...spec } }
}

const imagePatch = (image: string) => ({
  spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
})

/** Hashes of templates are each cluster's own, and may be all digits; a short number is a StatefulSet's ordinal. */
const withoutHashes = (value: unknown, name: string): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(new RegExp(`${name}-(?!\\d{1,3}")[a-z0-9]+`, 'g'), 'NAME-HASH'))

/** Rolling out, going back, pausing, growing. */
export async function deployments({ quietly, note }: Recorder, name: string): Promise<void> {
  const one = `${APPS}/deployments/${name}`
  const reach = async (label: string, counts: Readonly<Record<string, number>>) => {
    const found = await eventually(
      LONG_MS,
      () => quietly('GET', one),
      (answer) => isDone(objectOf(answer), counts),
    )
    const { status, metadata, spec } = objectOf(found)
    note(label, withoutHashes({ status, spec, annotations: metadata.annotations }, name))
  }
  const sets = async (label: string, count: number) => {
    const list = () => quietly('GET', `${APPS}/replicasets?labelSelector=app%3D${name}`)
    const items = itemsOf(await eventually(LONG_MS, list, (answer) => itemsOf(answer).length === count))
    const told = items.map(({ metadata, spec }) => ({
      annotations: metadata.annotations,
      replicas: spec.replicas,
    }))
    note(
      label,
      told.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    )
  }
  const two = { replicas: 2, updatedReplicas: 2, availableReplicas: 2, terminatingReplicas: 0 }
  await quietly(
    'POST',
    `${APPS}/deployments`,
    manifest('Deployment', name, { replicas: 2, revisionHistoryLimit: 1 }),
  )
  await reach('made', two)
  await quietly('PATCH', one, imagePatch('a:2'), STRATEGIC)
  await reach('with a new image', two)
  await sets('its sets with a new image', 2)
  await quietly('PATCH', one, imagePatch('a:1'), STRATEGIC)
  await reach('with the first image again', two)
  await sets('its sets with the first image again', 2)
  await quietly('PATCH', one, { spec: { paused: true, ...imagePatch('a:3').spec } }, STRATEGIC)
  await quietly('PATCH', `${one}/scale`, { spec: { replicas: 3 } }, MERGE)
  await reach('grown while it is paused', { replicas: 3, availableReplicas: 3 })
  await quietly('PATCH', one, { spec: { paused: false } }, MERGE)
  const three = { replicas: 3, updatedReplicas: 3, availableReplicas: 3, terminatingReplicas: 0 }
  await reach('resumed', three)
  await sets('its sets with a history of one', 2)
  await quietly('PATCH', one, { spec: { replicas: 0 } }, MERGE)
  await reach('with no replicas', { replicas: 0, terminatingReplicas: 0 })
  await quietly('DELETE', one)
}

/** A rollout that never becomes ready, and one that stops everything first. */
export async function badRollouts({ quietly, note }: Recorder, name: string): Promise<void> {
  const one = `${APPS}/deployments/${name}`
  const never = { 'platform.test/behaviour': 'never-ready' }
  const spec = { replicas: 1, progressDeadlineSeconds: 3, strategy: { type: 'Recreate' } }
  await quietly('POST', `${APPS}/deployments`, manifest('Deployment', name, spec, 'a:1', never))
  const reason = ({ json }: RawAnswer) => JSON.stringify(json).includes('ProgressDeadlineExceeded')
  const late = await eventually(LONG_MS, () => quietly('GET', one), reason)
  note('that is late', withoutHashes({ status: objectOf(late).status, spec: objectOf(late).spec }, name))
  const well = { spec: { template: { metadata: { annotations: { 'platform.test/behaviour': null } } } } }
  await quietly('PATCH', one, well, MERGE)
  const counts = { replicas: 1, updatedReplicas: 1, availableReplicas: 1, terminatingReplicas: 0 }
  const done = await eventually(
    LONG_MS,
    () => quietly('GET', one),
    (answer) => isDone(objectOf(answer), counts),
  )
  note('that was mended', withoutHashes(objectOf(done).status, name))
  await quietly('DELETE', one)
}

/** StatefulSets and DaemonSets: their pods, their revisions, and going back to one. */
export async function revisioned({ quietly, note }: Recorder, name: string): Promise<void> {
  const nodes = itemsOf(await quietly('GET', '/api/v1/nodes?limit=1'))
  const nodeSelector = { 'kubernetes.io/hostname': nodes[0]?.metadata.name }
  const kinds = [
    ['statefulsets', 'StatefulSet', { replicas: 2, serviceName: name }],
    ['daemonsets', 'DaemonSet', {}],
  ] as const
  for (const [plural, kind, spec] of kinds) {
    const called = `${name}-${kind.charAt(0).toLowerCase()}`
    const one = `${APPS}/${plural}/${called}`
    const made = manifest(kind, called, spec) as { spec: { template: { spec: object } } }
    if (kind === 'DaemonSet') Object.assign(made.spec.template.spec, { nodeSelector })
    const counts: Readonly<Record<string, number>> =
      kind === 'StatefulSet'
        ? { replicas: 2, updatedReplicas: 2, readyReplicas: 2, currentReplicas: 2 }
        : { numberReady: 1, updatedNumberScheduled: 1, numberUnavailable: 0 }
    const tell = async (label: string) => {
      const found = await eventually(
        LONG_MS,
        () => quietly('GET', one),
        (answer) => isDone(objectOf(answer), counts),
      )
      const { status, spec: is } = objectOf(found)
      const revisions = itemsOf(
        await quietly('GET', `${APPS}/controllerrevisions?labelSelector=app%3D${called}`),
      )
      const told = { status, spec: is, revisions: revisions.map(revisionOf).toSorted(byRevision) }
      note(
        `${kind} ${label}`,
        JSON.parse(
          JSON.stringify(withoutHashes(told, called)).replaceAll(
            String(nodeSelector['kubernetes.io/hostname']),
            'NODE',
          ),
        ),
      )
      return revisions
    }
    await quietly('POST', `${APPS}/${plural}`, made)
    const [first] = await tell('made')
    await quietly('PATCH', one, imagePatch('a:2'), STRATEGIC)
    await tell('with a new image')
    const { data } = first as unknown as { data: object }
    await quietly('PATCH', one, data, STRATEGIC)
    await tell('that went back by its revision')
    const pods = itemsOf(
      await quietly('GET', `/api/v1/namespaces/bakery-ia/pods?labelSelector=app%3D${called}`),
    )
    note(`the pods of the ${kind}`, withoutHashes(pods.map(podOf), called))
    await quietly('DELETE', one)
  }
}

const revisionOf = (item: unknown) => {
  const { revision, data } = item as { revision: number; data: unknown }
  return { revision, data }
}
const byRevision = (a: { revision: number }, b: { revision: number }) => a.revision - b.revision

function podOf({ metadata, spec }: Found) {
  const { labels = {} } = metadata
  const shown = Object.entries(labels).map(([key, value]) => [
    key,
    /hash|generation/.test(key) ? 'HASH' : value,
  ])
  return {
    name: metadata.name,
    labels: Object.fromEntries(shown),
    hostname: spec.hostname,
    subdomain: spec.subdomain,
  }
}

/** A Job from its first pod to its completion. */
export async function jobs({ quietly, note }: Recorder, name: string): Promise<void> {
  const made = manifest('Job', name, {}) as { spec: { template: { spec: object } } }
  Object.assign(made.spec.template.spec, { restartPolicy: 'Never' })
  await quietly('POST', JOBS, { ...made, apiVersion: 'batch/v1' })
  const isComplete = ({ json }: RawAnswer) => JSON.stringify(json).includes('"Complete"')
  const { json } = await eventually(LONG_MS, () => quietly('GET', `${JOBS}/${name}`), isComplete)
  const { spec, status } = json as unknown as Found
  note('a job that is complete', { spec, status })
  await quietly('DELETE', `${JOBS}/${name}?propagationPolicy=Background`)
}
