import { describe, expect, it } from 'vitest'
import { jobs } from '../../scheduled/index.ts'
import { morningHealth } from '../../scheduled/morning-health.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import { displayWidth } from '../../src/blocks/width.ts'
import type { Answer } from '../../src/core/answer.ts'
import { DependencyError } from '../../src/core/errors.ts'
import type { SystemPorts } from '../../src/core/ports/index.ts'
import type { JobReader, JobState } from '../../src/core/ports/jobs.ts'
import { seal } from '../../src/core/seal.ts'
import { platformSchema } from '../../src/platform.ts'
import { buttonLines, fixedLines, noJobs, readPorts } from '../health/answers.ts'
import { ago, container, database, NOW, observed, platform, pod, ports } from '../health/fixtures.ts'

const SLOT = { scheduledFor: NOW, startedAt: NOW, by: 'schedule', ref: 'ABCDEFGH' }
const YESTERDAY = ago(86_400).toISOString()

async function morning(
  world: Partial<SystemPorts> = {},
  {
    memory = null,
    jobReader = noJobs,
    slot = SLOT,
  }: { memory?: unknown; jobReader?: JobReader; slot?: typeof SLOT } = {},
): Promise<{ answer: Answer; memory: unknown; texts: string }> {
  const run = await morningHealth.run(readPorts(world, jobReader), slot, memory, new AbortController().signal)
  const answer = run.answer!
  const texts = answer.blocks
    .flatMap((block) => {
      if (block.type === 'section') return [block.text?.text ?? '']
      return block.type === 'context' ? block.elements.map(({ text }) => text) : []
    })
    .join('\n')
  return { answer, memory: run.memory, texts }
}

const refuses = (name: string): Partial<SystemPorts> => ({
  databases: {
    names: ['auth-db', 'orders-db'],
    state: async (asked) => {
      if (asked !== name) return database({ name: asked })
      throw new DependencyError({
        dependency: 'postgres',
        operation: 'connect',
        message: `connection refused at ${name}:5432`,
      })
    },
  },
})

const killed = pod({
  containers: [
    container({ restarts: 1, last: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(7200) } }),
  ],
})
const cluster = (pods: (typeof killed)[]) => ({ ...ports().cluster!, pods: async () => observed(...pods) })

const remembered = (changes: object = {}) => ({
  ...{ version: 1, at: YESTERDAY, troubles: {}, databases: { 'auth-db': 10 * 1024 ** 2 }, restarts: 0 },
  ...changes,
})

describe('the morning digest', () => {
  it('is due by a schedule and goes to a channel that platform.yaml has', () => {
    const made = platform()
    expect(Object.keys(made.schedules)).toContain(morningHealth.schedule)
    expect(Object.keys(made.channels)).toContain(morningHealth.channel)
    expect(jobs).toContain(morningHealth)
    expect(platformSchema.shape.schedules).toBeDefined()
  })

  it('says in a sentence that all is well, and what is compared', async () => {
    const { answer, texts } = await morning({}, { memory: remembered() })
    expect(answer.kind).toBe('digest')
    expect(answer.text).toBe('Morning: Bakery-IA is well: 10 areas checked, nothing is wrong.')
    expect(texts).toContain('Nothing is wrong. Nothing is different from the last time.')
    expect(texts).toContain('Compared with 2026-11-22 06:00 CET (05:00 UTC).')
  })

  it('says the first time that there is nothing to compare with', async () => {
    const { texts } = await morning()
    expect(texts).toContain('There is no earlier morning to compare with.')
  })

  it.each([[{ version: 2 }], ['nonsense'], [remembered({ troubles: 'x' })]])(
    'takes a memory that it does not know for none',
    async (memory) => {
      expect((await morning({}, { memory })).texts).toContain('There is no earlier morning to compare with.')
    },
  )

  it('tells new problems from lasting and solved ones, and from worse ones', async () => {
    const memory = remembered({
      troubles: {
        'auth-db': { status: 'unknown', since: ago(3 * 86_400).toISOString() },
        rabbitmq: { status: 'warning', since: YESTERDAY },
      },
    })
    const lasting = await morning(refuses('auth-db'), { memory })
    expect(lasting.texts).toContain(
      '1 unknown. Since the last time: nothing new, 1 as before, 1 solved (rabbitmq).',
    )
    expect(lasting.texts).toContain('*auth-db* · unknown · since 2026-11-20 06:00 CET (05:00 UTC)')

    const fresh = await morning(refuses('orders-db'), { memory })
    expect(fresh.texts).toContain('*orders-db* · unknown · new')
    expect(fresh.texts).toContain('Since the last time: 1 new, 2 solved (auth-db, rabbitmq).')

    const worse = remembered({ troubles: { 'auth-db': { status: 'warning', since: YESTERDAY } } })
    expect((await morning(refuses('auth-db'), { memory: worse })).texts).toContain(
      '*auth-db* · unknown · worse, was warning',
    )
  })

  it('remembers since which morning a problem lasts', async () => {
    const first = await morning(refuses('auth-db'))
    expect(first.memory).toEqual({
      ...{
        version: 1,
        at: '2026-11-23T05:00:00.000Z',
        databases: { 'orders-db': 42 * 1024 ** 2 },
        restarts: 0,
      },
      troubles: { 'auth-db': { status: 'unknown', since: '2026-11-23T05:00:00.000Z' } },
    })
    const memory = remembered({ troubles: { 'auth-db': { status: 'unknown', since: YESTERDAY } } })
    const second = await morning(refuses('auth-db'), { memory })
    expect(second.memory).toMatchObject({ troubles: { 'auth-db': { since: YESTERDAY } } })
  })

  it('counts restarts, kills for memory and the growth of databases', async () => {
    const restarted = pod({
      name: 'gateway-a',
      workload: 'gateway',
      containers: [container({ restarts: 8 })],
    })
    const { texts } = await morning(
      { cluster: cluster([killed, restarted]) },
      { memory: remembered({ restarts: 5 }) },
    )
    expect(texts).toContain('Killed for memory since then: orders-service.')
    expect(texts).toContain('Containers restarted 4 times since then.')
    expect(texts).toContain('The databases hold 84 MiB, 32 MiB more than then, most of it auth-db (32 MiB).')
  })

  it('says nothing about restarts when pods were replaced in between', async () => {
    const { texts } = await morning({}, { memory: remembered({ restarts: 40 }) })
    expect(texts).not.toContain('restarted')
  })

  it('says so when it is late', async () => {
    const slot = { ...SLOT, scheduledFor: ago(3600) }
    expect((await morning({}, { slot })).texts).toContain(
      'It was due 2026-11-23 05:00 CET (04:00 UTC); Bakery was not running then.',
    )
  })

  it('is within the limits of Slack and of a phone, with buttons that lead on', async () => {
    const { answer } = await morning(refuses('auth-db'), { memory: remembered() })
    expect(limitFaults(seal({ answer, outboxId: 'a1', version: 1, ref: 'ABCDEFGH' }).blocks)).toEqual([])
    expect(fixedLines(answer).filter((line) => displayWidth(line) > 45)).toEqual([])
    expect(buttonLines(answer)).toEqual(['run: pods auth-db', 'run: health', 'run: health --json'])
  })
})

describe('what should have happened and did not', () => {
  const run = (changes: Partial<NonNullable<JobState['last']>>) => ({
    ...{
      name: 'audit-checkpoint',
      scheduledFor: ago(7200).toISOString(),
      startedAt: ago(7200).toISOString(),
    },
    ...{ finishedAt: ago(7190).toISOString(), outcome: 'done' as const, by: 'schedule' },
    ...changes,
  })

  it('is nothing when all of it did, and that is said', async () => {
    const jobReader = { states: async () => [], runs: async () => [run({})] }
    const { texts } = await morning({}, { jobReader, memory: remembered() })
    expect(texts).toContain('All that was scheduled since then has run.')
    expect(texts).not.toContain('Should have happened')
  })

  it('names jobs that were missed, failed, hang or are paused', async () => {
    const asked: Date[] = []
    const jobReader: JobReader = {
      runs: async (since) => {
        asked.push(since)
        return [
          run({ outcome: 'missed' }),
          run({ outcome: 'missed', scheduledFor: ago(10_800).toISOString() }),
          { ...run({ outcome: 'failed' }), name: 'retention' },
          { ...run({ outcome: 'running', finishedAt: null }), name: 'access-mirror' },
          { ...run({ outcome: 'running', startedAt: ago(5).toISOString() }), name: 'morning-health' },
        ]
      },
      states: async () => [{ name: 'weekly-trends', paused: true, pausedBy: 'ana', last: null }],
    }
    const { answer, texts } = await morning({}, { jobReader, memory: remembered() })
    expect(asked).toEqual([new Date(YESTERDAY)])
    expect(answer.text).toBe(
      'Morning: Bakery-IA is well: 10 areas checked, nothing is wrong. 4 things did not happen.',
    )
    expect(texts).toContain(
      [
        '*Should have happened and did not*',
        'audit-checkpoint did not run 2 times, the last at 2026-11-23 04:00 CET (03:00 UTC).',
        'retention failed at 2026-11-23 04:00 CET (03:00 UTC).',
        'access-mirror has not ended since it began at 2026-11-23 04:00 CET (03:00 UTC).',
        'weekly-trends is paused by ana: it does not run.',
      ].join('\n'),
    )
    expect(buttonLines(answer)[0]).toBe('run: jobs list')
  })

  it('is said to be unknown when it cannot be found out', async () => {
    const error = new DependencyError({
      dependency: 'store',
      operation: 'runs',
      message: 'the database does not answer.',
    })
    const jobReader = { states: async () => [], runs: () => Promise.reject(error) }
    expect((await morning({}, { jobReader })).texts).toContain(
      'Whether all jobs did what they should cannot be said: the database does not answer.',
    )
  })
})
