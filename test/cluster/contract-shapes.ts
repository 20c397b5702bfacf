import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RawApi, rawApi } from './api.ts'
import type { World } from './contract.ts'
import { bookmarkOf, collectShapes, type Shapes } from './shapes.ts'
import { deploymentNamed, scratchName } from './world.ts'

const GOLDEN = join(import.meta.dirname, 'shapes.golden.json')

/** The real API server's shapes are on file; whatever else claims to be a cluster must have the same. */
export function shapeContract(world: () => World): void {
  let api: RawApi
  beforeAll(() => {
    api = rawApi(world().cluster.kubeconfig)
  })
  afterAll(() => api.close())

  it('says everything that Bakery reads in the shapes on file', async () => {
    const shapes = await collectShapes(api, world().admin)
    if (process.env.BAKERY_WRITE_GOLDEN === '1') writeFileSync(GOLDEN, `${JSON.stringify(shapes, null, 2)}\n`)
    const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Shapes
    expect(Object.keys(shapes)).toEqual(Object.keys(golden))
    for (const [what, shape] of Object.entries(golden)) expect.soft(shapes[what], what).toEqual(shape)
  }, 30_000)

  it('gives a list in pages that together are the list, each object once', async () => {
    const path = '/api/v1/namespaces/bakery-ia/pods'
    const names: string[] = []
    let next: string | undefined
    do {
      const token = next === undefined ? '' : `&continue=${encodeURIComponent(next)}`
      const { json } = await api.request('GET', `${path}?limit=10${token}`)
      const page = json as { items: { metadata: { name: string } }[]; metadata: { continue?: string } }
      expect(page.items.length).toBeLessThanOrEqual(10)
      names.push(...page.items.map(({ metadata }) => metadata.name))
      next = page.metadata.continue
    } while (next)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(30)
    expect(names).toEqual(names.toSorted())
  })

  it('tells a watch what was added, modified and deleted, in that order', async () => {
    const { admin } = world()
    const path = '/apis/apps/v1/namespaces/bakery-ia/deployments'
    const name = scratchName()
    const { json } = await api.request('GET', `${path}?limit=1`)
    const version = (json as { metadata: { resourceVersion: string } }).metadata.resourceVersion
    await admin.request('POST', path, deploymentNamed(name))
    await admin.request(
      'PATCH',
      `${path}/${name}`,
      { spec: { paused: true } },
      'application/merge-patch+json',
    )
    await admin.request('DELETE', `${path}/${name}`)
    const query = `watch=true&resourceVersion=${version}&fieldSelector=metadata.name%3D${name}&timeoutSeconds=2`
    const events = await api.watch(`${path}?${query}`, Number.POSITIVE_INFINITY)
    const types = events.map(({ type }) => type)
    expect(types[0]).toBe('ADDED')
    expect(types.at(-1)).toBe('DELETED')
    expect(new Set(types.slice(1, -1))).toEqual(new Set(['MODIFIED']))
  })

  it('tells a watch that sees nothing of it how far the world has come', async () => {
    const { admin } = world()
    const path = '/apis/apps/v1/namespaces/bakery-ia/deployments'
    const before = (await api.request('GET', `${path}?limit=1`)).json as {
      metadata: { resourceVersion: string }
    }
    const event = await bookmarkOf(api, admin)
    expect(event).toMatchObject({ type: 'BOOKMARK', object: { kind: 'Deployment', apiVersion: 'apps/v1' } })
    const { resourceVersion } = (event as typeof before & { object: typeof before }).object.metadata
    expect(Number(resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion))
  })
}
