import { z } from 'zod'
import { commandButton } from '../src/blocks/builders.ts'
import { defineAdmin } from '../src/core/command.ts'
import { job } from '../src/core/names.ts'
import { noticeOf, resultOf } from './shared/answers.ts'

export const jobsPause = defineAdmin({
  name: 'jobs pause',
  summary: 'Keep a scheduled job from running until it is resumed.',
  examples: ['jobs pause morning-health'],
  args: z.object({ job }),
  positional: ['job'],
  family: 'jobs',
  role: 'admin',

  async act({ job: name }, desk, { actor }) {
    await desk.pauseJob(name, true, actor.person)
    return {}
  },

  render: (_result, { job: name }) =>
    resultOf(
      sentenceOf(name),
      commandButton({ action: 'undo', label: 'Resume', line: `jobs resume ${name}` }),
    ),

  announce: (_result, { job: name }, ask) => noticeOf(sentenceOf(name), 'Paused', ask),

  target: ({ job: name }) => name,
})

function sentenceOf(name: string): string {
  return `${name} is paused. It does not run before somebody resumes it.`
}
