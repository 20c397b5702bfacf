import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import type { ReadPorts } from './ports/index.ts'

/** When and for which slot a job runs. */
export interface JobSlot {
  /** The minute that the cron expression named, ISO 8601. */
  readonly scheduledFor: Date
  readonly startedAt: Date
  /** `schedule`, or the person who said `/bakery jobs run`. */
  readonly by: string
  readonly ref: string
}

/** Something that happens by the clock: it finds and renders; the runner claims the slot, times, posts, retries and records. */
export interface JobSpec<Facts> {
  readonly name: string
  /** One sentence with a full stop. */
  readonly summary: string
  /** The key in `schedules:` of platform.yaml that holds its cron expression. */
  readonly schedule: keyof Platform['schedules']
  /** The key in `channels:` of platform.yaml where its message goes. */
  readonly channel: keyof Platform['channels']
  readonly timeoutSeconds: number
  /** How late a missed slot may still be caught up. */
  readonly usefulForMinutes: number
  /** `memory` is what the last successful run remembered: null the first time. */
  find(ports: ReadPorts, slot: JobSlot, memory: unknown, signal: AbortSignal): Promise<Facts>
  /** Null: nothing worth a message. */
  render(facts: Facts, slot: JobSlot): Answer | null
  /** What the next run shall know: JSON. */
  remember?(facts: Facts): unknown
}

export interface JobRun {
  readonly answer: Answer | null
  readonly memory: unknown
}

export interface Job extends Omit<JobSpec<unknown>, 'find' | 'render' | 'remember'> {
  run(ports: ReadPorts, slot: JobSlot, memory: unknown, signal: AbortSignal): Promise<JobRun>
}

/** Seals a job's private types. */
export function defineJob<Facts>(spec: JobSpec<Facts>): Job & { readonly spec: JobSpec<Facts> } {
  const { name, summary, schedule, channel, timeoutSeconds, usefulForMinutes } = spec
  return {
    ...{ name, summary, schedule, channel, timeoutSeconds, usefulForMinutes, spec },
    async run(ports, slot, memory, signal) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)])
      const facts = await spec.find(ports, slot, memory, deadline)
      return { answer: spec.render(facts, slot), memory: spec.remember?.(facts) ?? null }
    },
  }
}
