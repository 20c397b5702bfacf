import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type Journey, post, signForm, slashForm, startJourney } from './support.ts'

let journey: Journey
beforeAll(async () => {
  journey = await startJourney()
})
afterAll(() => journey?.stop())

const ask = (text: string) =>
  signForm(journey.signingSecret, slashForm({ user: 'U0MARCO', channel: 'C0OPERATIONS', text }))
const requests = (command: string) => journey.audit(`kind = 'request' AND command = '${command}'`)
const messages = async (command: string) =>
  (await journey.slack.messages('C0OPERATIONS')).filter(({ text }) => text.includes(command))

describe('the same signed bytes', () => {
  it('have one effect: sent to two processes, and again after both were restarted', async () => {
    const { world } = journey
    const replica = await world.startReplica()
    const first = world.bot
    const request = ask('jobs list')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        post(index % 2 ? first.eventsUrl : replica.eventsUrl, request),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await eventually(
      async () => (await journey.audit(`kind = 'outcome' AND command = 'jobs list'`)).length > 0,
    )
    await Promise.all([first.stop(), replica.stop()])
    await world.restartBot()
    const again = await world.startReplica()
    for (const bot of [world.bot, again]) expect((await post(bot.eventsUrl, request)).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await requests('jobs list')).toHaveLength(1)
    expect(await journey.audit(`kind = 'outcome' AND command = 'jobs list'`)).toHaveLength(1)
    const posted = journey.slack
      .calls('chat.postMessage')
      .filter(({ body }) => JSON.stringify(body).includes('morning-health'))
    expect(posted.length).toBeLessThanOrEqual(1)
    await again.stop()
  }, 60_000)

  it('are refused when they are old, from the future, or changed by a byte, and leave no row', async () => {
    const { eventsUrl } = journey.world.bot
    const now = Math.floor(Date.now() / 1000)
    const form = slashForm({ user: 'U0MARCO', channel: 'C0OPERATIONS', text: 'policy' })
    const sign = (at: number) => signForm(journey.signingSecret, form, at)
    const good = sign(now)
    const bad = [
      sign(now - 301 - 5),
      sign(now + 301 + 5),
      { ...good, body: good.body.replace('policy', 'whoami') },
      {
        ...good,
        headers: {
          ...good.headers,
          'x-slack-signature': good.headers['x-slack-signature']?.slice(0, -1) ?? '',
        },
      },
      { ...good, headers: { ...good.headers, 'x-slack-request-timestamp': `${now}.0` } },
      signForm('another secret', form),
    ]
    for (const request of bad) expect((await post(eventsUrl, request)).status).toBe(401)
    expect(await requests('policy')).toEqual([])
    expect(await (await fetch(`${journey.world.bot.url}/metrics`)).text()).toMatch(
      /bakery_slack_unverified_requests_total\{reason="[a-z_ -]+"\} \d/,
    )
  })

  it('of an event have one effect although Slack signs its retries anew', async () => {
    const event = (retry: number) => {
      const body = JSON.stringify({
        type: 'event_callback',
        event_id: 'Ev0RETRIED',
        team_id: 'T0BAKERY',
        event: {
          type: 'user_change',
          user: { id: 'U0VERA', team_id: 'T0BAKERY', name: 'vera' },
          event_ts: '1.1',
        },
      })
      const at = Math.floor(Date.now() / 1000) - retry
      const { headers } = signForm(journey.signingSecret, {}, at)
      return { body, headers: { ...headers, 'content-type': 'application/json' }, at }
    }
    const { signature } = await import('../../practice/slack/deliver.ts')
    for (const retry of [0, 1, 2]) {
      const { body, headers, at } = event(retry)
      const signed = { ...headers, 'x-slack-signature': signature(journey.signingSecret, String(at), body) }
      expect((await post(journey.world.bot.eventsUrl, { body, headers: signed })).status).toBe(200)
    }
    expect(
      await journey.audit(`kind = 'request' AND surface = 'event' AND actor LIKE '%U0VERA%'`),
    ).toHaveLength(1)
    expect(await messages('user_change')).toEqual([])
  })
})
