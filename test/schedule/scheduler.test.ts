import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/answer.ts'
import { defineJob } from '../../src/core/job.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { ClaimedRun, JobState, JobStore } from '../../src/core/ports/jobs.ts'
import type { OutgoingMessage } from '../../src/core/ports/records.ts'
import { createScheduler } from '../../src/schedule/scheduler.ts'

const digest = (find: () => Promise<string>) =>
  defineJob({
    name: 'morning-health',
    summary: 'Tells how things are.',
    schedule: 'morningHealth',
    channel: 'digest',
    timeoutSeconds: 5,
    usefulForMinutes: 180,
    find,
    render: (text): Answer => ({ kind: 'digest', text, blocks: [], audience: 'channel' }),
    remember: (text) => ({ text }),
  })

/** A job store in memory, shared by replicas. */
function sharedStore(last: string | null) {
  const claimed = new Set<string>()
  const ended: { run: ClaimedRun; outcome: string; messages: readonly OutgoingMessage[] }[] = []
  let paused = false
  const store: JobStore = {
    async states(): Promise<readonly JobState[]> {
      const run = last && {
        scheduledFor: last,
        startedAt: last,
        finishedAt: last,
        outcome: 'done' as const,
        by: 'schedule',
      }
      return [{ name: 'morning-health', paused, pausedBy: null, last: run || null }]
    },
    runs: async () => [],
    async claim(job, scheduledFor, by) {
      const key = scheduledFor.toISOString()
      if (claimed.has(key)) return null
      claimed.add(key)
      return { job, scheduledFor, by, ref: `REF-${key}`, memory: null }
    },
    finish: async (run, { outcome }, messages) => void ended.push({ run, outcome, messages }),
    takeRequested: async () => [],
  }
  return { store, ended, pause: () => (paused = true) }
}

function replica(store: JobStore, now: string, find: () => Promise<string> = async () => 'All is well.') {
  return createScheduler({
    jobs: [digest(find)],
    store,
    ports: { clock: { now: () => new Date(now) } } as unknown as ReadPorts,
    zone: 'Europe/Madrid',
    expressionOf: () => '0 7 * * *',
    channelOf: () => 'C0DIGEST',
    log: { debug: () => undefined, info: () => undefined, error: () => undefined },
  })
}

const seven = '2026-11-23T06:00:00.000Z'
const yesterday = '2026-11-22T06:00:00.000Z'

describe('the scheduler', () => {
  it('runs a slot once over three replicas', async () => {
    const { store, ended } = sharedStore(yesterday)
    await Promise.all([1, 2, 3].map(() => replica(store, '2026-11-23T06:00:20Z').tick()))
    expect(ended.map(({ run, outcome }) => [run.scheduledFor.toISOString(), outcome])).toEqual([
      [seven, 'done'],
    ])
    expect(ended[0]?.messages).toMatchObject([
      { destination: { channel: 'C0DIGEST' }, answer: { text: 'All is well.' } },
    ])
  })

  it('catches up after downtime while it is still useful', async () => {
    const { store, ended } = sharedStore(yesterday)
    await replica(store, '2026-11-23T08:59:00Z').tick()
    expect(ended.map(({ outcome }) => outcome)).toEqual(['done'])
  })

  it('records what is too late as missed, and says nothing then', async () => {
    const { store, ended } = sharedStore('2026-11-20T06:00:00.000Z')
    await replica(store, '2026-11-23T12:00:00Z').tick()
    expect(
      ended.map(({ run, outcome, messages }) => [run.scheduledFor.toISOString(), outcome, messages.length]),
    ).toEqual([
      ['2026-11-21T06:00:00.000Z', 'missed', 0],
      ['2026-11-22T06:00:00.000Z', 'missed', 0],
      [seven, 'missed', 0],
    ])
  })

  it('misses nothing from before its first start', async () => {
    const { store, ended } = sharedStore(null)
    await replica(store, '2026-11-23T12:00:00Z').tick()
    expect(ended).toEqual([])
  })

  it('does nothing while a job is paused', async () => {
    const { store, ended, pause } = sharedStore(yesterday)
    pause()
    await replica(store, '2026-11-23T06:00:20Z').tick()
    expect(ended).toEqual([])
  })

  it('records a job that fails, and goes on', async () => {
    const { store, ended } = sharedStore(yesterday)
    await replica(store, '2026-11-23T06:00:20Z', () => Promise.reject(new Error('broken'))).tick()
    expect(ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })
})
