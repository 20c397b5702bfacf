import { z } from 'zod'
import { commandButton } from '../src/blocks/builders.ts'
import { defineAdmin } from '../src/core/command.ts'
import { job } from '../src/core/names.ts'
import { noticeOf, resultOf } from './shared/answers.ts'

export const jobsResume = defineAdmin({
  name: 'jobs resume',
  summary: 'Let a paused job run by its schedule again.',
  examples: ['jobs resume morning-health'],
  args: z.object({ job }),
  positional: ['job'],
  family: 'jobs',
  role: 'admin',

  async act({ job: name }, desk, { actor }) {
    await desk.pauseJob(name, false, actor.person)
    return {}
  },

  render: (_result, { job: name }) =>
    resultOf(sentenceOf(name), commandButton({ action: 'undo', label: 'Pause', line: `jobs pause ${name}` })),

  announce: (_result, { job: name }, ask) => noticeOf(sentenceOf(name), 'Resumed', ask),

  target: ({ job: name }) => name,
})

function sentenceOf(name: string): string {
  return `${name} runs by its schedule again.`
}
