import { schedule } from 'node-cron'
import { coerceError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { ReadPorts } from '../core/ports/index.ts'
import type { ClaimedRun, JobState, JobStore } from '../core/ports/jobs.ts'
import { type OutgoingMessage, PRIORITIES } from '../core/ports/records.ts'
import { type CronLog, cronLogger } from './cron-log.ts'
import { slotsBetween } from './slots.ts'

/** How far back a restart looks for slots that nobody ran. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000
/** A slot of the very first minutes of an installation is nobody's fault. */
const GRACE_MS = 60_000

export interface SchedulerDependencies {
  readonly jobs: readonly Job[]
  readonly store: JobStore
  readonly ports: ReadPorts
  readonly zone: string
  readonly expressionOf: (job: Job) => string
  readonly channelOf: (job: Job) => string
  readonly log: CronLog & { info(facts: object, message: string): void }
}

export interface Scheduler {
  start(): void
  /** Looks once for what is due: the clock calls it each minute, tests by hand. */
  tick(): Promise<void>
  /** Runs what people asked for (`/bakery jobs run`). */
  runRequested(): Promise<void>
  stop(): Promise<void>
}

/**
 * Runs jobs by the clock in the platform's zone. A slot is claimed in Postgres, so it runs once over any number of
 * replicas; after downtime the newest slot is caught up while it is still useful, and older ones are recorded as missed.
 */
export function createScheduler(dependencies: SchedulerDependencies): Scheduler {
  const stopping = new AbortController()
  const startedAt = dependencies.ports.clock.now()
  let busy: Promise<void> = Promise.resolve()
  const oneAfterAnother = (work: () => Promise<void>) => {
    busy = busy.then(work).catch((thrown) => {
      dependencies.log.error({ err: coerceError(thrown) }, 'the scheduler could not look for what is due')
    })
    return busy
  }
  const tick = () => oneAfterAnother(() => runDue(dependencies, startedAt, stopping.signal))
  const runRequested = () => oneAfterAnother(() => runAsked(dependencies, stopping.signal))
  const clocks: { destroy(): unknown }[] = []
  return {
    start() {
      const logger = cronLogger(dependencies.log)
      const options = { noOverlap: true, suppressMissedWarning: true, logger }
      clocks.push(
        schedule('* * * * *', tick, { ...options, timezone: dependencies.zone }),
        schedule('*/2 * * * * *', runRequested, options),
      )
      void tick()
    },
    tick,
    runRequested,
    async stop() {
      for (const clock of clocks) await clock.destroy()
      stopping.abort(new Error('the process stops'))
      await busy
    },
  }
}

async function runDue(
  dependencies: SchedulerDependencies,
  startedAt: Date,
  signal: AbortSignal,
): Promise<void> {
  const states = new Map((await dependencies.store.states()).map((state) => [state.name, state]))
  const now = dependencies.ports.clock.now()
  for (const job of dependencies.jobs) {
    const state = states.get(job.name)
    if (state?.paused) continue
    const known = state?.last ? lookedAtUntil(state.last) : startedAt.getTime() - GRACE_MS
    const after = new Date(Math.max(known, now.getTime() - LOOK_BACK_MS))
    const expression = dependencies.expressionOf(job)
    const slots = slotsBetween({ expression, zone: dependencies.zone, after, upTo: now })
    const newest = slots.pop()
    for (const slot of slots) await miss(dependencies, job, slot)
    if (!newest) continue
    const lateMs = now.getTime() - newest.getTime()
    if (lateMs > job.usefulForMinutes * 60_000) await miss(dependencies, job, newest)
    else await claimAndRun(dependencies, job, newest, signal)
  }
}

/** A run that is still under way may be one whose process died: its slot is looked at again, and its lease decides. */
function lookedAtUntil({ scheduledFor, outcome }: NonNullable<JobState['last']>): number {
  return new Date(scheduledFor).getTime() - (outcome === 'running' ? 1 : 0)
}

async function runAsked(dependencies: SchedulerDependencies, signal: AbortSignal): Promise<void> {
  const byName = new Map(dependencies.jobs.map((job) => [job.name, job]))
  for (const run of await dependencies.store.takeRequested([...byName.keys()])) {
    const job = byName.get(run.job)
    if (job) await perform(dependencies, job, run, signal)
  }
}

async function claimAndRun(
  dependencies: SchedulerDependencies,
  job: Job,
  slot: Date,
  signal: AbortSignal,
): Promise<void> {
  const run = await dependencies.store.claim(job.name, slot, 'schedule')
  if (run) await perform(dependencies, job, run, signal)
}

async function miss({ store, log }: SchedulerDependencies, job: Job, slot: Date): Promise<void> {
  const run = await store.claim(job.name, slot, 'schedule')
  if (!run) return
  log.info({ job: job.name, slot }, 'a scheduled run was missed and is too old to be useful')
  await store.finish(run, { outcome: 'missed', reason: 'Bakery was not running', memory: run.memory }, [])
}

async function perform(
  dependencies: SchedulerDependencies,
  job: Job,
  run: ClaimedRun,
  signal: AbortSignal,
): Promise<void> {
  const { ports, store, log, channelOf } = dependencies
  const slot = { scheduledFor: run.scheduledFor, startedAt: ports.clock.now(), by: run.by, ref: run.ref }
  try {
    const { answer, memory } = await job.run(ports, slot, run.memory, signal)
    const messages: OutgoingMessage[] = []
    if (answer) {
      messages.push({
        key: `job:${job.name}:${run.ref}`,
        destination: { to: 'channel', channel: channelOf(job) },
        priority: PRIORITIES.digest,
        answer,
      })
    }
    await store.finish(run, { outcome: 'done', reason: null, memory }, messages)
  } catch (thrown) {
    const problem = coerceError(thrown)
    log.error({ err: problem, job: job.name, ref: run.ref }, 'a scheduled job failed')
    await store.finish(run, { outcome: 'failed', reason: problem.message, memory: run.memory }, [])
  }
}
