import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, eventually, namespace, startClient } from './client.ts'

let client: Client
beforeAll(async () => {
  client = await startClient()
})
afterAll(() => client.cluster.stop())

describe('a practice cluster with 5,000 more pods', () => {
  it('makes them all ready, lists them in pages and as a whole, and takes them away again', async () => {
    const name = 'filler'
    const labels = { 'app.kubernetes.io/name': name }
    const template = { metadata: { labels }, spec: { containers: [{ name, image: 'busybox' }] } }
    const spec = { replicas: 1, selector: { matchLabels: labels }, template }
    await client.apps.createNamespacedDeployment({ namespace, body: { metadata: { name }, spec } })
    const status = async () => (await client.apps.readNamespacedDeployment({ namespace, name })).status
    client.cluster.scale(name, 5000)
    await eventually(status, (found) => found?.readyReplicas === 5000)
    expect(client.cluster.podsOf(name)).toHaveLength(5000)

    const labelSelector = `app.kubernetes.io/name=${name}`
    const whole = await client.core.listNamespacedPod({ namespace, labelSelector })
    expect(whole.items).toHaveLength(5000)
    let next: string | undefined
    let count = 0
    do {
      const more = next === undefined ? {} : { _continue: next }
      const page = await client.core.listNamespacedPod({ namespace, labelSelector, limit: 500, ...more })
      count += page.items.length
      next = page.metadata?._continue
    } while (next)
    expect(count).toBe(5000)

    client.cluster.scale(name, 1)
    await eventually(
      () => client.cluster.podsOf(name).length,
      (length) => length === 1,
    )
  }, 60_000)
})
