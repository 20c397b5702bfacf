import { z } from 'zod'
import { defineAdmin } from '../src/core/command.ts'

/** Behind the button *Share here* of a message that only one person saw. */
export const share = defineAdmin({
  name: 'share',
  summary: 'Post for everybody here what only you were shown, by the button “Share here”.',
  examples: ['share 0192f1c4'],
  args: z.object({
    message: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the number of a message, which its button knows')
      .describe('the number of the message, which its button knows'),
  }),
  positional: ['message'],
  family: 'logs',
  role: 'viewer',

  act: ({ message }, desk, { actor }) => desk.share(message, actor.user),

  render: (shared) => ({ ...shared, audience: 'channel' }),

  target: ({ message }) => message,
})
