import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PracticePlatform, startPlatform } from '../../../practice/systems/platform.ts'
import { eventually } from '../cluster/client.ts'

let platform: PracticePlatform
const progress: string[] = []
beforeAll(async () => {
  platform = await startPlatform({
    databases: ['orders', 'alert-processor'],
    onProgress: (what) => progress.push(what),
  })
}, 120_000)
afterAll(() => platform?.stop())

/** What the service's database says to Bakery's role. */
async function ask(name: string, sql: string): Promise<unknown[]> {
  const prefix = name.toUpperCase().replaceAll('-', '_')
  const [host, port] = platform.env[`${prefix}_DB_ADDRESS`]!.split(':')
  const user = name.replaceAll('-', '_')
  const client = new pg.Client({
    ...{ host: host!, port: Number(port), user: `${user}_user`, database: `${user}_db` },
    password: platform.env[`${prefix}_DB_PASSWORD`]!,
  })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const alerts = async () => {
  const answer = await fetch(`${platform.env.ALERTMANAGER_URL}/api/v2/alerts`)
  const found = (await answer.json()) as { labels: { alertname: string; service?: string } }[]
  return found.map(({ labels }) => `${labels.alertname} ${labels.service ?? ''}`.trim())
}

describe('the practice platform', () => {
  it('names everything that platform.example.yaml refers to', () => {
    expect(Object.keys(platform.env).toSorted()).toEqual(
      [
        ...['ALERTMANAGER_URL', 'ALERT_PROCESSOR_DB_ADDRESS', 'ALERT_PROCESSOR_DB_PASSWORD', 'COLLECTOR_URL'],
        ...['KUBECONFIG', 'ORDERS_DB_ADDRESS', 'ORDERS_DB_PASSWORD', 'PROMETHEUS_URL', 'RABBITMQ_PASSWORD'],
        ...['RABBITMQ_URL', 'REDIS_ADDRESS', 'REDIS_PASSWORD', 'SIGNOZ_API_KEY', 'SIGNOZ_URL'],
      ].toSorted(),
    )
    expect(progress).toEqual([
      'cluster',
      'Prometheus, Alertmanager, SigNoz, collector, Redis, RabbitMQ',
      '2 databases',
    ])
  })

  it('has databases with rows, connections of their service, and enough reads for a rate of cache hits', async () => {
    expect(await ask('orders', 'SELECT count(*)::int AS rows FROM orders')).toEqual([{ rows: 1000 }])
    const name = 'alert-processor'
    expect(await ask(name, 'SELECT count(*)::int AS rows FROM alert_processor')).toEqual([{ rows: 1000 }])
    const load = await ask(
      'orders',
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'practice-load'",
    )
    expect(load).toHaveLength(2)
    const [{ hits }] = (await ask(
      'orders',
      'SELECT blks_hit::int AS hits FROM pg_stat_database WHERE datname = current_database()',
    )) as [{ hits: number }]
    expect(hits).toBeGreaterThan(10_000)
  })

  it('shows a broken database everywhere, and is well again when it is mended', async () => {
    await platform.breakDatabase('orders-db')
    await expect(ask('orders', 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
    await eventually(alerts, (found) => found.includes('DatabaseDown orders-db'))
    await eventually(
      () => platform.cluster.podsOf('orders-db')[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0,
      (count) => count > 0,
    )
    const [pod] = platform.cluster.podsOf('orders-service')
    const path = `/api/v1/namespaces/bakery-ia/pods/${pod!.metadata.name}/log?sinceSeconds=600`
    const log = async () => {
      const answer = await fetch(platform.cluster.url + path, {
        headers: { authorization: `Bearer ${platform.cluster.token}` },
      })
      return answer.text()
    }
    await eventually(log, (text) => text.includes('database unavailable') || text.includes('pool exhausted'))

    await platform.mendAll()
    expect(await ask('orders', 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await eventually(alerts, (found) => found.join() === 'Watchdog')
    await eventually(
      () => platform.outages.all().filter(({ to }) => to === null),
      (open) => open.length === 0,
    )
  }, 40_000)

  it('lets a log say what is wrong by the story’s time, whatever the machine’s clock says', async () => {
    let ahead = 30 * 86_400_000
    const later = await startPlatform({ databases: ['orders'], now: () => new Date(Date.now() + ahead) })
    try {
      const [pod] = later.cluster.podsOf('orders-service')
      const path = `/api/v1/namespaces/bakery-ia/pods/${pod?.metadata.name}/log`
      const headers = { authorization: `Bearer ${later.cluster.token}` }
      const log = async () => (await fetch(later.cluster.url + path, { headers })).text()
      const isTrouble = (text: string) => /database unavailable|pool exhausted/.test(text)
      await eventually(log, (text) => text !== '')
      expect(isTrouble(await log())).toBe(false)
      await later.breakDatabase('orders-db')
      ahead += 240_000
      await eventually(log, isTrouble)
    } finally {
      await later.stop()
    }
  }, 60_000)

  it('shows what is broken in the cluster by somebody else', async () => {
    platform.cluster.setPodBehaviour('pos-service', 'out-of-memory')
    await eventually(alerts, (found) => found.includes('ServiceDown pos-service'))
    platform.setNodeReady('node-2', false)
    await eventually(alerts, (found) => found.includes('KubeNodeNotReady'))
    platform.fillDisk('node-1', true)
    await platform.mendAll()
    await eventually(alerts, (found) => found.join() === 'Watchdog')
  }, 40_000)

  it('refuses to break a database that it has not', async () => {
    await expect(platform.breakDatabase('auth-db')).rejects.toThrow(
      'the practice platform has no database auth-db',
    )
  })
})
