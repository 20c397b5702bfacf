import { deploymentNamed, eventually } from '../world.ts'
import { MERGE, type Recorder } from './recorder.ts'

const APPS = '/apis/apps/v1/namespaces/bakery-ia'
const DEPLOYMENTS = `${APPS}/deployments`
const PODS = '/api/v1/namespaces/bakery-ia/pods'
const BUDGETS = '/apis/policy/v1/namespaces/bakery-ia/poddisruptionbudgets'
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

/** The scale of workloads: read, patched, replaced, refused. */
export async function scales({ ask, quietly, note }: Recorder, name: string): Promise<void> {
  const one = `${DEPLOYMENTS}/${name}`
  const made = deploymentNamed(name) as { spec: object }
  await quietly('POST', DEPLOYMENTS, { ...made, spec: { ...made.spec, paused: true, replicas: 0 } })
  await eventually(
    10_000,
    () => quietly('GET', one),
    ({ json }) => observed(json) === 1,
  )
  await ask('read', 'GET', `${one}/scale`)
  await ask('patched as a trial', 'PATCH', `${one}/scale?dryRun=All`, { spec: { replicas: 4 } }, MERGE)
  await ask('patched', 'PATCH', `${one}/scale?fieldManager=hand`, { spec: { replicas: 1 } }, MERGE)
  const { json } = await quietly('GET', one)
  const { generation, managedFields } = (json as { metadata: Record<string, unknown> }).metadata
  note('the deployment after it', { generation, managedFields })
  await ask('below none', 'PATCH', `${one}/scale`, { spec: { replicas: -1 } }, MERGE)
  await ask(
    'on a stale version',
    'PATCH',
    `${one}/scale`,
    { metadata: { resourceVersion: '1' }, spec: { replicas: 2 } },
    MERGE,
  )
  const scale = (replicas: number, more: object = {}) => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace: 'bakery-ia', ...more },
    spec: { replicas },
  })
  await ask('replaced', 'PUT', `${one}/scale?fieldManager=hand`, scale(0))
  await ask('replaced on a stale version', 'PUT', `${one}/scale`, scale(0, { resourceVersion: '1' }))
  await ask('of something that is not there', 'GET', `${DEPLOYMENTS}/none/scale`)
  await ask('of a daemon set', 'GET', `${APPS}/daemonsets/none/scale`)
  await quietly('DELETE', one)
}

const observed = (json: unknown) =>
  (json as { status?: { observedGeneration?: number } }).status?.observedGeneration

/** Evictions, and the budget that refuses them. */
export async function evictions({ ask, quietly, note }: Recorder, name: string): Promise<void> {
  const matchLabels = { 'app.kubernetes.io/name': name }
  await quietly('POST', DEPLOYMENTS, deploymentNamed(name))
  await ask('a budget', 'POST', `${BUDGETS}?fieldManager=maker`, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { minAvailable: 1, selector: { matchLabels } },
  })
  const pods = async () =>
    (await quietly('GET', `${PODS}?labelSelector=app.kubernetes.io/name%3D${name}`)).json
  const ready = await eventually(20_000, pods, isReady)
  const pod = podName(ready)
  const budget = await eventually(
    20_000,
    () => quietly('GET', `${BUDGETS}/${name}`),
    ({ json }) => (json as { status?: { currentHealthy?: number } }).status?.currentHealthy === 1,
  )
  note('the status of the budget', (budget.json as { status: unknown }).status)
  const eviction = (more: object = {}) => ({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: pod, namespace: 'bakery-ia' },
    ...more,
  })
  const evict = async (label: string, body: object, query = '', target = pod) => {
    const { status, json } = await quietly('POST', `${PODS}/${target}/eviction${query}`, body)
    note(label, { status, body: JSON.parse(JSON.stringify(json).replaceAll(target, 'POD')) })
  }
  await evict('that the budget forbids', eviction())
  await evict('that the budget forbids as a trial', eviction(), '?dryRun=All')
  await evict('of something that is not there', { ...eviction(), metadata: { name: 'none' } }, '', 'none')
  await evict('with another name', { ...eviction(), metadata: { name: 'other' } })
  await quietly('PATCH', `${BUDGETS}/${name}`, { spec: { minAvailable: 0 } }, MERGE)
  const allowed = await eventually(
    20_000,
    () => quietly('GET', `${BUDGETS}/${name}`),
    ({ json }) => (json as { status?: { disruptionsAllowed?: number } }).status?.disruptionsAllowed === 1,
  )
  note('the status of a budget that allows', (allowed.json as { status: unknown }).status)
  await evict('that is allowed as a trial', eviction(), '?dryRun=All')
  await evict('that is allowed', eviction())
  await quietly('DELETE', `${BUDGETS}/${name}`)
  const other = podName(await eventually(20_000, pods, (list) => isReady(list) && podName(list) !== pod))
  const elsewhere = {
    ...eviction({ deleteOptions: { preconditions: { uid: 'other' } } }),
    metadata: { name: other },
  }
  await evict('of another uid', elsewhere, '', other)
  await quietly('DELETE', `${DEPLOYMENTS}/${name}`)
}

function isReady(list: unknown): boolean {
  const { items } = list as { items: { status: { conditions?: { type: string; status: string }[] } }[] }
  return (
    items.length === 1 &&
    items[0]!.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  )
}

const podName = (list: unknown) =>
  (list as { items: { metadata: { name: string } }[] }).items[0]!.metadata.name

/** What the caller may do, asked of the API server. */
export async function reviews({ ask, quietly, note }: Recorder): Promise<void> {
  const review = (spec: object) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec,
  })
  const of = async (label: string, spec: object) => {
    const { status, json } = await quietly('POST', REVIEWS, review(spec))
    note(label, { status, kind: json?.kind, spec: json?.spec, answer: json?.status })
  }
  const pods = { resource: 'pods', namespace: 'bakery-ia' }
  await of('a deletion', { resourceAttributes: { ...pods, verb: 'delete' } })
  await of('an eviction', { resourceAttributes: { ...pods, verb: 'create', subresource: 'eviction' } })
  await of('a path', { nonResourceAttributes: { verb: 'get', path: '/metrics' } })
  await ask('nothing', 'POST', REVIEWS, review({}))
}

/** What needs another protocol. */
export async function commands({ ask, quietly, note }: Recorder): Promise<void> {
  const list = (await quietly('GET', `${PODS}?limit=1`)).json
  const pod = podName(list)
  const { status, json } = await quietly('POST', `${PODS}/${pod}/exec?command=true&stdout=true`)
  note('a command without the protocol for it', { status, body: json })
  await ask('a command in a pod that is not there', 'POST', `${PODS}/none/exec?command=true&stdout=true`)
}
