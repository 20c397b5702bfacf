import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DependencyError } from '../../src/core/errors.ts'
import type { RecordedRequest } from '../../src/core/ports/records.ts'
import { outboxIdOf } from '../../src/store/messages.ts'
import { allowedBy, done, message, type Opened, open, received, verified } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
beforeEach(async () => {
  await opened.reset()
})
afterAll(() => opened.close())

const rows = async (sql: string, values: unknown[] = []) => (await opened.admin.query(sql, values)).rows
const auditOf = (ref: string) =>
  rows('SELECT kind, decision, code, target FROM audit WHERE ref = $1 ORDER BY seq', [ref])
const REQUEST = { kind: 'request', decision: 'allowed', code: null, target: null }

describe('ending a request', () => {
  it('commits its state, its outcome row and its messages together', async () => {
    const request = await received(opened.store)
    await opened.store.journal.finish(request, { ...done, target: 'auth-db' }, [message('all is well')])
    expect(await auditOf(request.ref)).toEqual([
      REQUEST,
      { kind: 'outcome', decision: 'done', code: null, target: 'auth-db' },
    ])
    expect(await rows('SELECT state FROM request')).toEqual([{ state: 'finished' }])
    expect(await rows('SELECT text, state FROM outbox')).toEqual([{ text: 'all is well', state: 'waiting' }])
  })

  it('happens once: a second call changes nothing', async () => {
    const request = await received(opened.store)
    await opened.store.journal.finish(request, done, [message('first')])
    await opened.store.journal.finish(request, { ...done, decision: 'failed' }, [message('second')])
    await opened.store.journal.perform(request, () => expect.unreachable('it has ended'))
    expect(await auditOf(request.ref)).toHaveLength(2)
    expect(await rows('SELECT text FROM outbox')).toEqual([{ text: 'first' }])
  })

  it('commits many endings in few transactions, each with its own row', async () => {
    const requests = await Promise.all(Array.from({ length: 60 }, () => received(opened.store)))
    await Promise.all(requests.map((request) => opened.store.journal.finish(request, done, [message('x')])))
    expect(await rows(`SELECT count(*)::int AS n FROM audit WHERE kind = 'outcome'`)).toEqual([{ n: 60 }])
    expect(await rows(`SELECT count(DISTINCT xmin::text)::int < 60 AS grouped FROM request`)).toEqual([
      { grouped: true },
    ])
  })

  it('sends the same key once, however often it is asked for', async () => {
    const same = message('one', undefined, { key: 'same' })
    for (const request of [await received(opened.store), await received(opened.store)]) {
      await opened.store.journal.finish(request, done, [same])
    }
    expect(await rows('SELECT id, key FROM outbox')).toEqual([{ id: outboxIdOf('same'), key: 'same' }])
  })

  it('keeps what the buttons stand for before the message can leave', async () => {
    const request = await received(opened.store)
    const button = {
      type: 'button' as const,
      action_id: 'logs',
      text: { type: 'plain_text' as const, text: 'Logs' },
      value: 'line:logs orders-service',
    }
    const said = message('with a button')
    const blocks = [{ type: 'actions' as const, elements: [button] }]
    await opened.store.journal.finish(request, done, [{ ...said, answer: { ...said.answer, blocks } }])
    const [sealed] = await rows('SELECT blocks FROM outbox')
    const [id, digest] = sealed.blocks[0].elements[0].value.split('.')
    expect(await opened.store.offers.find(id)).toEqual({
      ...{ id, digest, action: 'logs', line: 'logs orders-service', usedBy: null, usedAt: null },
      message: expect.any(String),
      createdAt: expect.any(Date),
    })
    expect(await opened.store.offers.find('0000000000000000')).toBeNull()
  })

  it('does not fail because another one that ends at the same time is refused', async () => {
    const [good, bad] = [await received(opened.store), await received(opened.store)]
    const endings = await Promise.allSettled([
      opened.store.journal.finish(good!, done, [message('fine')]),
      opened.store.journal.finish(bad!, { ...done, decision: null as never }, [message('not fine')]),
      opened.store.journal.finish(await received(opened.store), done, []),
    ])
    expect(endings.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await rows('SELECT text FROM outbox')).toEqual([{ text: 'fine' }])
  })

  it('says that the database is at fault, without its address or password, and stays claimable', async () => {
    const request = await received(opened.store)
    await opened.admin.query('ALTER TABLE audit ADD CONSTRAINT disk_full CHECK (false) NOT VALID')
    const ending = opened.store.journal.finish(request, done, [message('never')])
    await expect(ending).rejects.toThrow(
      new DependencyError({
        ...{ dependency: 'postgres', operation: 'ending a request' },
        message: "Bakery's own database refused it (SQLSTATE 23514) while ending a request.",
      }),
    )
    expect(await rows('SELECT state FROM request')).toEqual([{ state: 'received' }])
    expect(await rows('SELECT * FROM outbox')).toEqual([])
    await opened.admin.query('ALTER TABLE audit DROP CONSTRAINT disk_full')
    expect((await opened.store.journal.abandoned(10)).map(({ id }) => id)).toEqual([request.id])
    expect(await opened.store.journal.abandoned(10)).toEqual([])
    await opened.store.journal.finish(request, done, [])
    expect(await rows('SELECT state FROM request')).toEqual([{ state: 'finished' }])
  })
})

describe('an administrative command', () => {
  it('commits what it did together with its outcome and its messages', async () => {
    const request = await received(opened.store)
    await opened.store.journal.perform(request, async (desk) => {
      await desk.bind({ channel: 'C9', families: ['health'], environment: 'production' })
      return { outcome: { ...done, target: 'C9' }, messages: [message('bound')] }
    })
    expect(await rows('SELECT channel FROM channel_binding')).toEqual([{ channel: 'C9' }])
    expect(await auditOf(request.ref)).toMatchObject([REQUEST, { kind: 'outcome', target: 'C9' }])
    expect(await rows('SELECT text FROM outbox')).toEqual([{ text: 'bound' }])
  })

  it('leaves nothing when it throws, and what it threw is what the caller gets', async () => {
    const request = await received(opened.store)
    const bug = new TypeError('a bug')
    const attempt = opened.store.journal.perform(request, async (desk) => {
      await desk.bind({ channel: 'C9', families: ['health'], environment: 'production' })
      throw bug
    })
    await expect(attempt).rejects.toBe(bug)
    expect(await rows('SELECT * FROM channel_binding')).toEqual([])
    expect(await auditOf(request.ref)).toEqual([REQUEST])
    const said = { decision: 'refused', code: 'BAD_ARGUMENT', target: null, payload: {} } as const
    await opened.store.journal.finish(request, said, [])
    expect(await auditOf(request.ref)).toMatchObject([REQUEST, { decision: 'refused' }])
  })

  it('is not done twice by two processes', async () => {
    const request = await received(opened.store)
    const other = await opened.another()
    let acted = 0
    const act = async () => {
      acted += 1
      return { outcome: done, messages: [] }
    }
    await Promise.all([opened.store.journal.perform(request, act), other.journal.perform(request, act)])
    expect(acted).toBe(1)
  })
})

describe('a process that dies', () => {
  it('leaves its requests to others, each to one of them', async () => {
    const dying = await opened.another()
    const requests: RecordedRequest[] = []
    for (let index = 0; index < 10; index += 1) requests.push(await received(dying))
    await opened.admin.query('UPDATE process SET lease_until = now() WHERE owner = $1', [dying.owner])
    const third = await opened.another()
    const claimed = (
      await Promise.all([opened.store, third, opened.store, third].map((store) => store.journal.abandoned(4)))
    ).flat()
    const rest = await third.journal.abandoned(100)
    const ids = [...claimed, ...rest].map(({ id }) => id)
    expect(ids).toHaveLength(10)
    expect(new Set(ids)).toEqual(new Set(requests.map(({ id }) => id)))
    expect([...claimed, ...rest].find(({ id }) => id === requests[0]!.id)).toEqual(requests[0])
  })

  it('cannot end them any more when it wakes up', async () => {
    const dying = await opened.another()
    const request = await received(dying)
    await opened.admin.query('UPDATE process SET lease_until = now() WHERE owner = $1', [dying.owner])
    expect(await opened.store.journal.abandoned(10)).toHaveLength(1)
    await dying.journal.finish(request, { ...done, decision: 'failed' }, [message('zombie')])
    await opened.store.journal.finish(request, done, [message('alive')])
    expect(await auditOf(request.ref)).toMatchObject([REQUEST, { decision: 'done' }])
    expect(await rows('SELECT text FROM outbox')).toEqual([{ text: 'alive' }])
  })

  it('hands its requests over at once when it stops in order', async () => {
    const stopping = await opened.another()
    await received(stopping)
    expect(await opened.store.journal.abandoned(10)).toEqual([])
    await stopping.stop()
    expect(await opened.store.journal.abandoned(10)).toHaveLength(1)
  })

  it('keeps its requests as long as it renews its lease', async () => {
    const short = await opened.another({ leaseSeconds: 1 })
    await received(short)
    await new Promise((resolve) => setTimeout(resolve, 1600))
    expect(await opened.store.journal.abandoned(10)).toEqual([])
  })
})

describe("Bakery's own doings", () => {
  it('are rows of the chain, with messages when need be', async () => {
    const facts = { kind: 'start', command: null, channel: null, target: null, decision: 'done', code: null }
    await opened.store.journal.note({ ...facts, payload: { version: '1' } }, [message('started')])
    expect(await rows('SELECT kind, actor, person, decision FROM audit')).toEqual([
      { kind: 'start', actor: 'bakery', person: 'bakery', decision: 'done' },
    ])
    expect(await rows('SELECT text FROM outbox')).toEqual([{ text: 'started' }])
  })
})

describe('what was done while the database was gone', () => {
  it('is a row in the name of who asked, under the reference that was told', async () => {
    const by = { actor: 'T1/UOWN', person: 'olivia', ref: 'K7M2Q9XA' }
    const facts = { kind: 'spool', command: 'health', channel: 'C1', target: null, code: null }
    await opened.store.journal.note({ ...facts, decision: 'allowed', payload: { at: '2026-11-23' }, by })
    expect(await rows('SELECT kind, actor, person, ref FROM audit')).toEqual([{ kind: 'spool', ...by }])
  })
})

describe('a storm of everything at once', () => {
  it('locks nobody out: requests, endings, grants and claims of three processes all come through', async () => {
    const stores = [opened.store, await opened.another(), await opened.another()]
    await opened.admin.query(
      `INSERT INTO role_grant (user_id, role, granted_by) VALUES ('UOWN', 'owner', 'platform.yaml')`,
    )
    const work = stores.flatMap((store, process) =>
      Array.from({ length: 12 }, async (_, index) => {
        const request = await received(store, verified({ decide: allowedBy('UOWN') }))
        const said = [message('b', { to: 'channel', channel: `C${index}` }), message('a')]
        if (index % 3 > 0) return store.journal.finish(request, done, said)
        return store.journal.perform(request, async (desk) => {
          await desk.grant({
            ...{ user: `U${process}${index}`, group: null, channel: 'C1', role: 'member' as const },
            ...{ seconds: null, grantedBy: 'UOWN' },
          })
          return { outcome: done, messages: said }
        })
      }),
    )
    await Promise.all(work)
    expect(await rows('SELECT count(*)::int AS n FROM audit')).toEqual([{ n: 72 }])
    expect(await rows(`SELECT count(*)::int AS n FROM request WHERE state = 'received'`)).toEqual([{ n: 0 }])
  })
})
