import { z } from 'zod'
import { actions, commandButton, context, section } from '../src/blocks/builders.ts'
import { defineAdmin } from '../src/core/command.ts'
import { job } from '../src/core/names.ts'

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

  render(_result, { job: name }) {
    const sentence = sentenceOf(name)
    const back = commandButton({ action: 'undo', label: 'Resume', line: `jobs resume ${name}` })
    return {
      kind: 'result',
      audience: 'channel',
      text: sentence,
      blocks: [section(sentence), ...actions(back)],
    }
  },

  announce(_result, { job: name }, { actor, ref }) {
    const sentence = `${sentenceOf(name)} Paused by ${actor.person}.`
    return {
      kind: 'alert',
      audience: 'channel',
      text: sentence,
      blocks: [section(sentence), context(`ref ${ref}`)],
    }
  },

  target: ({ job: name }) => name,
})

function sentenceOf(name: string): string {
  return `${name} is paused. It does not run before somebody resumes it.`
}
