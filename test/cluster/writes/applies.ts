import { APPLY, MERGE, type Recorder } from './recorder.ts'

const CONFIG = '/api/v1/namespaces/bakery-ia/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/bakery-ia/deployments'
const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations'

/** Server-side apply: who owns which field, and what happens when two want the same. */
export async function applies({ ask, quietly }: Recorder, name: string): Promise<void> {
  const one = `${CONFIG}/${name}`
  const config = (data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  })
  const apply = (label: string, who: string, data: Record<string, string>, more = '') =>
    ask(label, 'PATCH', `${one}?fieldManager=${who}${more}`, config(data), APPLY)

  await ask('without a manager', 'PATCH', one, config({}), APPLY)
  await ask('of an object without a kind', 'PATCH', `${one}?fieldManager=one`, { metadata: { name } }, APPLY)
  await ask('of another name', 'PATCH', `${CONFIG}/other?fieldManager=one`, config({}), APPLY)
  await ask(
    'with managed fields',
    'PATCH',
    `${one}?fieldManager=one`,
    { ...config({}), metadata: { name, managedFields: [{}] } },
    APPLY,
  )
  await apply('of a new object as a trial', 'one', { a: '1' }, '&dryRun=All')
  await apply('of a new object', 'one', { a: '1', b: '1' })
  await apply('of the same', 'one', { a: '1', b: '1' })
  await apply('by another of the same value', 'two', { a: '1' })
  await apply('by another of another value', 'two', { a: '2' })
  await apply('by another of two values', 'two', { a: '2', b: '2' })
  await apply('by another with force', 'two', { a: '2' }, '&force=true')
  await apply('by the first who wants it back', 'one', { a: '1', b: '1' })
  await apply('by the first who gives it up', 'one', { b: '2' })
  await apply('by the second who gives it up', 'two', { c: '3' })
  await quietly('PATCH', `${one}?fieldManager=hand`, { data: { b: '9' } }, MERGE)
  await apply('of what a hand has changed', 'one', { b: '2' })
  await apply('of what a hand has changed with force', 'one', { b: '2' }, '&force=true')
  const stale = { ...config({ b: '3' }), metadata: { name, resourceVersion: '1' } }
  await ask('on a stale version', 'PATCH', `${one}?fieldManager=one`, stale, APPLY)
  await quietly('DELETE', one)
}

/** Apply on lists that are merged by key, on the scale of a Deployment and on a custom resource. */
export async function listApplies({ ask, quietly }: Recorder, name: string): Promise<void> {
  const one = `${DEPLOYMENTS}/${name}`
  const labels = { app: name }
  const deployment = (spec: object, containers: readonly object[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      paused: true,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      ...spec,
    },
  })
  const main = { name: 'main', image: 'a:1', env: [{ name: 'A', value: '1' }] }
  const apply = (label: string, who: string, body: object, more = '') =>
    ask(label, 'PATCH', `${one}?fieldManager=${who}${more}`, body, APPLY)
  await apply('a deployment', 'one', deployment({ replicas: 0 }, [main]))
  await apply('a second container by another', 'two', deployment({}, [{ name: 'side', image: 'b:1' }]))
  await apply('another image by another', 'two', deployment({}, [{ name: 'main', image: 'a:2' }]))
  await ask(
    'another image by hand',
    'PATCH',
    `${one}?fieldManager=hand`,
    { spec: { template: { spec: { containers: [{ name: 'main', image: 'a:3' }] } } } },
    'application/strategic-merge-patch+json',
  )
  await apply('the first image again', 'one', deployment({ replicas: 0 }, [main]))
  await ask('the scale by hand', 'PATCH', `${one}/scale?fieldManager=hand`, { spec: { replicas: 1 } }, MERGE)
  await apply('the scale again', 'one', deployment({ replicas: 0 }, [{ ...main, image: 'a:3' }]))
  await apply('without the scale', 'one', deployment({}, [{ ...main, image: 'a:3' }]))
  await apply('without a container', 'two', deployment({}, []))
  await quietly('DELETE', one)

  const kustomization = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name },
  }
  const spec = {
    interval: '10m',
    prune: true,
    sourceRef: { kind: 'GitRepository', name: 'none' },
    suspend: true,
  }
  const custom = `${KUSTOMIZATIONS}/${name}`
  await ask('a custom resource', 'PATCH', `${custom}?fieldManager=one`, { ...kustomization, spec }, APPLY)
  await ask(
    'a custom resource by another',
    'PATCH',
    `${custom}?fieldManager=two`,
    { ...kustomization, spec: { ...spec, interval: '5m' } },
    APPLY,
  )
  await quietly('DELETE', custom)
}
