import { valueAt } from '../../../practice/cluster/objects.ts'
import type { RawAnswer } from '../api.ts'
import { deploymentNamed, eventually } from '../world.ts'
import type { Recorder } from './recorder.ts'

/** Where pods come to stand, and what they keep there. */

const APPS = '/apis/apps/v1/namespaces/bakery-ia'
const PODS = '/api/v1/namespaces/bakery-ia/pods'
const CLAIMS = '/api/v1/namespaces/bakery-ia/persistentvolumeclaims'
const LONG_MS = 40_000

interface Listed {
  readonly metadata: { readonly name: string; readonly labels?: object }
  readonly spec: Readonly<Record<string, unknown>>
  readonly status: { readonly phase: string; readonly conditions?: readonly Condition[] }
}
interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}
const volumesOf = (pod: Listed | undefined) => (Array.isArray(pod?.spec.volumes) ? pod.spec.volumes : [])
const itemsOf = ({ json }: RawAnswer) => (json as unknown as { items: Listed[] }).items

const TOO_MUCH: Readonly<Record<string, object>> = {
  'more cores than any node has': { requests: { cpu: '64' } },
  'more memory than any node has': { requests: { memory: '4000Gi' } },
  'more of both': { requests: { cpu: '64', memory: '4000Gi' } },
  'a limit without a request counts as one': { limits: { cpu: '64' } },
}

/** Pods that no node can take: pending, with the scheduler's reason. */
export async function misfits({ quietly, note }: Recorder, name: string): Promise<void> {
  const made = deploymentNamed(name) as {
    spec: { template: { spec: { containers: object[]; nodeSelector?: object } } }
  }
  const refused = async (label: string, container: object, more: object = {}) => {
    const { template } = made.spec
    const containers = [{ ...template.spec.containers[0], ...container }]
    const spec = { ...made.spec, template: { ...template, spec: { ...template.spec, containers, ...more } } }
    await quietly('POST', `${APPS}/deployments`, { ...made, spec })
    const list = () => quietly('GET', `${PODS}?labelSelector=app.kubernetes.io/name%3D${name}`)
    const scheduled = (answer: RawAnswer) =>
      itemsOf(answer)[0]?.status.conditions?.find(({ type }) => type === 'PodScheduled')
    const answer = await eventually(LONG_MS, list, (found) => scheduled(found)?.reason !== undefined)
    const { status, reason, message } = scheduled(answer) ?? {}
    note(label, { phase: itemsOf(answer)[0]?.status.phase, status, reason, message })
    await quietly('DELETE', `${APPS}/deployments/${name}?propagationPolicy=Background`)
    await eventually(LONG_MS, list, (found) => itemsOf(found).length === 0)
  }
  for (const [label, resources] of Object.entries(TOO_MUCH)) await refused(label, { resources })
  await refused('a node that there is not', {}, { nodeSelector: { 'bakery.test/oven': 'stone' } })
}

/** A StatefulSet whose pods keep something: a claim for each, made before the pod. */
export async function claims({ quietly, note, ask }: Recorder, name: string): Promise<void> {
  const labels = { 'app.kubernetes.io/name': name }
  const template = {
    metadata: { labels },
    spec: {
      containers: [{ name: 'main', image: 'busybox', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    },
  }
  const claim = {
    metadata: { name: 'data', labels: { kept: 'yes' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  await ask('the set', 'POST', `${APPS}/statefulsets`, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, serviceName: name, template, volumeClaimTemplates: [claim] },
  })
  const pods = () => quietly('GET', `${PODS}?labelSelector=app.kubernetes.io/name%3D${name}`)
  const [pod] = itemsOf(await eventually(LONG_MS, pods, (answer) => itemsOf(answer).length === 1))
  note(
    'the volumes of its pod',
    volumesOf(pod).filter((volume) => valueAt(volume, ['name']) === 'data'),
  )
  const found = await quietly('GET', `${CLAIMS}?labelSelector=app.kubernetes.io/name%3D${name}`)
  // Nothing provides volumes in the real control plane, so whether they are bound is not compared.
  note(
    'its claim',
    itemsOf(found).map(({ metadata, spec: { volumeName: _none, storageClassName: _class, ...spec } }) => ({
      name: metadata.name,
      labels: metadata.labels,
      spec,
    })),
  )
  await quietly('DELETE', `${APPS}/statefulsets/${name}?propagationPolicy=Background`)
  await eventually(LONG_MS, pods, (answer) => itemsOf(answer).length === 0)
  const left = await quietly('GET', `${CLAIMS}?labelSelector=app.kubernetes.io/name%3D${name}`)
  note('its claims when it has gone', itemsOf(left).length)
  await quietly('DELETE', `${CLAIMS}/data-${name}-0`)
}
