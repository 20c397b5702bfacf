import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutboxItem } from '../../src/core/ports/outbox.ts'
import { type Bot, startBot, until } from './support/bot.ts'
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts'

let fake: FakeSlack
let bot: Bot

beforeEach(async () => {
  fake = await startFakeSlack()
  bot = await startBot({ apiUrl: fake.apiUrl })
})
afterEach(async () => {
  await bot.stop()
  await fake.close()
})

const inChannel = (channel = 'C1', threadTs: string | null = null) =>
  ({ to: 'channel', channel, threadTs }) as const
const person = { to: 'person', user: 'U1', threadTs: null } as const
const requester = (over = {}): OutboxItem['destination'] => ({
  to: 'requester',
  channel: 'C1',
  user: 'U1',
  responseUrl: `${fake.origin}/response/1`,
  ...over,
})
const inC1 = () => fake.messages.filter(({ channel }) => channel === 'C1')

describe('a message', () => {
  it('is posted with its outbox id, sealed blocks, and nothing that Slack would add', async () => {
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    expect(fake.messages[0]?.fields).toMatchObject({
      channel: 'C1',
      text: 'auth-db runs 1 of 1 replicas.',
      metadata: { event_type: 'bakery_result', event_payload: { outbox: 'o1' } },
      unfurl_links: 'false',
      unfurl_media: 'false',
      link_names: 'false',
    })
    expect(fake.messages[0]?.fields.blocks).toMatchObject([{ block_id: 'bakery:result:o1:1' }])
    expect(bot.outbox.kept('o1').where).toEqual({ channel: 'C1', ts: fake.messages[0]?.ts })
  })

  it('goes into a thread, and to a person in their own conversation', async () => {
    bot.outbox.add({ id: 'o1', destination: inChannel('C1', '1700000000.000100') })
    bot.outbox.add({ id: 'o2', destination: person })
    await bot.outbox.settled('sent')
    expect(fake.messages.map(({ channel, threadTs }) => [channel, threadTs]).toSorted()).toEqual([
      ['C1', '1700000000.000100'],
      ['D1', null],
    ])
    expect(bot.outbox.kept('o2').where?.channel).toBe('D1')
  })

  it('opens a person’s conversation once for many messages', async () => {
    bot.outbox.add({ id: 'o1', destination: person })
    await bot.outbox.settled('sent')
    bot.outbox.add({ id: 'o2', destination: person })
    await bot.outbox.settled('sent')
    expect(fake.callsOf('conversations.open')).toHaveLength(1)
  })

  it('replaces the message that it updates', async () => {
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    const ts = fake.messages[0]?.ts ?? ''
    bot.outbox.add({ id: 'o2', text: 'auth-db is back.', destination: { to: 'update', channel: 'C1', ts } })
    await bot.outbox.settled('sent')
    expect(fake.messages).toHaveLength(1)
    expect(fake.messages[0]?.fields.text).toBe('auth-db is back.')
  })

  it('brings its files into its thread', async () => {
    const files = [{ name: 'health.json', title: 'Health', content: '{}' }]
    bot.outbox.add({ id: 'o1', destination: inChannel(), files })
    await bot.outbox.settled('sent')
    expect(fake.callsOf('files.getUploadURLExternal')[0]?.fields).toMatchObject({
      filename: 'health.json',
      length: '2',
    })
    expect(fake.callsOf('files.completeUploadExternal')[0]?.fields).toEqual({
      files: [{ id: 'F-health.json', title: 'Health' }],
      channel_id: 'C1',
      thread_ts: fake.messages[0]?.ts,
    })
  })

  it('says that it is Bakery', async () => {
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    expect(fake.agents).toEqual(new Set(['bakery']))
  })
})

describe('an outcome that was not seen', () => {
  it.each(['done-then-reset', 'done-then-500'] as const)(
    'is found in the channel’s history, and the message is not sent twice (%s)',
    async (trouble) => {
      fake.trouble('chat.postMessage', trouble)
      bot.outbox.add({ id: 'o1', destination: inChannel() })
      await bot.outbox.settled('sent')
      expect(inC1()).toHaveLength(1)
      expect(fake.callsOf('conversations.history')[0]?.fields).toMatchObject({ include_all_metadata: 'true' })
      expect(bot.outbox.kept('o1').where).toEqual({ channel: 'C1', ts: inC1()[0]?.ts })
    },
  )

  it.each(['reset', { status: 503 }, { error: 'fatal_error' }, { status: 200, body: '<html>' }] as const)(
    'is looked for, and the message is sent when it is not there (%j)',
    async (trouble) => {
      fake.trouble('chat.postMessage', trouble)
      bot.outbox.add({ id: 'o1', destination: inChannel() })
      await bot.outbox.settled('sent')
      expect(inC1()).toHaveLength(1)
      expect(fake.callsOf('conversations.history')).toHaveLength(1)
    },
  )

  it('is looked for in the thread when the message belongs there', async () => {
    fake.trouble('chat.postMessage', 'done-then-reset')
    bot.outbox.add({ id: 'o1', destination: inChannel('C1', '1700000000.000100') })
    await bot.outbox.settled('sent')
    expect(inC1()).toHaveLength(1)
    expect(fake.callsOf('conversations.replies')[0]?.fields).toMatchObject({ ts: '1700000000.000100' })
  })

  it('is not resent while the history cannot be read', async () => {
    fake.trouble('chat.postMessage', 'done-then-reset')
    fake.trouble('conversations.history', { status: 500 }, { status: 429, retryAfter: 1 }, 'reset')
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    expect(inC1()).toHaveLength(1)
    expect(fake.callsOf('chat.postMessage')).toHaveLength(1)
  })

  it('of a Slack that does not answer is over well before the message’s lease', async () => {
    const hurried = await startBot({ apiUrl: fake.apiUrl, leaseSeconds: 1 })
    try {
      fake.trouble('chat.postMessage', 'hang')
      hurried.outbox.add({ id: 'o1', destination: inChannel() })
      await hurried.outbox.settled('sent')
      expect(inC1()).toHaveLength(1)
      expect(hurried.outbox.kept('o1').reasons).toHaveLength(1)
    } finally {
      await hurried.stop()
    }
  })

  it('of an update is simply tried again', async () => {
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    fake.trouble('chat.update', 'done-then-reset', { status: 500 })
    const ts = fake.messages[0]?.ts ?? ''
    bot.outbox.add({ id: 'o2', destination: { to: 'update', channel: 'C1', ts } })
    await bot.outbox.settled('sent')
    expect(fake.callsOf('chat.update')).toHaveLength(3)
    expect(fake.callsOf('conversations.history')).toHaveLength(0)
  })

  it('of sharing files leaves one message and each file once', async () => {
    const files = [
      { name: 'a.txt', title: 'A', content: 'a' },
      { name: 'b.txt', title: 'B', content: '' },
    ]
    fake.trouble('files.completeUploadExternal', 'done-then-reset')
    bot.outbox.add({ id: 'o1', destination: inChannel(), files })
    await bot.outbox.settled('sent')
    expect(fake.callsOf('chat.postMessage')).toHaveLength(1)
    expect(fake.messages.flatMap((message) => message.files.map(({ name }) => name)).toSorted()).toEqual([
      'a.txt',
      'b.txt',
    ])
  })
})

describe('what Slack refuses', () => {
  it('is sent as plain text when Slack takes no block of it, under the same block id', async () => {
    fake.trouble('chat.postMessage', { error: 'invalid_blocks' })
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    expect(inC1()[0]?.fields.blocks).toEqual([
      {
        type: 'section',
        block_id: 'bakery:result:o1:1',
        text: { type: 'plain_text', text: 'auth-db runs 1 of 1 replicas.' },
      },
    ])
    expect(inC1()[0]?.fields.metadata).toMatchObject({ event_payload: { outbox: 'o1' } })
  })

  it('is kept and not tried again when even the plain text is refused', async () => {
    fake.always('chat.postMessage', { error: 'invalid_blocks' })
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('failed')
    expect(fake.callsOf('chat.postMessage')).toHaveLength(2)
    expect(bot.outbox.kept('o1').reasons).toEqual(['invalid_blocks'])
  })

  it.each(['channel_not_found', 'not_in_channel', 'is_archived'])('is not tried again: %s', async (error) => {
    fake.trouble('chat.postMessage', { error })
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('failed')
    expect(fake.callsOf('chat.postMessage')).toHaveLength(1)
  })

  it.each(['channel_not_found', 'not_in_channel', 'is_archived'])(
    'becomes a direct message to who asked, when somebody did: %s',
    async (error) => {
      fake.trouble('chat.postMessage', { error })
      bot.outbox.add({ id: 'o1', destination: { ...inChannel(), asker: 'U1' } })
      await bot.outbox.settled('sent')
      expect(fake.messages.map(({ channel }) => channel)).toEqual(['D1'])
    },
  )

  it('waits while Slack refuses the token, and goes when it is mended', async () => {
    fake.trouble('chat.postMessage', { error: 'invalid_auth' }, { error: 'missing_scope' })
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    expect(inC1()).toHaveLength(1)
  })

  it('waits with a code that nobody has listed', async () => {
    fake.trouble('chat.postMessage', { error: 'brand_new_reason' })
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    expect(bot.outbox.kept('o1').reasons).toEqual(['brand_new_reason'])
  })
})

describe('what only the requester sees', () => {
  it('goes by the response URL, without replacing anything', async () => {
    bot.outbox.add({ id: 'o1', destination: requester() })
    await bot.outbox.settled('sent')
    expect(fake.responses[0]?.body).toMatchObject({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'auth-db runs 1 of 1 replicas.',
      metadata: { event_payload: { outbox: 'o1' } },
    })
    expect(bot.outbox.kept('o1').where).toEqual({ channel: 'C1', ts: null })
  })

  it('goes by an ephemeral message when there is no response URL, or Slack says that it is used up', async () => {
    bot.outbox.add({ id: 'o1', destination: requester({ responseUrl: null }) })
    fake.trouble('response', { status: 404, body: '{"ok":false,"error":"used_url"}' })
    bot.outbox.add({ id: 'o2', destination: requester() })
    await bot.outbox.settled('sent')
    expect(fake.ephemerals.map(({ fields }) => [fields.channel, fields.user])).toEqual([
      ['C1', 'U1'],
      ['C1', 'U1'],
    ])
  })

  it('goes by an ephemeral message when the response URL is older than half an hour or has had five posts', async () => {
    const old = new Date(Date.now() - 31 * 60_000)
    bot.outbox.add({ id: 'old', destination: requester(), createdAt: old })
    await bot.outbox.settled('sent')
    expect(fake.responses).toHaveLength(0)
    for (const id of ['1', '2', '3', '4', '5', '6']) {
      bot.outbox.add({ id, destination: requester() })
      await bot.outbox.settled('sent')
    }
    expect(fake.responses).toHaveLength(5)
    expect(fake.ephemerals).toHaveLength(2)
  })

  it('never goes to a response URL that is not Slack’s', async () => {
    bot.outbox.add({ id: 'o1', destination: requester({ responseUrl: 'http://127.0.0.1:9/x' }) })
    await bot.outbox.settled('sent')
    expect(fake.ephemerals).toHaveLength(1)
  })

  it.each(['not_in_channel', 'channel_not_found', 'user_not_in_channel', 'is_archived'])(
    'becomes a direct message when the channel cannot be used: %s',
    async (error) => {
      fake.trouble('chat.postEphemeral', { error })
      bot.outbox.add({ id: 'o1', destination: requester({ responseUrl: null }) })
      await bot.outbox.settled('sent')
      expect(fake.messages.map(({ channel }) => channel)).toEqual(['D1'])
    },
  )

  it('becomes a direct message where there is neither a channel nor a response URL', async () => {
    bot.outbox.add({ id: 'o1', destination: requester({ responseUrl: null, channel: null }) })
    await bot.outbox.settled('sent')
    expect(fake.messages.map(({ channel }) => channel)).toEqual(['D1'])
  })

  it.each([['response'], ['chat.postEphemeral']])(
    'is tried once, and becomes a direct message when the outcome was not seen: %s',
    async (method) => {
      fake.trouble(method, 'reset')
      bot.outbox.add({
        id: 'o1',
        destination: method === 'response' ? requester() : requester({ responseUrl: null }),
      })
      await bot.outbox.settled('sent')
      expect(fake.callsOf(method)).toHaveLength(1)
      expect(fake.messages.map(({ channel }) => channel)).toEqual(['D1'])
    },
  )

  it('becomes a direct message when an earlier process did not see the outcome', async () => {
    bot.outbox.add({ id: 'o1', destination: requester(), unknownSince: new Date() })
    await bot.outbox.settled('sent')
    expect(fake.responses).toHaveLength(0)
    expect(fake.messages.map(({ channel }) => channel)).toEqual(['D1'])
  })

  it('is sent as plain text when Slack takes no block of it', async () => {
    fake.trouble('response', { status: 400, body: 'invalid_blocks' })
    bot.outbox.add({ id: 'o1', destination: requester() })
    await bot.outbox.settled('sent')
    expect(fake.responses[0]?.body.blocks).toMatchObject([{ text: { type: 'plain_text' } }])
  })

  it('brings its files in the direct conversation', async () => {
    const files = [{ name: 'orders.log', title: 'Logs', content: 'line' }]
    bot.outbox.add({ id: 'o1', destination: requester(), files })
    await bot.outbox.settled('sent')
    expect(fake.callsOf('files.completeUploadExternal')[0]?.fields).toMatchObject({ channel_id: 'D1' })
    expect(fake.responses).toHaveLength(1)
  })
})

describe('a limit of Slack’s', () => {
  it('on one channel holds up only that channel', async () => {
    fake.trouble('chat.postMessage', { status: 429, retryAfter: 20 })
    bot.outbox.add({ id: 'o1', destination: inChannel('C1') })
    await until('it met the limit', () => bot.outbox.pauses.length === 1)
    bot.outbox.add({ id: 'o2', destination: inChannel('C2') })
    await until('the other was sent', () => bot.outbox.kept('o2').state === 'sent')
    expect(bot.outbox.kept('o1').state).toBe('waiting')
    expect(bot.outbox.pauses).toEqual([{ channel: 'C1', forMs: 20_000 }])
    await bot.outbox.settled('sent')
    expect(inC1()).toHaveLength(1)
  })

  it('without a time waits all the same', async () => {
    fake.trouble('chat.postMessage', { status: 429 })
    bot.outbox.add({ id: 'o1', destination: inChannel('C1') })
    await bot.outbox.settled('sent')
    expect(bot.outbox.pauses).toEqual([{ channel: 'C1', forMs: 30_000 }])
  })

  it('on one method is not asked about again before its time, and holds up no other method', async () => {
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await bot.outbox.settled('sent')
    const ts = fake.messages[0]?.ts ?? ''
    fake.trouble('chat.update', { status: 429, retryAfter: 1 })
    for (const id of ['u1', 'u2', 'u3'])
      bot.outbox.add({ id, destination: { to: 'update', channel: 'C1', ts } })
    bot.outbox.add({ id: 'o2', destination: inChannel() })
    await until('the message went', () => bot.outbox.kept('o2').state === 'sent')
    expect(fake.callsOf('chat.update').length).toBeLessThanOrEqual(3)
    await bot.outbox.settled('sent')
    expect(bot.outbox.pauses).toEqual([])
  })
})

describe('while Slack is away', () => {
  it('keeps everything, says so once, and delivers all of it when Slack is back', async () => {
    fake.always('*', { status: 503 })
    for (let count = 0; count < 60; count += 1) {
      bot.outbox.add({ id: `o${count}`, destination: inChannel(`C${count}`) })
    }
    await until('it is noticed', () => bot.outbox.pauses.some(({ channel }) => channel === null))
    await until('several rounds went by', () => bot.outbox.pauses.length >= 6)
    expect(fake.messages).toHaveLength(0)
    const said = bot.logged.filter(({ msg }) => msg === 'Slack takes no messages: they wait in the outbox')
    expect(said).toHaveLength(1)
    fake.always('*', null)
    await bot.outbox.settled('sent')
    expect(new Set(fake.messages.map(({ channel }) => channel)).size).toBe(60)
    expect(fake.messages).toHaveLength(60)
  })

  it('does not hold up others for one message that Slack fails on', async () => {
    fake.answer('chat.postMessage', (fields) => {
      if (fields.channel === 'C666') return { ok: false, error: 'internal_error' }
      fake.messages.push({ channel: String(fields.channel), ts: '1.2', threadTs: null, fields, files: [] })
      return { ok: true, channel: fields.channel, ts: '1.2' }
    })
    bot.outbox.add({ id: 'poison', destination: inChannel('C666') })
    for (let count = 0; count < 20; count += 1) {
      bot.outbox.add({ id: `o${count}`, destination: inChannel(`C${count}`) })
      await until('it was sent', () => bot.outbox.kept(`o${count}`).state === 'sent')
    }
    expect(bot.outbox.pauses).toEqual([])
  })
})

describe('while Bakery’s own database is away', () => {
  it('goes on when it is back, and does not send again what was sent', async () => {
    bot.outbox.broken = true
    bot.outbox.add({ id: 'o1', destination: inChannel() })
    await until('it is noticed', () =>
      bot.logged.some(({ msg }) => msg.startsWith('The outbox cannot be read')),
    )
    bot.outbox.broken = false
    await bot.outbox.settled('sent')
    expect(inC1()).toHaveLength(1)
  })
})

describe('several channels', () => {
  it('are served at the same time: one that hangs holds up no other', async () => {
    fake.trouble('chat.postMessage', 'hang')
    bot.outbox.add({ id: 'slow', destination: inChannel('C0') })
    await until('it hangs', () => fake.callsOf('chat.postMessage').length === 1)
    for (let count = 1; count <= 10; count += 1) {
      bot.outbox.add({ id: `o${count}`, destination: inChannel(`C${count}`) })
    }
    await until('the others were sent', () => fake.messages.length === 10)
    expect(bot.outbox.kept('slow').state).toBe('claimed')
  })
})
