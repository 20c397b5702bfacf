import type { ModalView } from '@slack/web-api'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Setup, setUp } from './support.ts'

/** Slack's documented limits of time and count, with a clock that is moved by hand. */
let at: Setup
let time = Date.now()
beforeAll(async () => {
  at = await setUp({ now: () => time, retryDelaysMs: [10, 10, 10] })
})
beforeEach(() => {
  time += 3_600_000
  at.bot.heard.length = 0
  at.bot.answer = () => ({})
})
afterAll(() => at.stop())

const modal = (more: object = {}): ModalView =>
  ({
    type: 'modal',
    title: { type: 'plain_text', text: 'Why' },
    blocks: [{ type: 'section', text: { type: 'plain_text', text: 'a' } }],
    ...more,
  }) as ModalView

const asked = async () => {
  await at.slack.command('U0ANA', 'C0OPERATIONS', '/bakery roles')
  const form = at.bot.heard.at(-1)?.form
  return { trigger: form?.get('trigger_id') ?? '', url: form?.get('response_url') ?? '' }
}
const respond = (url: string, body: object = { text: 'x' }) =>
  fetch(url, { method: 'POST', body: JSON.stringify(body) })
const errorOf = async (work: Promise<unknown>) => {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  )
  const data = typeof thrown === 'object' && thrown !== null && 'data' in thrown ? thrown.data : null
  return (data as { error?: string } | null)?.error ?? String(thrown)
}

describe('a trigger_id', () => {
  it('is good for three seconds', async () => {
    const { trigger } = await asked()
    time += 3001
    expect(await errorOf(at.client.views.open({ trigger_id: trigger, view: modal() }))).toBe(
      'expired_trigger_id',
    )
  })

  it('is good once', async () => {
    const { trigger } = await asked()
    await at.client.views.open({ trigger_id: trigger, view: modal() })
    expect(await errorOf(at.client.views.open({ trigger_id: trigger, view: modal() }))).toBe(
      'exchanged_trigger_id',
    )
    await at.slack.close('U0ANA', String(at.slack.views('U0ANA').at(-1)?.id))
  })

  it('that nobody gave is none', async () => {
    expect(await errorOf(at.client.views.open({ trigger_id: '1.2', view: modal() }))).toBe(
      'invalid_trigger_id',
    )
  })
})

describe('a view', () => {
  it.each([
    ['a title above 24 characters', { title: { type: 'plain_text', text: 'x'.repeat(25) } }],
    ['a button above 24 characters', { close: { type: 'plain_text', text: 'x'.repeat(25) } }],
    ['private_metadata above 3,000 characters', { private_metadata: 'x'.repeat(3001) }],
    ['a callback_id above 255 characters', { callback_id: 'x'.repeat(256) }],
  ])('is refused with %s', async (_, more) => {
    const { trigger } = await asked()
    expect(await errorOf(at.client.views.open({ trigger_id: trigger, view: modal(more) }))).toBe(
      'invalid_arguments',
    )
  })

  it('is not overwritten by somebody who has seen an older one', async () => {
    const { trigger } = await asked()
    const { view } = await at.client.views.open({ trigger_id: trigger, view: modal() })
    const ids = { view_id: view?.id ?? '', hash: view?.hash ?? '' }
    await at.client.views.update({ ...ids, view: modal() })
    expect(await errorOf(at.client.views.update({ ...ids, view: modal() }))).toBe('hash_conflict')
    await at.slack.close('U0ANA', ids.view_id)
  })

  it('stands on at most two others, and tells when it is closed if it wants to', async () => {
    const { trigger } = await asked()
    await at.client.views.open({ trigger_id: trigger, view: modal({ notify_on_close: true, submit: plain }) })
    const push = { response_action: 'push', view: modal() }
    for (const depth of [2, 3]) {
      at.bot.answer = () => ({ body: push })
      await at.slack.submit('U0ANA', String(at.slack.views('U0ANA').at(-1)?.id), {})
      expect(at.slack.views('U0ANA')).toHaveLength(depth)
    }
    await at.slack.submit('U0ANA', String(at.slack.views('U0ANA').at(-1)?.id), {})
    expect(at.slack.views('U0ANA')).toHaveLength(3)
    at.bot.answer = () => ({})
    for (const view of [...at.slack.views('U0ANA')].reverse()) await at.slack.close('U0ANA', String(view.id))
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({ type: 'view_closed', user: { id: 'U0ANA' } })
  })
})
const plain = { type: 'plain_text', text: 'Send' }

describe('a response_url', () => {
  it('takes five posts, and one a second after a burst', async () => {
    const { url } = await asked()
    const statuses: number[] = []
    for (let post = 0; post < 6; post += 1) {
      statuses.push((await respond(url)).status)
      time += 1000
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404])
  })

  it('ends after thirty minutes', async () => {
    const { url } = await asked()
    time += 30 * 60_000 + 1
    expect((await respond(url)).status).toBe(404)
  })
})

describe('a method that is called too often', () => {
  it.each([
    ['usergroups.list', 20],
    ['chat.update', 50],
    ['users.info', 100],
  ])('%s: %i calls a minute are answered, and the next with 429', async (method, most) => {
    const call = () =>
      fetch(`${at.slack.apiUrl}${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${at.slack.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ user: 'U0ANA', channel: 'C0OPERATIONS', ts: '1.1', text: 'x' }),
      })
    for (let count = 0; count < most; count += 1) expect((await call()).status).toBe(200)
    const refused = await call()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    time += Number(refused.headers.get('retry-after')) * 1000
    expect((await call()).status).toBe(200)
  })

  it('is never so for a message a second and channel', async () => {
    for (let count = 0; count < 8; count += 1) {
      await at.client.chat.postMessage({ channel: 'C0DIGEST', text: `${count}` })
      time += 1000
    }
  })
})

describe('a message', () => {
  it('is cut at 40,000 characters, silently', async () => {
    await at.client.chat.postMessage({ channel: 'C0SECURITY', text: '🥐'.repeat(40_001) })
    const [message] = await at.slack.messages('C0SECURITY')
    expect(Array.from(message?.text ?? '')).toHaveLength(40_000)
  })
})

describe('an event', () => {
  it('comes three times more while it is not taken, each saying why', async () => {
    at.bot.answer = () => ({ status: 500 })
    await at.slack.event({ type: 'app_home_opened', user: 'U0ANA' })
    expect(at.bot.heard.map(({ headers }) => headers['x-slack-retry-num'] ?? '0')).toEqual([
      '0',
      '1',
      '2',
      '3',
    ])
    expect(at.bot.heard.at(-1)?.headers['x-slack-retry-reason']).toBe('http_error')
    expect(new Set(at.bot.heard.map(({ payload }) => payload.event_id)).size).toBe(1)
  })

  it('comes once when the bot says that it wants no retry', async () => {
    at.bot.answer = () => ({ status: 500, headers: { 'x-slack-no-retry': '1' } })
    await at.slack.event({ type: 'app_home_opened', user: 'U0ANA' })
    expect(at.bot.heard).toHaveLength(1)
  })
})

describe('a command and a click', () => {
  it('are never sent again', async () => {
    at.bot.answer = () => ({ status: 500 })
    await at.slack.command('U0ANA', 'C0OPERATIONS', '/bakery help')
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(at.bot.heard).toHaveLength(1)
  })
})

describe('a shortcut', () => {
  it('reaches the bot with a trigger, and on a message with the message and a response_url', async () => {
    await at.slack.shortcut('U0ANA', 'look', null)
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({ type: 'shortcut', callback_id: 'look' })
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'look at me' })
    const message = (await at.slack.messages('C0OPERATIONS')).at(-1)
    await at.slack.shortcut('U0ANA', 'look', message ?? null)
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({
      type: 'message_action',
      message: { text: 'look at me' },
      channel: { id: 'C0OPERATIONS' },
    })
    expect(String(at.bot.heard.at(-1)?.payload.response_url)).toMatch(/^http/)
    await expect(at.slack.shortcut('U0EVE', 'look', message ?? null)).rejects.toThrow('not a member')
  })
})
