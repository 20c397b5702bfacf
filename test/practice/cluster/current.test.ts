import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CurrentCluster, startCurrentCluster, whyRefused } from '../../../practice/cluster/current.ts'
import { type PracticeCluster, startCluster } from '../../../practice/cluster/start.ts'

let folder: string
let theirs: PracticeCluster
let current: CurrentCluster
let url: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bakery-current-'))
  theirs = await startCluster()
  await writeFile(join(folder, 'config'), theirs.kubeconfig())
  current = await startCurrentCluster({ KUBECONFIG: join(folder, 'config') })
  url = JSON.parse(current.kubeconfig()).clusters[0].cluster.server
})
afterAll(async () => {
  await current.stop()
  await theirs.stop()
  await rm(folder, { recursive: true })
})

describe("a person's own cluster in practice", () => {
  it('is named by its context and address', () => {
    expect(current).toMatchObject({ context: 'practice', server: theirs.url })
  })

  it("is read with the person's credentials, which practice does not hand on", async () => {
    const answer = await fetch(`${url}/apis/apps/v1/namespaces/bakery-ia/deployments?limit=1`)
    expect(await answer.json()).toMatchObject({ kind: 'DeploymentList' })
    expect(current.kubeconfig()).not.toContain(theirs.token)
  })

  it('can be watched', async () => {
    const query = 'watch=true&timeoutSeconds=1'
    const answer = await fetch(`${url}/api/v1/namespaces/bakery-ia/pods?${query}`)
    expect((await answer.text()).split('\n').length).toBeGreaterThan(30)
  })

  it('is not changed, whatever the person may do there', async () => {
    const gateway = `${url}/apis/apps/v1/namespaces/bakery-ia/deployments/gateway`
    const answer = await fetch(gateway, { method: 'DELETE' })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({
      kind: 'Status',
      message: 'practice only reads this cluster: DELETE is refused',
    })
    expect((await fetch(gateway)).status).toBe(200)
  })

  it.each([
    ['POST', '/api/v1/namespaces/a/pods/b/eviction'],
    ['PATCH', '/apis/apps/v1/namespaces/a/deployments/b'],
    ['GET', '/api/v1/namespaces/a/pods/b/exec?command=sh'],
    ['GET', '/api/v1/namespaces/a/pods/b/proxy/admin'],
    ['GET', '/api/v1/namespaces/a/secrets'],
    ['GET', '/api/v1/namespaces/a/%73ecrets/b'],
  ])('refuses %s %s', (method, path) => {
    expect(whyRefused(method, path)).toMatch(/^practice /)
  })

  it('lets a review of access through', () => {
    expect(whyRefused('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).toBeNull()
  })

  it('is refused with the reason when there is none', async () => {
    const missing = join(folder, 'none')
    await expect(startCurrentCluster({ KUBECONFIG: missing })).rejects.toThrow(`${missing} cannot be read`)
    await expect(startCurrentCluster({ KUBECONFIG: 'a:b' })).rejects.toThrow('found 2 files, expected one')
  })
})
