import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPrometheus } from '../../../practice/systems/prometheus.ts'
import type { WebServer } from '../../../practice/systems/web.ts'
import { createMetricsReader } from '../../../src/adapters/prometheus/metrics.ts'
import { deploy } from '../cluster/by-hand.ts'
import { type WorldByHand, worldByHand } from './world.ts'

let world: WorldByHand
let server: WebServer
beforeAll(async () => {
  world = worldByHand()
  deploy(world.cluster, 'shop', 2)
  world.cluster.clock.advance(2000)
  server = await startPrometheus(world)
})
afterAll(() => server.stop())

const soon = () => AbortSignal.timeout(5000)
const query = (promql: string) => createMetricsReader({ address: server.url }).query(promql, soon())
const get = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`)
  return { status: answer.status, body: (await answer.json()) as unknown }
}

describe('the Prometheus stand-in', () => {
  it('says that it is one, and that it is ready', async () => {
    const { body } = await get('/api/v1/status/buildinfo')
    expect(body).toMatchObject({ data: { version: expect.stringMatching(/-practice$/) } })
    await createMetricsReader({ address: server.url }).ready(soon())
  })

  it('gives free disk space by node, in percent when it is asked for that', async () => {
    const ratio =
      'node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs|ramfs"} / node_filesystem_size_bytes'
    const percent = await query(`100 * ${ratio}`)
    expect(percent.map(({ labels }) => labels.node)).toEqual(['node-1', 'node-2'])
    const [first] = await query(ratio)
    expect(percent[0]!.value).toBeCloseTo(first!.value * 100)
    expect(await query(`${ratio} < 0.2`)).toEqual([])
  })

  it('counts the restarts of the last hour by pod', async () => {
    const restarts = `sum by(pod)(increase(kube_pod_container_status_restarts_total{namespace="bakery-ia"}[1h])) > 0`
    expect(await query(restarts)).toEqual([])
    world.cluster.setPodBehaviour('shop', 'out-of-memory')
    world.cluster.clock.advance(10_000)
    const found = await query(restarts)
    const counts = world.cluster
      .podsOf('shop')
      .map(({ metadata, status }) => [metadata.name, status?.containerStatuses?.[0]?.restartCount])
    expect(found.map(({ labels, value }) => [labels.pod, value]).toSorted()).toEqual(counts.toSorted())
    expect(await query(restarts.replace('bakery-ia', 'other'))).toEqual([])
    const killed = await query('kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1')
    expect(killed).toHaveLength(2)
    world.cluster.clock.advance(2000)
    world.cluster.setPodBehaviour('shop', null)
    world.cluster.clock.advance(3_700_000)
    expect(await query(restarts)).toEqual([])
  })

  it('has no series for what it does not know, which is not zero', async () => {
    expect(await query('some_other_metric')).toEqual([])
  })

  it('refuses a query that does not close, in the words of the real one', async () => {
    const { status, body } = await get('/api/v1/query?query=sum((')
    expect(status).toBe(400)
    expect(body).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: 'invalid parameter "query": 1:6: parse error: unclosed left parenthesis',
    })
    await expect(query('')).rejects.toThrow(/no expression found/)
  })

  it('gives ranges, at most 11,000 points', async () => {
    const range = (step: number) =>
      get(`/api/v1/query_range?query=pg_up&start=1795420000&end=1795432000&step=${step}`)
    const { body } = await range(60)
    const { result } = (body as { data: { result: { values: unknown[] }[] } }).data
    expect([result.length, result[0]!.values.length]).toEqual([14, 201])
    expect(await range(1)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('maximum resolution') },
    })
  })

  it('shows rules and alerts as the story has them', async () => {
    world.story.begin('database', 'orders-db')
    expect((await get('/api/v1/alerts')).body).toMatchObject({
      data: { alerts: expect.arrayContaining([expect.objectContaining({ state: 'pending' })]) },
    })
    world.cluster.clock.advance(60_000)
    const { data } = (await get('/api/v1/rules?type=alert')).body as {
      data: { groups: { rules: { name: string; state: string }[] }[] }
    }
    const states = Object.fromEntries(data.groups[0]!.rules.map(({ name, state }) => [name, state]))
    expect(states).toMatchObject({ DatabaseDown: 'firing', KubeNodeNotReady: 'inactive', Watchdog: 'firing' })
    expect(await query('pg_up == 0')).toMatchObject([{ labels: { instance: 'orders-db:9187' }, value: 0 }])
  })
})
