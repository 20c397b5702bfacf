import type { RawAnswer } from '../api.ts'
import { eventually } from '../world.ts'
import { MERGE, type Recorder } from './recorder.ts'

const APPS = '/apis/apps/v1/namespaces'
const LONG_MS = 60_000

type Status = Record<string, unknown>
const at = ({ json }: RawAnswer, part: 'spec' | 'status'): Status => (json?.[part] ?? {}) as Status

function workload(name: string, replicas: number) {
  const labels = { app: name }
  const resources = { requests: { cpu: '100m', memory: '64Mi' } }
  const containers = [{ name: 'main', image: 'a:1', resources }]
  const template = { metadata: { labels }, spec: { containers } }
  const spec = { replicas, selector: { matchLabels: labels }, template }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec }
}

/** An autoscaler brings a number outside its bounds back. */
export async function autoscalers({ ask, quietly, note }: Recorder, name: string): Promise<void> {
  const scalers = '/apis/autoscaling/v2/namespaces/bakery-ia/horizontalpodautoscalers'
  const one = `${APPS}/bakery-ia/deployments/${name}`
  const target = { type: 'Utilization', averageUtilization: 70 }
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 2,
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
  }
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec,
  }
  await quietly('POST', `${APPS}/bakery-ia/deployments`, workload(name, 1))
  const { json } = await quietly('POST', `${scalers}?fieldManager=maker`, autoscaler)
  note('the specification', json?.spec)
  await ask('bounds that cross', 'PATCH', `${scalers}/${name}`, { spec: { maxReplicas: 1 } }, MERGE)
  await ask('no lower bound', 'PATCH', `${scalers}/${name}`, { spec: { minReplicas: 0 } }, MERGE)
  const reaches = async (label: string, replicas: number) => {
    await eventually(
      LONG_MS,
      () => quietly('GET', one),
      (answer) => at(answer, 'spec').replicas === replicas,
    )
    // The autoscaler scales first and writes its own status after that.
    const scaler = await eventually(
      LONG_MS,
      () => quietly('GET', `${scalers}/${name}`),
      (answer) => at(answer, 'status').desiredReplicas === replicas,
    )
    const { desiredReplicas } = at(scaler, 'status')
    note(label, { replicas, desiredReplicas })
  }
  await reaches('below its bounds', 2)
  await quietly('PATCH', `${one}/scale`, { spec: { replicas: 5 } }, MERGE)
  await reaches('above its bounds', 3)
  await quietly('DELETE', `${scalers}/${name}`)
  await quietly('DELETE', one)
}

/** A quota lets only so many pods in; the Deployment says so. */
export async function quotas({ ask, quietly, note }: Recorder, name: string): Promise<void> {
  await quietly('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const core = `/api/v1/namespaces/${name}`
  const hard = { pods: '1', 'requests.cpu': '1', 'requests.memory': '1Gi' }
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } }
  await quietly('POST', `${core}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  })
  await quietly('POST', `${core}/resourcequotas`, quota)
  const uses = (pods: string) => (answer: RawAnswer) =>
    (at(answer, 'status').used as Status | undefined)?.pods === pods
  const read = () => quietly('GET', `${core}/resourcequotas/${name}`)
  await eventually(LONG_MS, read, uses('0'))
  const path = `${APPS}/${name}/deployments`
  await quietly('POST', path, workload(name, 2))
  note('the quota in use', at(await eventually(LONG_MS, read, uses('1')), 'status'))
  const fails = ({ json }: RawAnswer) => JSON.stringify(json).includes('ReplicaFailure')
  const failed = await eventually(LONG_MS, () => quietly('GET', `${path}/${name}`), fails)
  const { conditions } = at(failed, 'status') as { conditions: { type: string; message: string }[] }
  const failure = conditions.find(({ type }) => type === 'ReplicaFailure')
  note('the condition of the deployment', {
    ...failure,
    message: failure?.message.replace(/pods "[^"]+"/, 'pods "POD"'),
  })
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: workload(name, 1).spec.template.spec.containers },
  }
  await ask('one pod more', 'POST', `${core}/pods`, pod)
  await ask('one pod more as a trial', 'POST', `${core}/pods?dryRun=All`, pod)
  await quietly('DELETE', `${path}/${name}`)
  await quietly('DELETE', core)
}
