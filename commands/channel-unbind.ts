import { z } from 'zod'
import { defineAdmin } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { assertStillHolds, channelMeant } from '../src/core/grants.ts'
import { slackChannel } from '../src/core/names.ts'
import { noticeOf, resultOf } from './shared/answers.ts'

interface Unbound {
  readonly name: string
}

export const channelUnbind = defineAdmin({
  name: 'channel unbind',
  summary: 'Take a channel out of use: nothing but help is left there.',
  examples: ['channel unbind', 'channel unbind --in #digest'],
  args: z.object({ in: slackChannel.optional().describe('the channel; this one when not given') }),
  family: 'access',
  role: 'owner',

  async act({ in: named }, desk, ask): Promise<Unbound> {
    await assertStillHolds(desk, ask, 'owner')
    const channel = channelMeant(ask, named)
    const name = (await desk.channel(channel))?.name ?? channel
    if (!(await desk.unbind(channel))) {
      throw new UserError('BAD_ARGUMENT', `#${name} is not bound to anything.`, {
        suggestions: ['channel show'],
      })
    }
    return { name }
  },

  render: (unbound) => resultOf(sentenceOf(unbound)),

  announce: (unbound, _args, ask) => noticeOf(sentenceOf(unbound), 'Unbound', ask),

  target: ({ in: named }) => named ?? 'this channel',
})

function sentenceOf({ name }: Unbound): string {
  return `#${name} is not bound any more: only help is left there.`
}
