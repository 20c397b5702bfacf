import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAlertmanager } from '../../../practice/systems/alertmanager.ts'
import type { WebServer } from '../../../practice/systems/web.ts'
import { createAlertReader } from '../../../src/adapters/alertmanager/alerts.ts'
import { type WorldByHand, worldByHand } from './world.ts'

let world: WorldByHand
let server: WebServer
beforeAll(async () => {
  world = worldByHand()
  server = await startAlertmanager(world)
  world.story.begin('database', 'orders-db')
  world.cluster.clock.advance(60_000)
})
afterAll(() => server.stop())

const get = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`)
  return { status: answer.status, body: (await answer.json()) as unknown }
}
const filtered = async (...filters: string[]) => {
  const query = filters.map((filter) => `filter=${encodeURIComponent(filter)}`).join('&')
  const { body } = await get(`/api/v2/alerts?${query}`)
  return (body as { labels: { alertname: string } }[]).map(({ labels }) => labels.alertname).toSorted()
}
const silence = (matchers: unknown, endsAt: Date) =>
  fetch(`${server.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ matchers, endsAt, startsAt: world.now(), createdBy: 'olivia', comment: 'works on it' },
    }),
  })
const later = () => new Date(world.now().getTime() + 3_600_000)

describe('the Alertmanager stand-in', () => {
  it("is understood by Bakery's own reader", async () => {
    const alerts = await createAlertReader({ address: server.url }).alerts(AbortSignal.timeout(5000))
    expect(alerts.find(({ name }) => name === 'DatabaseDown')).toMatchObject({
      severity: 'critical',
      state: 'active',
      labels: { service: 'orders-db' },
      summary: 'PostgreSQL orders-db does not answer',
    })
  })

  it('says that it is one, and answers 410 to the API that is gone', async () => {
    expect((await get('/api/v2/status')).body).toMatchObject({ versionInfo: { version: '0.34.0-practice' } })
    expect(await get('/api/v1/alerts')).toMatchObject({ status: 410, body: { status: 'deprecated' } })
    expect((await fetch(`${server.url}/-/ready`)).status).toBe(200)
    expect(await get('/api/v2/nothing')).toMatchObject({ status: 404, body: { code: 404 } })
  })

  it('filters by labels, several at once, and refuses what is no matcher', async () => {
    expect(await filtered('severity="critical"')).toEqual(['DatabaseDown', 'ServiceErrorRateHigh'])
    expect(await filtered('severity="critical"', 'service=~"orders-s.*"')).toEqual(['ServiceErrorRateHigh'])
    expect(await filtered('severity!="critical"')).toEqual(['Watchdog'])
    expect(await filtered('service!~".+"')).toEqual(['Watchdog'])
    expect(await get('/api/v2/alerts?filter=sev~~')).toEqual({
      status: 400,
      body: 'bad matcher format: sev~~',
    })
  })

  it('holds back what is silenced until the silence is ended', async () => {
    const matchers = [{ name: 'alertname', value: 'DatabaseDown', isRegex: false }]
    const { silenceID } = (await (await silence(matchers, later())).json()) as { silenceID: string }
    const states = async (query = '') => {
      const { body } = await get(`/api/v2/alerts${query}`)
      return (body as { labels: { alertname: string }; status: { state: string } }[])
        .filter(({ labels }) => labels.alertname === 'DatabaseDown')
        .map(({ status }) => status.state)
    }
    expect(await states()).toEqual(['suppressed'])
    expect(await states('?silenced=false')).toEqual([])
    const end = () => fetch(`${server.url}/api/v2/silence/${silenceID}`, { method: 'DELETE' })
    expect((await end()).status).toBe(200)
    expect(await states()).toEqual(['active'])
    expect((await end()).status).toBe(200)
    expect((await get('/api/v2/silences')).body).toMatchObject([
      { id: silenceID, status: { state: 'expired' } },
    ])
  })

  it('refuses silences that match nothing, end in the past or are not there', async () => {
    expect((await silence([], later())).status).toBe(422)
    const past = await silence([{ name: 'a', value: 'b', isRegex: false }], new Date(0))
    expect([past.status, await past.json()]).toEqual([400, expect.stringContaining('in the past')])
    expect((await fetch(`${server.url}/api/v2/silence/none`)).status).toBe(422)
  })
})
