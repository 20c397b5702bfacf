import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../../../src/adapters/kubernetes/client.ts'
import { createSampler } from '../../../src/adapters/kubernetes/sampler.ts'
import { createUsageSource } from '../../../src/adapters/kubernetes/usage.ts'
import type { Observed } from '../../../src/core/ports/cluster.ts'
import { type FakeApi, listOf, sendJson, startFakeApi } from './fake-api.ts'

const soon = () => AbortSignal.timeout(2_000)

describe('usage', () => {
  let api: FakeApi
  afterEach(() => api.stop())

  const node = {
    metadata: { name: 'a' },
    timestamp: '2026-11-23T05:00:00Z',
    usage: { cpu: '1', memory: '1Ki' },
  }

  async function nodesWhenServed(versions: readonly string[]): Promise<Observed<unknown>> {
    api = await startFakeApi((url, response) => {
      if (url.pathname !== '/apis/metrics.k8s.io') return sendJson(response, listOf([node]))
      sendJson(response, { versions: versions.map((version) => ({ version })) })
    })
    const client = createClient({ kind: 'file', path: api.kubeconfig })
    const usage = createUsageSource(client, 'bakery-ia')
    try {
      await usage.nodes(soon())
      return await usage.nodes(soon())
    } finally {
      await client.close()
    }
  }

  it.each([
    [['v1beta1'], 'v1beta1'],
    [['v1', 'v1beta1'], 'v1'],
    [[], 'v1beta1'],
  ])('is read in the version that is served: of %o %s, found out once', async (served, version) => {
    const { items } = await nodesWhenServed(served)
    expect(items).toHaveLength(1)
    const path = `/apis/metrics.k8s.io/${version}/nodes`
    expect(api.asked).toEqual(['/apis/metrics.k8s.io', path, path])
  })
})

describe('a sample', () => {
  const sampleOf = (item: number, at = Date.now()): Observed<number> => ({
    items: [item],
    observedAt: new Date(at),
  })

  it('is given at once while a newer one is taken', async () => {
    let taken = 0
    const sampler = createSampler({
      everyMs: 20,
      sample: async () => {
        taken += 1
        return sampleOf(taken)
      },
    })
    sampler.start()
    await expect.poll(() => taken).toBeGreaterThan(2)
    const before = taken
    const { items } = await sampler.read(soon())
    expect(items[0]).toBeGreaterThanOrEqual(before - 1)
    await sampler.stop()
  })

  it('is waited for when there is none yet', async () => {
    const sampler = createSampler({ sample: async () => sampleOf(1) })
    expect((await sampler.read(soon())).items).toEqual([1])
    await sampler.stop()
  })

  it('that is older than a minute is not given out: what went wrong is', async () => {
    let now = 1_000_000
    let fails = false
    const sampler = createSampler({
      now: () => now,
      sample: async () => {
        if (fails) throw new Error('metrics-server does not answer (503)')
        return sampleOf(1, now)
      },
    })
    await sampler.read(soon())
    fails = true
    now += 45_000
    expect((await sampler.read(soon())).items).toEqual([1])
    now += 45_000
    await expect(sampler.read(soon())).rejects.toThrow('metrics-server does not answer (503)')
    fails = false
    expect((await sampler.read(soon())).items).toEqual([1])
    await sampler.stop()
  })

  it('that never comes is waited for no longer than the reader may', async () => {
    const sampler = createSampler({
      sample: (signal) =>
        new Promise<Observed<number>>((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')))
        }),
    })
    await expect(sampler.read(AbortSignal.timeout(30))).rejects.toThrow('metrics-server has not answered yet')
    await sampler.stop()
  })
})
