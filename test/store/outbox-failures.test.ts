import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OutboxItem } from '../../src/core/ports/outbox.ts'
import type { Destination, OutgoingMessage } from '../../src/core/ports/records.ts'
import type { Store } from '../../src/store/store.ts'
import { done, message, type Opened, open, received } from './opened.ts'

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

describe('a message that did not arrive', () => {
  it('is tried again after a while, and others pass it meanwhile', async () => {
    await put(message('first'), message('second', C1, { priority: 5 }))
    const [first] = await opened.store.outbox.claim(1)
    await opened.store.outbox.again(first!.id, 80, 'HTTP 503')
    await later()
    expect(texts(await opened.store.outbox.claim(1))).toEqual(['second'])
    await later()
    expect(await opened.store.outbox.nextInMs()).toBeLessThanOrEqual(80)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const [again] = await opened.store.outbox.claim(1)
    expect(again).toMatchObject({ id: first!.id, attempts: 2, unknownSince: null })
  })

  it('may have arrived: says since when it has to be looked for', async () => {
    await put(message('perhaps'))
    const before = Date.now() - 5000
    const [item] = await opened.store.outbox.claim(1)
    await opened.store.outbox.unknown(item!.id, 0, 'connection reset')
    await later()
    const [again] = await opened.store.outbox.claim(1)
    expect(again!.unknownSince!.getTime()).toBeGreaterThan(before)
    await opened.store.outbox.again(again!.id, 0, 'HTTP 500')
    await later()
    expect((await opened.store.outbox.claim(1))[0]!.unknownSince).toEqual(again!.unknownSince)
  })

  it('is taken over when the process that claimed it is gone, and its outcome counts as unknown', async () => {
    await put(message('orphan'))
    const other = await opened.another()
    const [item] = await other.outbox.claim(1)
    await opened.admin.query('UPDATE outbox SET lease_until = now()')
    await later()
    const [again] = await opened.store.outbox.claim(1)
    expect(again).toMatchObject({ id: item!.id, attempts: 2, unknownSince: expect.any(Date) })
    await other.outbox.again(item!.id, 0, 'a zombie')
    expect(await state('orphan')).toEqual(['claimed'])
    await other.outbox.sent(item!.id, { channel: 'C1', ts: '1.1' })
    expect(await state('orphan')).toEqual(['sent'])
  })
})

describe('a pause', () => {
  it('holds a channel back, with what single persons see in it', async () => {
    const whisper: Destination = { to: 'requester', channel: 'C1', user: 'UBOB', responseUrl: null }
    await put(message('first', whisper))
    await drain()
    await put(message('a'), message('b', { to: 'channel', channel: 'C2' }), message('c', whisper))
    await opened.admin.query(`UPDATE outbox_channel SET next_at = '-infinity'`)
    await opened.store.outbox.pause('C1', 30_000)
    expect(texts(await opened.store.outbox.claim(10))).toEqual(['b'])
    expect(await opened.store.outbox.nextInMs()).toBeGreaterThan(20_000)
  })

  it('holds everything back', async () => {
    await put(message('a'))
    await opened.store.outbox.pause(null, 30_000)
    expect(await opened.store.outbox.claim(10)).toEqual([])
    expect(await opened.store.outbox.nextInMs()).toBeGreaterThan(20_000)
    await opened.store.outbox.pause(null, 10)
    expect(await opened.store.outbox.nextInMs()).toBeGreaterThan(20_000)
  })
})

describe('waking', () => {
  it('calls back here and in other processes when something waits', async () => {
    const other = await opened.another()
    const woken = new Set<string>()
    const both = new Promise<void>((resolve) => {
      const note = (who: string) => () => {
        if (woken.add(who).size === 2) resolve()
      }
      opened.store.outbox.onWaiting(note('here'))
      other.outbox.onWaiting(note('there'))
    })
    await put(message('x'))
    await both
    expect(woken).toEqual(new Set(['here', 'there']))
  })
})
