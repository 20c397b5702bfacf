import { z } from 'zod'
import { section } from '../src/blocks/builders.ts'
import { defineAdmin } from '../src/core/command.ts'
import { job } from '../src/core/names.ts'

export const jobsRun = defineAdmin({
  name: 'jobs run',
  summary: 'Run a scheduled job once, now.',
  examples: ['jobs run morning-health'],
  args: z.object({ job }),
  positional: ['job'],
  family: 'jobs',
  role: 'member',

  async act({ job: name }, desk, { actor }) {
    await desk.requestJob(name, actor.person)
    return {}
  },

  render(_result, { job: name }) {
    const sentence = `${name} runs within a minute. Its message goes where it always goes.`
    return { kind: 'result', audience: 'channel', text: sentence, blocks: [section(sentence)] }
  },

  target: ({ job: name }) => name,
})
