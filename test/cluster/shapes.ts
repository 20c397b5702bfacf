import type { RawAnswer, RawApi } from './api.ts'
import { deploymentNamed, scratchName } from './world.ts'

/** What was compared: a name for each thing, and what it looks like with everything that varies taken out. */
export type Shapes = Record<string, unknown>

const PODS = '/api/v1/namespaces/bakery-ia/pods'
const GATEWAY = 'labelSelector=app.kubernetes.io%2Fname%3Dgateway'

/** Fields that some writers set and others do not, which Bakery does not read. */
const INCIDENTAL = new Set(['managedFields', 'annotations', 'selfLink'])

/** What admission plugins add to a pod's specification, which Bakery does not read. */
const BY_ADMISSION =
  /^spec\.(tolerations|volumes|containers\[\]\.volumeMounts|serviceAccount|enableServiceLinks|preemptionPolicy|priority)/

/** Asks for everything that Bakery reads, as Bakery, and for every way in which that is refused. */
export async function collectShapes(api: RawApi, admin: RawApi): Promise<Shapes> {
  const get = (path: string) => api.request('GET', path)
  const gateway = await get(`${PODS}?${GATEWAY}&limit=1`)
  const pod = firstItem(gateway)
  const name = String((pod.metadata as { name: string }).name)
  const log = `${PODS}/${name}/log`
  return {
    ...envelopes({
      'list of pods, one page of several': gateway,
      'list of deployments': await get(`/apis/apps/v1/namespaces/bakery-ia/deployments`),
      'list of statefulsets': await get('/apis/apps/v1/namespaces/bakery-ia/statefulsets'),
      'list of daemonsets': await get('/apis/apps/v1/namespaces/bakery-ia/daemonsets'),
      'list of nodes': await get('/api/v1/nodes'),
      'list of events': await get('/apis/events.k8s.io/v1/namespaces/bakery-ia/events'),
      'list of node metrics': await get('/apis/metrics.k8s.io/v1beta1/nodes'),
      'list of pod metrics': await get('/apis/metrics.k8s.io/v1beta1/namespaces/bakery-ia/pods'),
    }),
    'discovery of metrics': (await get('/apis/metrics.k8s.io')).json,
    'a ready pod': fieldsOf(pod).filter((field) => !BY_ADMISSION.test(field)),
    'an available deployment': fieldsOf(
      firstItem(await get(`/apis/apps/v1/namespaces/bakery-ia/deployments?${GATEWAY}`)),
    ),
    'a ready node': nodeFields(firstItem(await get('/api/v1/nodes?limit=1'))),
    'metrics of a pod': fieldsOf(
      firstItem(await get(`/apis/metrics.k8s.io/v1beta1/namespaces/bakery-ia/pods`)),
    ),
    'metrics of a node': fieldsOf(firstItem(await get('/apis/metrics.k8s.io/v1beta1/nodes'))).filter(
      (field) => !field.startsWith('metadata.labels.'),
    ),
    'a bookmark': fieldsOf(await bookmarkOf(api, admin)).filter((field) => !field.startsWith('object.spec.')),
    'a log line with its timestamp': logForm(await get(`${log}?timestamps=true&tailLines=1`)),
    'the first bytes of a log': (await get(`${log}?timestamps=true&limitBytes=64`)).text.length,
    ...refusals(
      {
        'a pod that is not there': await get(`${PODS}/none`),
        'the log of a pod that is not there': await get(`${PODS}/none/log`),
        'the log of a container that is not there': await get(`${log}?container=none`),
        'a resource that is not served': await admin.request(
          'GET',
          '/apis/apps/v1/namespaces/bakery-ia/nothings',
        ),
        'a group that is not installed': await admin.request('GET', '/apis/nothing.example/v1/things'),
        'a list that is not permitted': await get('/api/v1/namespaces/bakery-ia/secrets'),
        'an object that is not permitted': await get(
          '/api/v1/namespaces/bakery-ia/secrets/bakery-ia-secrets',
        ),
        'a change that is not permitted': await api.request('DELETE', `${PODS}/none`),
        'a continue token that is none': await get(`${PODS}?limit=1&continue=%21`),
        'a version that is none': await get(`${PODS}?watch=true&resourceVersion=abc`),
      },
      name,
    ),
  }
}

function firstItem({ json }: RawAnswer): Record<string, unknown> {
  const [item] = (json as { items: Record<string, unknown>[] }).items
  if (item === undefined) throw new Error('the list is empty')
  return item
}

function envelopes(answers: Record<string, RawAnswer>): Shapes {
  return map(answers, ({ status, contentType, json }) => ({
    status,
    contentType,
    kind: json?.kind,
    apiVersion: json?.apiVersion,
    fields: Object.keys(json ?? {}).toSorted(),
    metadata: Object.keys((json?.metadata as object) ?? {}).toSorted(),
  }))
}

/** Status objects whole, with the names that vary taken out. */
function refusals(answers: Record<string, RawAnswer>, pod: string): Shapes {
  return map(answers, ({ status, contentType, json, text }) => {
    const said = JSON.parse(
      JSON.stringify(json ?? text)
        .replaceAll(pod, 'POD')
        .replace(/(continue key is not valid): [^"]+/, '$1')
        .replaceAll(/system:serviceaccount:[-a-z]+:[-a-z]+/g, 'ACCOUNT'),
    )
    return { status, contentType, said }
  })
}

function map(answers: Record<string, RawAnswer>, view: (answer: RawAnswer) => unknown): Shapes {
  return Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, view(answer)]))
}

/** Every path of fields in an object, with what kind of value stands there. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    return [...new Set(value.flatMap((item) => fieldsOf(item, `${path}[]`)))].toSorted()
  }
  if (typeof value !== 'object' || value === null)
    return [`${path}: ${value === null ? 'null' : typeof value}`]
  const found = Object.entries(value).flatMap(([key, inner]) => {
    if (INCIDENTAL.has(key)) return []
    return fieldsOf(inner, path === '' ? key : `${path}.${key}`)
  })
  return found.toSorted()
}

/** Addresses, images and labels of a node are the machine's business. */
function nodeFields(node: unknown): string[] {
  const read =
    /^(metadata\.(name|uid|resourceVersion|creationTimestamp)|status\.(conditions|allocatable|nodeInfo))/
  return fieldsOf(node).filter((field) => read.test(field))
}

/**
 * A watch that sees none of what happens is still told how far it is, once something has happened: within the last two
 * seconds of its time.
 */
export async function bookmarkOf(api: RawApi, admin: RawApi): Promise<Record<string, unknown> | undefined> {
  const path = '/apis/apps/v1/namespaces/bakery-ia/deployments'
  const { json } = await api.request('GET', `${path}?limit=1`)
  const { resourceVersion } = (json as { metadata: { resourceVersion: string } }).metadata
  const query = 'watch=true&allowWatchBookmarks=true&timeoutSeconds=5&labelSelector=none%3Dsuch'
  const watched = api.watch(`${path}?${query}&resourceVersion=${resourceVersion}`, 1)
  const name = scratchName()
  await admin.request('POST', path, deploymentNamed(name))
  await admin.request('DELETE', `${path}/${name}`)
  return (await watched).at(-1)
}

function logForm({ status, contentType, text }: RawAnswer): unknown {
  const isStamped = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z .+\n$/.test(text)
  return { status, contentType, isStamped }
}
