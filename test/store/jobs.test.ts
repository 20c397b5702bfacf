import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { done, message, type Opened, open, received } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
beforeEach(async () => {
  await opened.reset()
})
afterAll(() => opened.close())

const SLOT = new Date('2026-11-23T07:00:00.000Z')
const DONE = { outcome: 'done', reason: null, memory: { worst: 'ok' } } as const
const dies = (owner: string) =>
  opened.admin.query('UPDATE process SET lease_until = now() WHERE owner = $1', [owner])

async function ask(job: string): Promise<void> {
  await opened.store.journal.perform(await received(opened.store), async (desk) => {
    await desk.requestJob(job, 'UBOB')
    return { outcome: done, messages: [] }
  })
}

describe('a scheduled run', () => {
  it('is claimed by one of three processes, whichever comes first', async () => {
    const stores = [opened.store, await opened.another(), await opened.another()]
    for (let day = 1; day <= 20; day += 1) {
      const slot = new Date(Date.UTC(2026, 0, day, 7))
      const claims = await Promise.all(
        stores.map(({ jobs }) => jobs.claim('morning-health', slot, 'schedule')),
      )
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(claims.find(Boolean)).toMatchObject({ job: 'morning-health', scheduledFor: slot, memory: null })
    }
  })

  it('ends once, with its audit row, its messages and what it remembers', async () => {
    const run = await opened.store.jobs.claim('morning-health', SLOT, 'schedule')
    await opened.store.jobs.finish(run!, DONE, [message('the digest')])
    await opened.store.jobs.finish(run!, { ...DONE, outcome: 'failed' }, [message('twice')])
    const { rows } = await opened.admin.query(`SELECT kind, actor, command, decision, ref FROM audit`)
    expect(rows).toEqual([
      { kind: 'schedule', actor: 'bakery', command: 'morning-health', decision: 'done', ref: run!.ref },
    ])
    expect((await opened.admin.query('SELECT text FROM outbox')).rows).toEqual([{ text: 'the digest' }])
    expect(await opened.store.jobs.claim('morning-health', SLOT, 'schedule')).toBeNull()
    const next = await opened.store.jobs.claim('morning-health', new Date(SLOT.getTime() + 1), 'schedule')
    expect(next).toMatchObject({ memory: { worst: 'ok' } })
  })

  it('remembers nothing of a run that failed', async () => {
    const run = await opened.store.jobs.claim('morning-health', SLOT, 'schedule')
    await opened.store.jobs.finish(
      run!,
      { outcome: 'failed', reason: 'a\u0000b', memory: { worst: 'x' } },
      [],
    )
    const next = await opened.store.jobs.claim('morning-health', new Date(SLOT.getTime() + 1), 'schedule')
    expect(next?.memory).toBeNull()
  })

  it('is taken over when its process dies, and that process cannot end it any more', async () => {
    const dying = await opened.another()
    const run = await dying.jobs.claim('morning-health', SLOT, 'schedule')
    expect(await opened.store.jobs.claim('morning-health', SLOT, 'schedule')).toBeNull()
    await dies(dying.owner)
    const taken = await opened.store.jobs.claim('morning-health', SLOT, 'schedule')
    expect(taken).toEqual(run)
    await dying.jobs.finish(run!, DONE, [message('zombie')])
    expect((await opened.admin.query('SELECT count(*)::int AS n FROM audit')).rows).toEqual([{ n: 0 }])
    await opened.store.jobs.finish(taken!, DONE, [])
    expect((await opened.store.jobs.states())[0]?.last?.outcome).toBe('done')
  })

  it('is not claimed while the job is paused', async () => {
    const pause = async (paused: boolean) =>
      opened.store.journal.perform(await received(opened.store), async (desk) => {
        await desk.pauseJob('morning-health', paused, 'UBOB')
        return { outcome: done, messages: [] }
      })
    await pause(true)
    expect(await opened.store.jobs.claim('morning-health', SLOT, 'schedule')).toBeNull()
    expect(await opened.store.jobs.states()).toEqual([
      { name: 'morning-health', paused: true, pausedBy: 'UBOB', last: null },
    ])
    await pause(false)
    expect(await opened.store.jobs.claim('morning-health', SLOT, 'schedule')).not.toBeNull()
  })
})

describe('a run that somebody asked for', () => {
  it('is taken once, also when the job is paused', async () => {
    const stores = [opened.store, await opened.another(), await opened.another()]
    await ask('morning-health')
    await ask('weekly-trends')
    await opened.admin.query(`INSERT INTO job (name, paused) VALUES ('morning-health', true)`)
    const taken = (await Promise.all(stores.map(({ jobs }) => jobs.takeRequested(['morning-health'])))).flat()
    expect(taken).toMatchObject([{ job: 'morning-health', by: 'UBOB' }])
    expect(await opened.store.jobs.takeRequested(['morning-health'])).toEqual([])
    expect(await opened.store.jobs.takeRequested(['weekly-trends'])).toHaveLength(1)
  })

  it('is taken again when the process that took it dies', async () => {
    const dying = await opened.another()
    await ask('morning-health')
    const [run] = await dying.jobs.takeRequested(['morning-health'])
    await dies(dying.owner)
    expect(await opened.store.jobs.takeRequested(['morning-health'])).toEqual([run])
    await opened.store.jobs.finish(run!, DONE, [])
    expect(await opened.store.jobs.takeRequested(['morning-health'])).toEqual([])
  })
})

describe('the history of jobs', () => {
  it('shows each job with its last run, and all runs newest first', async () => {
    for (const [job, hour] of [
      ['morning-health', 7],
      ['morning-health', 8],
      ['weekly-trends', 6],
    ] as const) {
      const run = await opened.store.jobs.claim(job, new Date(Date.UTC(2026, 10, 23, hour)), 'schedule')
      if (hour !== 8) await opened.store.jobs.finish(run!, DONE, [])
    }
    const states = await opened.store.jobs.states()
    expect(states.map(({ name, last }) => `${name} ${last?.scheduledFor} ${last?.outcome}`)).toEqual([
      'morning-health 2026-11-23T08:00:00.000000Z running',
      'weekly-trends 2026-11-23T06:00:00.000000Z done',
    ])
    const runs = await opened.store.jobs.runs(new Date(Date.UTC(2026, 10, 23, 7)))
    expect(runs.map(({ name, by, finishedAt }) => [name, by, finishedAt === null])).toEqual([
      ['morning-health', 'schedule', true],
      ['morning-health', 'schedule', false],
    ])
  })
})
