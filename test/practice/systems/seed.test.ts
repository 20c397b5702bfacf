import { describe, expect, it } from 'vitest'
import { NAMESPACE } from '../../../practice/cluster/platform-names.ts'
import { PODS } from '../../../practice/cluster/resources.ts'
import { startPlatform } from '../../../practice/systems/platform.ts'

/** What somebody sees of a story at one moment: names of pods and where they run, calls, queues. */
async function seen(seed: number): Promise<unknown> {
  const at = new Date('2026-11-23T06:05:00Z')
  const platform = await startPlatform({ seed, databases: [], now: () => at })
  try {
    const { env, cluster } = platform
    const pods = cluster.store.list(PODS, NAMESPACE)
    const query = new URLSearchParams({ query: 'sum by(service)(rate(http_requests_total[5m]))' })
    const authorization = `Basic ${btoa(`bakery:${env.RABBITMQ_PASSWORD}`)}`
    const [figures, queues] = await Promise.all([
      fetch(`${env.PROMETHEUS_URL}/api/v1/query?${query}`),
      fetch(`${env.RABBITMQ_URL}/api/queues`, { headers: { authorization } }),
    ])
    const { data } = (await figures.json()) as {
      data: { result: { metric: object; value: [number, string] }[] }
    }
    return {
      pods: pods.map(({ metadata, spec }) => `${metadata.name} on ${spec.nodeName}`),
      calls: data.result.map(({ metric, value }) => [metric, value[1]]),
      queues: await queues.json(),
    }
  } finally {
    await platform.stop()
  }
}

describe('--seed', () => {
  it('tells the same story again, and another seed another one', async () => {
    const [first, again, other] = [await seen(7), await seen(7), await seen(8)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  }, 60_000)
})
