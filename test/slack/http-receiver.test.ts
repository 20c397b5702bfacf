import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { macOf } from '../../src/slack/signature.ts'
import { type Bot, click, event, interaction, SIGNING_SECRET, slash, startBot, until } from './support/bot.ts'
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts'

let fake: FakeSlack
let bot: Bot

beforeAll(async () => {
  fake = await startFakeSlack()
})
afterAll(() => fake.close())
beforeEach(async () => {
  bot = await startBot({
    apiUrl: fake.apiUrl,
    routes: { '/livez': (_request, response) => void response.end('alive') },
  })
})
afterEach(() => bot.stop())

const json = 'application/json'
const NOW = () => Math.floor(Date.now() / 1000)

describe('what is verified', () => {
  it('acknowledges a slash command with nothing, and then does it', async () => {
    const response = await bot.post(slash('health'))
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(response.headers.get('x-slack-no-retry')).toBe('1')
    await until('it ran', () => bot.intake.ran.length === 1)
    expect(bot.intake.ran[0]).toMatchObject({ surface: 'slash', user: 'U1', channel: 'C1', line: 'health' })
  })

  it('says of another installation’s slash command that it is one', async () => {
    await bot.post(slash('health').replace('%2Fbakery', '%2Fbakery-staging'))
    await until('it was asked', () => bot.intake.asked.length === 1)
    expect(bot.intake.asked[0]).toMatchObject({ line: 'health', misdirected: '/bakery-staging' })
  })

  it('keys a request on its verified MAC', async () => {
    const body = slash('health')
    const timestamp = String(NOW())
    await bot.post(body, { timestamp })
    expect(bot.intake.asked[0]?.replayKeys).toEqual([macOf(SIGNING_SECRET, timestamp, body)])
  })

  it('answers the same signed bytes every time and runs them once', async () => {
    const body = slash('health')
    const timestamp = String(NOW())
    const answers = await Promise.all(Array.from({ length: 20 }, () => bot.post(body, { timestamp })))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    await until('it ran', () => bot.intake.ran.length > 0)
    expect(bot.intake.asked).toHaveLength(20)
    expect(bot.intake.ran).toHaveLength(1)
  })

  it('runs an event once that Slack sends again under a new signature', async () => {
    const body = event({ type: 'channel_archive', channel: 'C1' }, 'Ev42')
    await bot.post(body, { contentType: json, timestamp: String(NOW() - 60) })
    const headers = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' }
    const again = await bot.post(body, { contentType: json, headers })
    expect(again.status).toBe(200)
    await until('it ran', () => bot.intake.ran.length > 0)
    expect(bot.intake.asked).toHaveLength(2)
    expect(bot.intake.ran).toHaveLength(1)
  })

  it('answers Slack’s question whether the URL is ours, when it is signed', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB', token: 'gone' })
    const response = await bot.post(body, { contentType: json })
    expect(await response.json()).toEqual({ challenge: '3eZbrw1aB' })
    const forged = await bot.post(body, { contentType: json, secret: 'another' })
    expect(forged.status).toBe(401)
    expect(await forged.text()).toBe('')
    expect(bot.intake.asked).toHaveLength(0)
  })

  it('answers a certificate check, which Slack does not sign, and does nothing for it', async () => {
    const response = await fetch(`${bot.url}/slack/events`, {
      method: 'POST',
      body: 'ssl_check=1&token=gone',
    })
    expect(response.status).toBe(200)
    const smuggled = await fetch(`${bot.url}/slack/events`, {
      method: 'POST',
      body: `ssl_check=1&token=gone&${slash('health')}`,
    })
    expect(smuggled.status).toBe(401)
    expect((await bot.post('ssl_check=1')).status).toBe(200)
    expect(bot.intake.asked).toHaveLength(0)
  })
})

describe('what is not verified', () => {
  it.each([
    ['forged', { secret: 'another' }],
    ['stale', { timestamp: '1531420618' }],
    ['future', { timestamp: String(Math.floor(Date.now() / 1000) + 3600) }],
    ['malformed-timestamp', { timestamp: 'soon' }],
    ['malformed-signature', { signature: 'v0=abc' }],
  ])('answers 401 without a word, counts it as %s, and asks nobody', async (reason, over) => {
    const response = await bot.post(slash('health'), over)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('')
    expect(bot.intake.asked).toHaveLength(0)
    expect(await bot.metric('bakery_slack_unverified_requests_total')).toEqual({ [reason]: 1 })
  })

  it('refuses a body above 1 MiB, announced or not', async () => {
    const large = 'x'.repeat(1024 * 1024 + 1)
    expect((await bot.post(large)).status).toBe(413)
    const streamed = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(large))
        controller.close()
      },
    })
    const chunked = await fetch(`${bot.url}/slack/events`, {
      method: 'POST',
      body: streamed,
      duplex: 'half',
      headers: { 'x-slack-signature': 'v0=x' },
    } as RequestInit)
    expect(chunked.status).toBe(413)
    expect((await bot.post(`text=${'x'.repeat(1024 * 1024 - 10)}`)).status).toBe(400)
    expect(await bot.metric('bakery_slack_unverified_requests_total')).toEqual({ oversize: 2 })
  })

  it('refuses headers that are there twice', async () => {
    const body = slash('health')
    const timestamp = String(NOW())
    const signature = macOf(SIGNING_SECRET, timestamp, body)
    const head = (extra: string) =>
      `POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n` +
      `x-slack-signature: ${signature}\r\nx-slack-request-timestamp: ${timestamp}\r\n${extra}\r\n${body}`
    expect(await raw(bot.url, head(''))).toContain('HTTP/1.1 200')
    expect(await raw(bot.url, head(`x-slack-signature: ${signature}\r\n`))).toContain('HTTP/1.1 401')
    expect(await raw(bot.url, head(`x-slack-request-timestamp: ${timestamp}\r\n`))).toContain('HTTP/1.1 401')
  })

  it('knows no other path and no other method', async () => {
    expect((await fetch(`${bot.url}/`)).status).toBe(404)
    expect((await fetch(`${bot.url}/slack/events`)).status).toBe(405)
    expect((await fetch(`${bot.url}/constructor`)).status).toBe(404)
    expect((await fetch(`${bot.url}/slack/events/`, { method: 'POST' })).status).toBe(404)
    expect(await (await fetch(`${bot.url}/livez?x=1`)).text()).toBe('alive')
  })
})

describe('what is signed and is not what Slack sends', () => {
  it.each([
    ['', 'application/json'],
    ['{', 'application/json'],
    ['null', 'application/json'],
    ['[]', 'application/json'],
    ['"text"', 'application/json'],
    ['{"type":"event_callback"}', 'application/json'],
    ['{"type":"event_callback","event_id":"E1","event":null}', 'application/json'],
    ['{"type":"nonsense"}', 'application/json'],
    ['', 'application/x-www-form-urlencoded'],
    ['payload=', 'application/x-www-form-urlencoded'],
    ['payload=%7B', 'application/x-www-form-urlencoded'],
    ['payload={}&payload={}', 'application/x-www-form-urlencoded'],
    ['payload={"type":"block_actions"}', 'application/x-www-form-urlencoded'],
    ['command=/bakery', 'application/x-www-form-urlencoded'],
    ['%%%=%', 'application/x-www-form-urlencoded'],
    ['__proto__=1&command=/bakery', 'application/x-www-form-urlencoded'],
  ])('answers 400 to %j as %s, and runs nothing', async (body, contentType) => {
    const response = await bot.post(body, { contentType })
    expect(response.status).toBe(400)
    expect(bot.intake.asked).toHaveLength(0)
  })

  it('answers 400 to a command whose person is there twice, or is no id', async () => {
    expect((await bot.post(`${slash('health')}&user_id=U2`)).status).toBe(400)
    expect((await bot.post(slash('health', { user_id: '<@U1>' }))).status).toBe(400)
    expect(bot.intake.asked).toHaveLength(0)
  })

  it('answers anything at all and stays alive', async () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((value) => `payload=${encodeURIComponent(value)}`),
      fc
        .record(
          { type: fc.constantFrom('block_actions', 'view_submission', 'event_callback', 'shortcut') },
          {},
        )
        .chain((base) => fc.jsonValue().map((value) => JSON.stringify({ ...base, ...Object(value) }))),
      fc.jsonValue().map((inner) => event({ type: 'user_change', user: inner, channel: inner, item: inner })),
    )
    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.constantFrom(json, 'application/x-www-form-urlencoded'),
        async (body, contentType) => {
          expect([200, 400]).toContain((await bot.post(body, { contentType })).status)
        },
      ),
      { numRuns: 500 },
    )
    expect(await (await fetch(`${bot.url}/livez`)).text()).toBe('alive')
  })
})

describe('clicks, submissions, shortcuts and events', () => {
  it('hears a click with its message and its thread', async () => {
    await bot.post(interaction(click()))
    expect(bot.intake.asked[0]).toMatchObject({
      surface: 'button',
      team: 'T1',
      user: 'U1',
      channel: 'C1',
      line: null,
      click: { action: 'refresh', value: '42.0123456789abcdef' },
      source: { messageTs: '1700000000.000100', threadTs: '1700000000.000001' },
      reply: { responseUrl: 'https://hooks.slack.com/actions/T1/1/x', triggerId: '1.2.x' },
    })
    await until('it ran', () => bot.intake.ran.length === 1)
  })

  it('names the person’s own team, not the team of the channel', async () => {
    await bot.post(interaction(click({ user: { id: 'U9', team_id: 'T9' } })))
    expect(bot.intake.asked[0]).toMatchObject({ user: 'U9', team: 'T9', reply: { team: 'T9' } })
  })

  it('hears a click on the home tab and in a modal as such', async () => {
    const inView = (type: string) =>
      click({ channel: undefined, message: undefined, container: {}, view: { id: 'V1', type } })
    await bot.post(interaction(inView('home')))
    await bot.post(interaction(inView('modal')))
    expect(bot.intake.asked.map(({ surface, channel }) => [surface, channel])).toEqual([
      ['home', null],
      ['modal', null],
    ])
  })

  it('hears a choice in a menu by its value', async () => {
    const actions = [{ type: 'static_select', action_id: 'logs', selected_option: { value: '7.aa' } }]
    await bot.post(interaction(click({ actions })))
    expect(bot.intake.asked[0]?.click).toEqual({ action: 'logs', value: '7.aa' })
  })

  it('hears a submission by its callback id and its record', async () => {
    const view = { id: 'V1', type: 'modal', callback_id: 'decide', private_metadata: '42.0123456789abcdef' }
    const payload = { type: 'view_submission', user: { id: 'U1', team_id: 'T1' }, team: { id: 'T1' }, view }
    expect(await (await bot.post(interaction(payload))).text()).toBe('')
    expect(bot.intake.asked[0]).toMatchObject({
      surface: 'modal',
      channel: null,
      click: { action: 'decide', value: '42.0123456789abcdef' },
      source: { viewId: 'V1' },
    })
    await until('it ran', () => bot.intake.ran.length === 1)
  })

  it('hears a shortcut', async () => {
    const payload = {
      type: 'shortcut',
      callback_id: 'menu',
      user: { id: 'U1', team_id: 'T1' },
      team: { id: 'T1' },
    }
    await bot.post(interaction(payload))
    expect(bot.intake.asked[0]).toMatchObject({ surface: 'shortcut', click: { action: 'menu', value: '' } })
    await until('it ran', () => bot.intake.ran.length === 1)
  })

  it('gives a direct message no channel, by its name or by its id', async () => {
    await bot.post(slash('help', { channel_id: 'D1', channel_name: 'directmessage' }))
    await bot.post(slash('help', { channel_id: 'D2', channel_name: 'x' }))
    await bot.post(interaction(click({ channel: { id: 'D1', name: 'directmessage' } })))
    expect(bot.intake.asked.map(({ channel, reply }) => [channel, reply.channel])).toEqual(
      Array(3).fill([null, null]),
    )
  })

  it('forgets a response URL that is not Slack’s', async () => {
    await bot.post(slash('health', { response_url: 'http://169.254.169.254/latest' }))
    await bot.post(slash('health', { response_url: `${fake.origin}/response/x` }))
    expect(bot.intake.asked.map(({ reply }) => reply.responseUrl)).toEqual([
      null,
      `${fake.origin}/response/x`,
    ])
  })

  it('acknowledges a closed modal with nothing', async () => {
    const response = await bot.post(interaction({ type: 'view_closed', view: { id: 'V1' } }))
    expect(response.status).toBe(200)
    expect(bot.intake.asked).toHaveLength(0)
  })

  it('brings what an event says into the mirror, and only once it was recorded', async () => {
    const user = { id: 'U7', team_id: 'T1', name: 'eva', deleted: true }
    await bot.post(event({ type: 'user_change', user }), { contentType: json })
    await until('the mirror knows', () => bot.mirror.users.has('U7'))
    expect(bot.mirror.users.get('U7')).toEqual({ user: 'U7', team: 'T1', name: 'eva', kind: 'deactivated' })
    bot.intake.unrecorded = 'no'
    const restored = { ...user, deleted: false }
    expect(
      (await bot.post(event({ type: 'user_change', user: restored }), { contentType: json })).status,
    ).toBe(503)
    expect(bot.mirror.users.get('U7')?.kind).toBe('deactivated')
  })
})

describe('what cannot be recorded', () => {
  const text = 'Bakery could not write this down.\nNOT_RECORDED · ref 0A1B2C3D'
  const blocks = [
    {
      type: 'section',
      block_id: 'bakery:refusal:0A1B2C3D:1',
      text: { type: 'plain_text', text, emoji: false },
    },
  ]
  beforeEach(() => {
    bot.intake.unrecorded = text
  })

  it('tells who typed a command, for their eyes only', async () => {
    const response = await bot.post(slash('health'))
    expect(await response.json()).toEqual({ response_type: 'ephemeral', text, blocks })
    expect(bot.intake.ran).toHaveLength(0)
    expect(bot.logged).toMatchObject([{ ref: '0A1B2C3D', surface: 'slash' }])
  })

  it('tells who clicked, by the response URL', async () => {
    await bot.post(interaction(click({ response_url: `${fake.origin}/response/clicked` })))
    await until('it was told', () => fake.responses.some(({ path }) => path === '/response/clicked'))
    const told = fake.responses.find(({ path }) => path === '/response/clicked')
    expect(told?.body).toEqual({ response_type: 'ephemeral', replace_original: false, text, blocks })
  })

  it('tells who clicked by an ephemeral message, and without a channel by a direct one', async () => {
    await bot.post(interaction(click({ response_url: undefined, user: { id: 'U51', team_id: 'T1' } })))
    await until('it was told', () => fake.ephemerals.some(({ fields }) => fields.user === 'U51'))
    fake.trouble('chat.postEphemeral', { error: 'not_in_channel' })
    await bot.post(interaction(click({ response_url: undefined, user: { id: 'U52', team_id: 'T1' } })))
    await until('it was told', () => fake.messages.some(({ channel }) => channel === 'D52'))
    expect(fake.messages.find(({ channel }) => channel === 'D52')?.fields.text).toBe(text)
  })

  it('tells who submitted, in the modal', async () => {
    const view = { id: 'V1', callback_id: 'decide', private_metadata: 'x' }
    const payload = { type: 'view_submission', user: { id: 'U1', team_id: 'T1' }, view }
    const answer = (await (await bot.post(interaction(payload))).json()) as {
      response_action: string
      view: unknown
    }
    expect(answer.response_action).toBe('update')
    expect(JSON.stringify(answer.view)).toContain('NOT_RECORDED · ref 0A1B2C3D')
  })

  it('asks Slack to send an event again', async () => {
    const response = await bot.post(event({ type: 'channel_archive', channel: 'C1' }), { contentType: json })
    expect(response.status).toBe(503)
    expect(response.headers.get('x-slack-no-retry')).toBeNull()
  })

  it('tells it with a reference of its own when the intake itself fails', async () => {
    bot.intake.admit = async () => {
      throw new Error('out of order')
    }
    const { text: told } = (await (await bot.post(slash('health'))).json()) as { text: string }
    expect(told).toMatch(/NOT_RECORDED · ref [0-9A-F]{8}$/)
    expect(bot.logged.map(({ msg }) => msg)).toContain('The intake failed to decide about a request')
  })
})

describe('while Slack’s API is away', () => {
  it.each(['hang', 'reset', { status: 500 }, { status: 429, retryAfter: 60 }] as const)(
    'acknowledges and works all the same (%j)',
    async (trouble) => {
      fake.always('*', trouble)
      const away = await startBot({ apiUrl: fake.apiUrl })
      try {
        const response = await away.post(slash('health'))
        expect(response.status).toBe(200)
        await until('it ran', () => away.intake.ran.length === 1)
        expect(away.slack.teamId()).toBeNull()
      } finally {
        fake.always('*', null)
        await away.stop()
      }
    },
  )
})

describe('stopping', () => {
  it('ends what is under way and takes nothing new', async () => {
    let open = () => {}
    bot.intake.gate = new Promise((resolve) => {
      open = resolve
    })
    await bot.post(slash('health'))
    const stopped = bot.slack.stop(5_000)
    await until('it takes nothing new', async () => {
      const answered = await bot.post(slash('health')).catch(() => null)
      return answered === null
    })
    expect(bot.intake.ran).toHaveLength(0)
    open()
    await stopped
    expect(bot.intake.ran.length).toBeGreaterThan(0)
  })

  it('does not wait longer than it may', async () => {
    bot.intake.gate = new Promise(() => {})
    await bot.post(slash('health'))
    await bot.slack.stop(50)
    expect(bot.intake.ran).toHaveLength(0)
  })
})

/** Sends bytes as they are, and gives back what came. */
function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}
