import { deploymentNamed } from '../world.ts'
import { JSON_PATCH, MERGE, type Recorder, STRATEGIC } from './recorder.ts'

const CONFIG = '/api/v1/namespaces/bakery-ia/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/bakery-ia/deployments'
const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations'

const configMap = (name: string, data: Record<string, string>, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})

/** Creating, replacing and patching, and the ways in which each is refused. */
export async function patches({ ask, quietly }: Recorder, name: string): Promise<void> {
  const one = `${CONFIG}/${name}`
  await ask('create', 'POST', `${CONFIG}?fieldManager=maker`, configMap(name, { a: '1' }))
  await ask('create what is there', 'POST', CONFIG, configMap(name, { a: '1' }))
  await ask(
    'create in a namespace that is not there',
    'POST',
    '/api/v1/namespaces/none/configmaps',
    configMap(name, {}),
  )
  await ask('create without a name', 'POST', CONFIG, { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })
  await ask('create as another kind', 'POST', CONFIG, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
  })
  await ask('create with a bad name', 'POST', CONFIG, configMap('Bad_Name', {}))
  await ask(
    'create in another namespace than the address',
    'POST',
    CONFIG,
    configMap(`${name}-b`, {}, { namespace: 'default' }),
  )
  await ask(
    'create as a trial',
    'POST',
    `${CONFIG}?dryRun=All&fieldManager=maker`,
    configMap(`${name}-b`, { a: '1' }),
  )
  await ask('get what was only tried', 'GET', `${CONFIG}/${name}-b`)
  await ask('a trial of another kind', 'POST', `${CONFIG}?dryRun=Some`, configMap(`${name}-b`, {}))

  await ask('merge', 'PATCH', `${one}?fieldManager=hand`, { data: { a: null, b: '2' } }, MERGE)
  await ask('merge as a trial', 'PATCH', `${one}?dryRun=All&fieldManager=hand`, { data: { c: '3' } }, MERGE)
  await ask('get after a trial', 'GET', one)
  await ask(
    'merge on a stale version',
    'PATCH',
    one,
    { metadata: { resourceVersion: '1' }, data: { z: '1' } },
    MERGE,
  )
  await ask('merge on another uid', 'PATCH', one, { metadata: { uid: 'other' }, data: { z: '1' } }, MERGE)
  await ask('merge with another name', 'PATCH', one, { metadata: { name: 'other' } }, MERGE)
  await ask('merge what is not there', 'PATCH', `${CONFIG}/none`, { data: {} }, MERGE)
  await ask('patch of no known kind', 'PATCH', one, {}, 'application/json')

  const test = (value: string) => ({ op: 'test', path: '/data/b', value })
  const put = { op: 'add', path: '/data/d', value: '4' }
  await ask(
    'JSON patch with a test that holds',
    'PATCH',
    `${one}?fieldManager=hand`,
    [test('2'), put],
    JSON_PATCH,
  )
  await ask('JSON patch with a test that fails', 'PATCH', one, [test('3'), put], JSON_PATCH)
  await ask(
    'JSON patch of a version that is stale',
    'PATCH',
    one,
    [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }],
    JSON_PATCH,
  )
  await ask(
    'JSON patch that removes nothing',
    'PATCH',
    one,
    [{ op: 'remove', path: '/data/none' }],
    JSON_PATCH,
  )
  await ask('JSON patch that is no list', 'PATCH', one, { op: 'add' }, JSON_PATCH)
  await ask('strategic patch', 'PATCH', `${one}?fieldManager=hand`, { data: { e: '5' } }, STRATEGIC)

  const { json } = await quietly('GET', one)
  await ask('replace', 'PUT', `${one}?fieldManager=hand`, { ...json, data: { f: '6' } })
  await ask('replace on a stale version', 'PUT', one, { ...json, data: { f: '7' } })
  await ask('replace without a version', 'PUT', `${one}?fieldManager=hand`, configMap(name, { g: '7' }))
  await ask('replace as a trial', 'PUT', `${one}?dryRun=All&fieldManager=hand`, configMap(name, { h: '8' }))
  await ask('replace with another name', 'PUT', one, configMap('other', {}))
  await ask(
    'replace what is not there',
    'PUT',
    `${CONFIG}/none`,
    configMap('none', {}, { resourceVersion: '5' }),
  )
  await quietly('DELETE', one)
  await ask('strategic patch of a custom resource', 'PATCH', `${KUSTOMIZATIONS}/bakery-ia`, {}, STRATEGIC)
}

/** What the API server refuses in the specification of a Deployment. */
export async function validations({ ask, quietly }: Recorder, name: string): Promise<void> {
  const one = `${DEPLOYMENTS}/${name}`
  const made = deploymentNamed(name) as { spec: object }
  await quietly('POST', DEPLOYMENTS, { ...made, spec: { ...made.spec, paused: true, replicas: 0 } })
  await ask('a word for a number', 'PATCH', one, { spec: { replicas: 'five' } }, MERGE)
  await ask('fewer than none', 'PATCH', one, { spec: { replicas: -1 } }, MERGE)
  await ask('another selector', 'PATCH', one, { spec: { selector: { matchLabels: { a: 'b' } } } }, MERGE)
  await ask(
    'a template that the selector does not match',
    'PATCH',
    one,
    { spec: { template: { metadata: { labels: null } } } },
    MERGE,
  )
  await ask(
    'a template without containers',
    'PATCH',
    one,
    { spec: { template: { spec: { containers: [] } } } },
    MERGE,
  )
  await ask(
    'a container without an image',
    'PATCH',
    one,
    { spec: { template: { spec: { containers: [{ name: 'main' }] } } } },
    MERGE,
  )
  await ask('a deployment without anything', 'POST', DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${name}-b` },
    spec: {},
  })
  await quietly('DELETE', one)
}
