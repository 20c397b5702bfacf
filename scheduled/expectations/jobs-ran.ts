import { count, localTime } from '../../src/blocks/builders.ts'
import type { JobState } from '../../src/core/ports/jobs.ts'
import type { Expectation, Unmet } from './expectation.ts'

/** A run that is under way for longer than this does not end any more. */
const STUCK_MS = 30 * 60_000
const NEXT = 'jobs list'

type Run = NonNullable<JobState['last']> & { readonly name: string }

/** Every job ran at each of its times, to its end; and none was forgotten while paused. */
export const jobsRan: Expectation = {
  name: 'jobs',
  async unmet({ jobs, platform }, { since, now }) {
    const [runs, states] = await Promise.all([jobs.runs(since), jobs.states()])
    const time = (moment: string) => localTime(new Date(moment), platform.timeZone)
    const groups = Map.groupBy(runs, ({ name }) => name)
    return [
      ...[...groups].flatMap(([name, own]) => unmetRuns(name, own, now, time)),
      ...states
        .filter(({ paused }) => paused)
        .map(({ name, pausedBy }) => ({
          what: `${name} is paused${pausedBy ? ` by ${pausedBy}` : ''}: it does not run.`,
          next: NEXT,
        })),
    ]
  },
}

function unmetRuns(name: string, runs: readonly Run[], now: Date, time: (moment: string) => string): Unmet[] {
  const missed = runs.filter(({ outcome }) => outcome === 'missed')
  const failed = runs.filter(({ outcome }) => outcome === 'failed')
  const stuck = runs.filter(
    ({ outcome, startedAt }) =>
      outcome === 'running' && now.getTime() - new Date(startedAt).getTime() > STUCK_MS,
  )
  const sentence = (some: readonly Run[], verb: string): Unmet[] => {
    const [latest] = some
    if (!latest) return []
    const times = some.length > 1 ? ` ${count(some.length, 'time')}, the last` : ''
    return [{ what: `${name} ${verb}${times} at ${time(latest.scheduledFor)}.`, next: NEXT }]
  }
  return [
    ...sentence(missed, 'did not run'),
    ...sentence(failed, 'failed'),
    ...sentence(stuck, 'has not ended since it began'),
  ]
}
