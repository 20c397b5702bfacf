import { z } from 'zod'
import type { Binding } from '../src/core/access.ts'
import { defineAdmin } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { assertStillHolds, channelMeant } from '../src/core/grants.ts'
import { family, slackChannel } from '../src/core/names.ts'
import { FAMILIES } from '../src/core/roles.ts'
import { noticeOf, resultOf } from './shared/answers.ts'

interface Bound {
  readonly binding: Binding
  readonly before: Binding | null
  readonly name: string
}

export const channelBind = defineAdmin({
  name: 'channel bind',
  summary: 'Say which families of commands may be used in a channel.',
  examples: ['channel bind health cluster logs', 'channel bind access audit --in #security'],
  args: z.object({
    families: z
      .array(family)
      .min(1, 'must name at least one family')
      .describe(`families: ${FAMILIES.join(', ')}`),
    in: slackChannel.optional().describe('the channel; this one when not given'),
    environment: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a lower-case name such as production')
      .default('production')
      .describe('the environment that is operated from there'),
  }),
  positional: ['families'],
  family: 'access',
  role: 'owner',

  async act({ families, in: named, environment }, desk, ask): Promise<Bound> {
    await assertStillHolds(desk, ask, 'owner')
    const channel = channelMeant(ask, named)
    const mirrored = await desk.channel(channel)
    if (mirrored?.shared === true) {
      const message = `#${mirrored.name} is shared with another company, so nothing can be bound to it.`
      throw new UserError('EXTERNAL', message)
    }
    const before = await desk.binding(channel)
    const binding = await desk.bind({ channel, families: [...new Set(families)], environment })
    return { binding, before, name: mirrored?.name ?? channel }
  },

  render: (bound) => resultOf(sentenceOf(bound)),

  announce: (bound, _args, ask) => noticeOf(sentenceOf(bound), 'Bound', ask),

  target: ({ in: named }) => named ?? 'this channel',
})

function sentenceOf({ binding, before, name }: Bound): string {
  const { families, environment } = binding
  const was = before === null ? '' : ` Before: ${before.families.join(', ')} of ${before.environment}.`
  return `#${name} is bound to ${families.join(', ')} of ${environment}.${was}`
}
