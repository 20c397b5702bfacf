import { z } from 'zod'
import { actions, commandButton, context, section } from '../src/blocks/builders.ts'
import { defineAdmin } from '../src/core/command.ts'
import { job } from '../src/core/names.ts'

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

  render(_result, { job: name }) {
    const sentence = sentenceOf(name)
    const back = commandButton({ action: 'undo', label: 'Pause', line: `jobs pause ${name}` })
    return {
      kind: 'result',
      audience: 'channel',
      text: sentence,
      blocks: [section(sentence), ...actions(back)],
    }
  },

  announce(_result, { job: name }, { actor, ref }) {
    const sentence = `${sentenceOf(name)} Resumed by ${actor.person}.`
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
  return `${name} runs by its schedule again.`
}
