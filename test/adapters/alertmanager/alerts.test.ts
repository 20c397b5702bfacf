import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAlertReader } from '../../../src/adapters/alertmanager/alerts.ts'
import { dependencyError } from '../../support/expect-error.ts'
import { describeWith, findProgram } from '../../support/programs.ts'
import { freePort, type Server, startAlertmanager } from '../../support/servers.ts'
import { sendJson, sendPage, startWeb, type WebStandIn } from '../../support/web.ts'

const soon = () => AbortSignal.timeout(5_000)

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return response.headers.get('content-length') === '0' ? null : response.json()
}

describeWith(
  { 'prometheus-alertmanager': findProgram('prometheus-alertmanager') !== null },
  'a real Alertmanager',
  () => {
    let server: Server
    beforeAll(async () => {
      server = await startAlertmanager()
    })
    afterAll(() => server.stop())

    const alerts = () => createAlertReader({ address: server.url }).alerts(soon())

    it('holds no alert at first, which is an empty list', async () => {
      expect(await alerts()).toEqual([])
    })

    it('gives the alerts that were sent to it, with what they lack filled in', async () => {
      const startsAt = '2026-11-22T10:00:00.000Z'
      const labels = { alertname: 'KubePodCrashLooping', severity: 'warning', pod: 'orders-service-1' }
      const annotations = { summary: 'Pod restarts', runbook_url: 'https://runbooks.example/crash' }
      await post(`${server.url}/api/v2/alerts`, [
        { labels, annotations, startsAt },
        { labels: { alertname: 'Bare' }, startsAt },
        { labels: { job: 'nameless' }, annotations: { description: 'Only described' }, startsAt },
      ])
      const found = (await alerts()).toSorted((a, b) => a.name.localeCompare(b.name))
      expect(found).toMatchObject([
        { name: 'Bare', severity: 'none', summary: '', runbookUrl: null, silencedBy: [], inhibitedBy: [] },
        {
          name: 'KubePodCrashLooping',
          severity: 'warning',
          labels,
          summary: 'Pod restarts',
          runbookUrl: 'https://runbooks.example/crash',
          startsAt: new Date(startsAt),
        },
        { name: 'unnamed', severity: 'none', summary: 'Only described' },
      ])
      expect(Object.isFrozen(found[0]?.labels)).toBe(true)
    })

    it('gives silenced alerts as well, and says what silences them', async () => {
      await post(`${server.url}/api/v2/alerts`, [{ labels: { alertname: 'Quiet', severity: 'critical' } }])
      const silence = await post(`${server.url}/api/v2/silences`, {
        matchers: [{ name: 'alertname', value: 'Quiet', isRegex: false, isEqual: true }],
        startsAt: new Date(Date.now() - 1_000).toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'test',
        comment: 'known',
      })
      const quiet = async () => (await alerts()).find(({ name }) => name === 'Quiet')
      await expect.poll(quiet, { timeout: 10_000 }).toMatchObject({ state: 'suppressed' })
      expect((await quiet())?.silencedBy).toEqual([(silence as { silenceID: string }).silenceID])
    })
  },
)

describe('an Alertmanager that is not well', () => {
  let server: WebStandIn | undefined
  afterEach(() => server?.stop())
  const alerts = () => createAlertReader({ address: server?.url ?? '' }).alerts(soon())

  it('is not there', async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    const error = await dependencyError(createAlertReader({ address }).alerts(soon()))
    expect(error.message).toBe(`Alertmanager at ${address} refused the connection`)
  })

  it('lives under another prefix', async () => {
    server = await startWeb((_, response) => response.writeHead(404).end('404 page not found\n'))
    expect((await dependencyError(alerts())).message).toBe(
      `Alertmanager at ${server.url} has nothing at /api/v2/alerts (404 Not Found): is its address right, with the prefix of its paths?`,
    )
  })

  it('is another system at that address', async () => {
    server = await startWeb((_, response) => sendPage(response))
    expect((await dependencyError(alerts())).message).toContain(
      'answered 200 with text/html where JSON was expected',
    )
  })

  it('says why it refuses, in its own words', async () => {
    server = await startWeb((_, response) => sendJson(response, 'bad matcher format:\n x', 400))
    expect((await dependencyError(alerts())).message).toBe(
      `Alertmanager at ${server.url} answered 400 Bad Request: bad matcher format: x`,
    )
  })

  it('is older than mutedBy, or newer', async () => {
    const alert = {
      labels: { alertname: 'A' },
      startsAt: '2026-11-22T10:00:00.000Z',
      fingerprint: 'b1c2',
      status: { state: 'suppressed', silencedBy: [], inhibitedBy: ['a0'], mutedBy: ['night'] },
    }
    server = await startWeb((_, response) => sendJson(response, [alert]))
    expect(await alerts()).toMatchObject([{ state: 'suppressed', inhibitedBy: ['a0'] }])
  })
})
