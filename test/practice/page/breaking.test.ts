import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Board, createBoard } from '../../../practice/faults/board.ts'
import { FAULTS } from '../../../practice/faults/index.ts'
import { type Page, startPage } from '../../../practice/page/server.ts'
import type { Change } from '../../../practice/slack/state.ts'
import { type Setup, setUp } from '../slack/support.ts'

let at: Setup
let page: Page
let board: Board
/** What happened to the bot's process, which does not exist here. */
const bot = { alive: true, refusesToStart: false }
beforeAll(async () => {
  at = await setUp({ rateLimits: false })
  board = createBoard({
    slack: at.slack,
    platform: null,
    bot: {
      async kill() {
        bot.alive = false
      },
      async start() {
        if (bot.refusesToStart) throw new Error('the port is taken')
        bot.alive = true
      },
    },
    onChange: () => at.slack.state.changed({ type: 'faults' }),
  })
  page = await startPage({ slack: at.slack, board })
})
afterEach(async () => {
  bot.refusesToStart = false
  await board.reset()
})
afterAll(async () => {
  await page.stop()
  await at.stop()
})

const call = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
  const response = await fetch(page.url + path, { method, headers, ...(body === undefined ? {} : { body }) })
  const answer: unknown = await response.json()
  return { status: response.status, body: answer as Record<string, unknown> }
}
const post = (path: string) => call('POST', path)
const faults = async () => {
  const { body } = await call('GET', '/faults')
  return body as unknown as readonly Record<string, unknown>[]
}

describe('what can be broken', () => {
  it('is everything that the issue names', () => {
    expect(FAULTS.map(({ name }) => name).toSorted()).toEqual([
      ...['alert-storm', 'backup-missed', 'bad-deploy', 'blocked-queries', 'bot-killed'],
      ...['certificate-expiring', 'connections-exhausted', 'crash-loop', 'database-stopped'],
      ...['disk-filling', 'flux-stuck', 'image-missing', 'node-lost', 'out-of-memory'],
      ...['queue-without-consumer', 'slack-down', 'slack-slow'],
    ])
  })

  it.each(FAULTS)('$name says what it does, what one should see, and what mending does', (fault) => {
    for (const words of [fault.does, fault.see, fault.mended]) expect(words).toMatch(/^[A-Za-z“].{10,}\.$/)
    expect(fault.title.toLowerCase().replaceAll(' ', '-')).toBe(fault.name)
  })

  it('is listed with its state; without a platform only what needs none', async () => {
    expect((await faults()).map(({ name, broken }) => [name, broken])).toEqual([
      ['slack-slow', false],
      ['slack-down', false],
      ['bot-killed', false],
    ])
    await post('/break/bot-killed')
    const killed = (await faults()).find(({ name }) => name === 'bot-killed')
    expect(killed).toMatchObject({ title: 'Bot killed', group: 'Slack and Bakery itself', broken: true })
    expect(Object.keys(killed ?? {})).toEqual(expect.arrayContaining(['does', 'see', 'mended', 'since']))
  })
})

describe('breaking and mending over HTTP', () => {
  it('breaks it for real, says what one should see, and mends it', async () => {
    const broken = await post('/break/bot-killed')
    expect(broken).toMatchObject({ status: 200, body: { fault: 'bot-killed', broken: true } })
    expect(broken.body.says).toContain('dispatch_failed')
    expect(bot.alive).toBe(false)
    const mended = await post('/mend/bot-killed')
    expect(mended.body).toMatchObject({ fault: 'bot-killed', broken: false })
    expect(mended.body.says).toContain('starts again')
    expect(bot.alive).toBe(true)
  })

  it('says so when it is broken already, or not broken at all, and changes nothing', async () => {
    expect(await post('/mend/slack-down')).toEqual({
      status: 409,
      body: {
        ...{ fault: 'slack-down', broken: false },
        error: 'Slack down is not broken. POST /break/slack-down breaks it.',
      },
    })
    await post('/break/slack-down')
    const again = await post('/break/slack-down')
    expect(again.status).toBe(409)
    expect(again.body.error).toMatch(
      /^Slack down is broken already, since [\d:]{8} UTC\. POST \/mend\/slack-down mends it\.$/,
    )
  })

  it('answers an unknown name with the nearest ones, or with all of them', async () => {
    expect(await post('/break/slack-dwn')).toMatchObject({
      status: 404,
      body: { error: 'There is no fault “slack-dwn”. Did you mean slack-down?' },
    })
    const far = 'There is no fault “%zz”. There are: slack-slow, slack-down, bot-killed.'
    expect((await post('/break/%zz')).body.error).toBe(far)
    expect((await post('/mend')).status).toBe(404)
    expect((await post('/break/slack-down/now')).body.error).toBe('there is no such page')
  })

  it('mends everything at once, and says so when nothing was broken', async () => {
    await post('/break/slack-slow')
    await post('/break/bot-killed')
    expect((await post('/reset')).body).toEqual({
      mended: ['slack-slow', 'bot-killed'],
      says: 'Mended: slack-slow, bot-killed.',
    })
    expect((await post('/reset')).body).toEqual({ mended: [], says: 'Nothing was broken.' })
  })

  it('says what could not be mended, leaves it broken, and mends the rest', async () => {
    await post('/break/slack-slow')
    await post('/break/bot-killed')
    bot.refusesToStart = true
    expect(await post('/reset')).toEqual({
      status: 500,
      body: { mended: ['slack-slow'], error: 'Bot killed could not be mended: the port is taken' },
    })
    expect((await faults()).filter(({ broken }) => broken).map(({ name }) => name)).toEqual(['bot-killed'])
    expect(await post('/mend/bot-killed')).toMatchObject({ status: 500 })
    bot.refusesToStart = false
    expect((await post('/mend/bot-killed')).status).toBe(200)
  })

  it('does one thing after the other when two ask at once', async () => {
    const answers = await Promise.all([post('/break/bot-killed'), post('/break/bot-killed')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  it('tells everybody who looks at the page', async () => {
    const heard: Change[] = []
    const stop = at.slack.subscribe((change) => heard.push(change))
    await post('/break/slack-slow')
    await post('/break/slack-slow')
    stop()
    expect(heard).toEqual([{ type: 'faults' }])
  })

  it('is not broken by looking', async () => {
    expect(await call('GET', '/break/slack-slow')).toEqual({
      status: 405,
      body: { error: 'Expected POST /break/slack-slow.' },
    })
    expect((await call('POST', '/faults')).status).toBe(405)
    expect((await faults()).some(({ broken }) => broken)).toBe(false)
  })
})

describe('who may break something', () => {
  it.each([
    ['another site', { origin: 'http://attacker.example' }, undefined],
    ['a frame without an origin', { origin: 'null' }, undefined],
    ['another site, said by the browser', { 'sec-fetch-site': 'cross-site' }, undefined],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }, undefined],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b'],
    ['a form without a field', { 'content-type': 'application/x-www-form-urlencoded' }, ''],
  ])('not %s', async (_who, headers, body) => {
    expect((await call('POST', '/break/slack-slow', headers, body)).status).toBe(403)
    expect((await faults()).some(({ broken }) => broken)).toBe(false)
  })

  it('the page itself, and a program of this machine', async () => {
    const own = { origin: page.url, 'sec-fetch-site': 'same-origin' }
    expect((await call('POST', '/break/slack-slow', own)).status).toBe(200)
    expect(
      (await call('POST', '/mend/slack-slow', { 'content-type': 'application/json' }, '{}')).status,
    ).toBe(200)
  })

  it('nobody where nothing can be broken', async () => {
    const bare = await startPage({ slack: at.slack })
    const response = await fetch(`${bare.url}/break/slack-slow`, { method: 'POST' })
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: 'Nothing can be broken in this world.' },
    ])
    expect(await (await fetch(`${bare.url}/faults`)).json()).toEqual([])
    await bare.stop()
  })
})
