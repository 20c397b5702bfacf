import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OutboxItem } from '../../src/core/ports/outbox.ts'
import type { Destination, OutgoingMessage } from '../../src/core/ports/records.ts'
import { outboxIdOf } from '../../src/store/messages.ts'
import type { Store } from '../../src/store/store.ts'
import { answer, done, message, type Opened, open, received } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
beforeEach(async () => {
  await opened.reset()
})
afterAll(() => opened.close())

async function put(...messages: OutgoingMessage[]): Promise<void> {
  await opened.store.journal.finish(await received(opened.store), done, messages)
}
/** As if a second had passed for every channel. */
const later = () => opened.admin.query(`UPDATE outbox_channel SET next_at = '-infinity' WHERE bucket <> '*'`)
const texts = (items: readonly OutboxItem[]) => items.map(({ text }) => text)
const state = async (text: string) =>
  (await opened.admin.query('SELECT state FROM outbox WHERE text = $1', [text])).rows.map((row) => row.state)
const C1 = { to: 'channel', channel: 'C1' } as const

/** Sends everything that may be sent, as Slack would take it, until nothing is left. */
async function drain(store: Store = opened.store): Promise<OutboxItem[]> {
  const sent: OutboxItem[] = []
  while (true) {
    await later()
    const items = await store.outbox.claim(100)
    if (items.length === 0) return sent
    for (const item of items) {
      sent.push(item)
      const { destination } = item
      const channel = 'channel' in destination ? (destination.channel ?? 'D1') : 'D1'
      await store.outbox.sent(item.id, { channel, ts: `${sent.length}.0` })
    }
  }
}

describe('claiming messages', () => {
  it('gives one of a channel and second, over all processes', async () => {
    const stores = [opened.store, await opened.another(), await opened.another()]
    for (let index = 0; index < 3; index += 1) {
      await put(message(`a${index}`), message(`b${index}`, { to: 'channel', channel: 'C2' }))
    }
    const claims = await Promise.all([...stores, ...stores].map((store) => store.outbox.claim(10)))
    const claimed = claims.flat().map(({ destination }) => 'channel' in destination && destination.channel)
    expect(claimed.sort()).toEqual(['C1', 'C2'])
    expect(await opened.store.outbox.claim(10)).toEqual([])
    const next = await opened.store.outbox.nextInMs()
    expect(next).toBeGreaterThan(0)
    expect(next).toBeLessThanOrEqual(1000)
  })

  it('gives the most important first, and of equals the oldest', async () => {
    await put(message('thread', C1, { priority: 7 }), message('digest', C1, { priority: 5 }))
    await put(message('answer', C1, { priority: 2 }))
    await put(message('answer too', C1, { priority: 2 }), message('approval', C1, { priority: 0 }))
    expect(texts(await drain())).toEqual(['approval', 'answer', 'answer too', 'digest', 'thread'])
  })

  it('keeps to the limit', async () => {
    for (const channel of ['C1', 'C2', 'C3']) await put(message(channel, { to: 'channel', channel }))
    expect(await opened.store.outbox.claim(2)).toHaveLength(2)
    expect(await opened.store.outbox.claim(2)).toHaveLength(1)
  })

  it('does not let people wait for each other in one channel', async () => {
    const to = (user: string): Destination => ({
      to: 'requester',
      channel: 'C1',
      user,
      responseUrl: 'https://x',
    })
    await put(
      message('for Bob', to('UBOB')),
      message('for Eve', to('UEVE')),
      message('for Bob too', to('UBOB')),
    )
    expect(texts(await opened.store.outbox.claim(10)).sort()).toEqual(['for Bob', 'for Eve'])
  })

  it('says that nothing waits', async () => {
    expect(await opened.store.outbox.nextInMs()).toBeNull()
    await put(message('x'))
    expect(await opened.store.outbox.nextInMs()).toBe(0)
    await drain()
    expect(await opened.store.outbox.nextInMs()).toBeNull()
  })

  it('carries what was sealed', async () => {
    await put(message('hello & <all>'))
    const [item] = await opened.store.outbox.claim(1)
    expect(item).toMatchObject({
      ...{ kind: 'health', text: 'hello &amp; &lt;all&gt;', attempts: 1, unknownSince: null, files: [] },
      destination: { to: 'channel', channel: 'C1', threadTs: null },
      blocks: [{ type: 'section', block_id: `bakery:health:${item!.id}:1` }],
    })
  })
})

describe('a thread', () => {
  const threaded = (to: Destination) => {
    const said = message('root', to, { key: 'k' })
    return {
      ...said,
      answer: answer('root', { thread: ['one', 'two', 'three'].map((text) => answer(text)) }),
    }
  }

  it('waits for its root, and keeps its order under it', async () => {
    await put(threaded(C1))
    expect(texts(await opened.store.outbox.claim(10))).toEqual(['root'])
    await later()
    expect(await opened.store.outbox.claim(10)).toEqual([])
    await opened.store.outbox.sent(outboxIdOf('k'), { channel: 'C1', ts: '17.5' })
    const sent = await drain()
    expect(texts(sent)).toEqual(['one', 'two', 'three'])
    for (const { destination } of sent) expect(destination).toEqual({ ...C1, threadTs: '17.5' })
  })

  it('does not overtake a message of it that has to be tried again', async () => {
    await put(threaded(C1))
    await opened.store.outbox.claim(1)
    await opened.store.outbox.sent(outboxIdOf('k'), { channel: 'C1', ts: '17.5' })
    await later()
    const [one] = await opened.store.outbox.claim(1)
    await opened.store.outbox.again(one!.id, 60_000, 'HTTP 500')
    await later()
    expect(await opened.store.outbox.claim(10)).toEqual([])
  })

  it('stays in the thread that its root stands in', async () => {
    await put(threaded({ ...C1, threadTs: '9.9' }))
    const sent = await drain()
    for (const { destination } of sent) expect(destination).toEqual({ ...C1, threadTs: '9.9' })
  })

  it('follows its root into a direct message', async () => {
    await put(threaded({ to: 'requester', channel: 'C1', user: 'UBOB', responseUrl: null }))
    const [root] = await opened.store.outbox.claim(1)
    await opened.store.outbox.redirect(root!.id, 'UBOB')
    const [again] = await opened.store.outbox.claim(1)
    expect(again).toMatchObject({ id: root!.id, destination: { to: 'person', user: 'UBOB', threadTs: null } })
    await opened.store.outbox.sent(root!.id, { channel: 'D1', ts: '3.3' })
    for (const { destination } of await drain()) {
      expect(destination).toEqual({ to: 'person', user: 'UBOB', threadTs: '3.3' })
    }
  })

  it('is given up with its root', async () => {
    await put(threaded(C1))
    const [root] = await opened.store.outbox.claim(1)
    await opened.store.outbox.failed(root!.id, 'channel_not_found')
    expect(await drain()).toEqual([])
    expect(await state('two')).toEqual(['failed'])
    expect(await opened.store.outbox.nextInMs()).toBeNull()
  })
})

describe('updates of a message', () => {
  const of = outboxIdOf('original')
  const update = (text: string) => message(text, { to: 'update', of })

  it('wait for it, and only the newest goes', async () => {
    await put(message('original', C1, { key: 'original' }))
    await put(update('10 %'))
    await put(update('50 %'))
    await put(update('90 %'))
    expect(texts(await opened.store.outbox.claim(10))).toEqual(['original'])
    await opened.store.outbox.sent(of, { channel: 'C1', ts: '4.2' })
    const sent = await drain()
    expect(texts(sent)).toEqual(['90 %'])
    expect(sent[0]!.destination).toEqual({ to: 'update', channel: 'C1', ts: '4.2' })
    expect(sent[0]!.blocks[0]!.block_id).toBe(`bakery:health:${of}:4`)
    expect(await state('10 %')).toEqual(['superseded'])
  })

  it('take the places of what stands in its thread, and add what is more', async () => {
    const said = message('original', C1, { key: 'original' })
    await put({ ...said, answer: answer('original', { thread: [answer('details')] }) })
    const [, details] = await drain()
    const fresh = answer('fresh', { thread: [answer('fresh details'), answer('more details')] })
    await put({ ...update('fresh'), answer: fresh })
    const sent = await drain()
    expect(texts(sent)).toEqual(['fresh', 'fresh details', 'more details'])
    expect(sent.map(({ destination }) => destination.to)).toEqual(['update', 'update', 'channel'])
    expect(sent[1]!.blocks[0]!.block_id).toBe(`bakery:health:${details!.id}:2`)
  })

  it('do not overtake one that is on its way', async () => {
    await put(message('original', C1, { key: 'original' }))
    await drain()
    await put(update('10 %'))
    await later()
    const [first] = await opened.store.outbox.claim(1)
    await put(update('50 %'))
    await later()
    expect(await opened.store.outbox.claim(10)).toEqual([])
    await opened.store.outbox.sent(first!.id, { channel: 'C1', ts: '4.2' })
    expect(texts(await drain())).toEqual(['50 %'])
  })

  it('replace one that could not be sent', async () => {
    await put(message('original', C1, { key: 'original' }))
    await drain()
    await put(update('10 %'))
    await later()
    const [first] = await opened.store.outbox.claim(1)
    await put(update('50 %'))
    await opened.store.outbox.again(first!.id, 0, 'HTTP 500')
    expect(texts(await drain())).toEqual(['50 %'])
    expect(await state('10 %')).toEqual(['superseded'])
  })

  it('of a message that was never sent are given up', async () => {
    await put(update('of nothing'))
    expect(await drain()).toEqual([])
    expect(await state('of nothing')).toEqual(['failed'])
  })

  it('of a message that one person alone saw go to that person anew', async () => {
    const whisper = { to: 'requester', channel: 'C1', user: 'UBOB', responseUrl: null } as const
    await put(message('whisper', whisper, { key: 'original' }))
    await opened.store.outbox.claim(1)
    await opened.store.outbox.sent(of, { channel: 'C1', ts: null })
    await put(update('of a whisper'))
    const [item] = await drain()
    expect(item).toMatchObject({ text: 'of a whisper', destination: whisper })
  })
})
