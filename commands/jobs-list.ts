import { z } from 'zod'
import {
  actions,
  bold,
  commandButton,
  context,
  count,
  header,
  localTime,
  section,
  text,
} from '../src/blocks/builders.ts'
import type { Block } from '../src/blocks/types.ts'
import { defineQuery } from '../src/core/command.ts'
import type { Status } from '../src/core/health.ts'
import type { JobState } from '../src/core/ports/jobs.ts'

interface JobsFacts {
  readonly jobs: readonly JobState[]
  readonly zone: string
}

const MOST_JOBS = 20

export const jobsList = defineQuery({
  name: 'jobs list',
  summary: 'Show the scheduled jobs: when each ran last, how it ended, and whether it is paused.',
  examples: ['jobs list'],
  args: z.object({}),
  family: 'jobs',
  role: 'viewer',

  async read(_args, { jobs, platform }): Promise<JobsFacts> {
    return { jobs: await jobs.states(), zone: platform.timeZone }
  },

  render({ jobs, zone }) {
    const wrong = jobs.filter((job) => statusOf(job) !== 'ok')
    return {
      kind: 'table',
      audience: 'channel',
      text: `${count(jobs.length, 'job')}: ${wrong.length === 0 ? 'all in order' : `${wrong.map(({ name }) => name).join(', ')} to look at`}.`,
      blocks: [
        header('Scheduled jobs'),
        ...jobs.slice(0, MOST_JOBS).flatMap((job) => jobBlocks(job, zone)),
        ...(jobs.length === 0 ? [section('No job has been scheduled yet.')] : []),
        context('“jobs run”, “jobs pause” and “jobs resume” take the name of a job.'),
      ],
    }
  },

  data: ({ jobs }) => jobs,
  status: ({ jobs }) => (jobs.every((job) => statusOf(job) === 'ok') ? 'ok' : 'warning'),
})

function statusOf({ paused, last }: JobState): Status {
  return paused || last?.outcome === 'failed' || last?.outcome === 'missed' ? 'warning' : 'ok'
}

function jobBlocks(job: JobState, zone: string): readonly Block[] {
  const { name, paused, pausedBy, next } = job
  const due = next ? ` Next: ${localTime(new Date(next), zone)}.` : ''
  const state = paused ? `paused by ${pausedBy ?? 'somebody'}` : 'on'
  const buttons = paused
    ? [commandButton({ action: 'run', label: 'Resume', line: `jobs resume ${name}` })]
    : [
        commandButton({ action: 'run', label: 'Run now', line: `jobs run ${name}` }),
        commandButton({ action: 'run', label: 'Pause', line: `jobs pause ${name}` }),
      ]
  return [
    section(text`${bold(name)} · ${state}\n${lastRun(job, zone)}${paused ? '' : due}`),
    ...actions(...buttons),
  ]
}

const OUTCOMES = { running: 'under way', done: 'done', failed: 'failed', missed: 'missed' } as const

function lastRun({ last }: JobState, zone: string): string {
  if (last === null) return 'It has not run yet.'
  const when = localTime(new Date(last.scheduledFor), zone)
  const by = last.by === 'schedule' ? '' : `, asked for by ${last.by}`
  return `Last: ${when}, ${OUTCOMES[last.outcome]}${by}.`
}
