import { z } from 'zod'
import { context, header, join, section, text } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import { slackChannel } from '../src/core/names.ts'
import type { Family } from '../src/core/roles.ts'

interface BindingFacts {
  readonly name: string
  readonly families: readonly Family[]
  readonly environment: string
  readonly shared: boolean
}
interface ChannelFacts {
  readonly asked: string | null
  readonly bindings: readonly BindingFacts[]
  readonly operates: string
}

export const channelShow = defineQuery({
  name: 'channel show',
  summary: 'Show what a channel is bound to, or all bound channels.',
  examples: ['channel show', 'channel show --all'],
  args: z.object({
    in: slackChannel.optional().describe('the channel; this one when not given'),
    all: z.boolean().default(false).describe('every bound channel'),
  }),
  family: 'access',
  role: 'viewer',

  async read({ in: named, all }, { access, platform }, ask): Promise<ChannelFacts> {
    const snapshot = await access.snapshot()
    const channel = all ? null : (named ?? ask.channel)
    const nameOf = (id: string) => snapshot.channels.get(id)?.name ?? id
    const bindings = [...snapshot.bindings.values()]
      .filter((binding) => channel === null || binding.channel === channel)
      .map(({ channel: id, families, environment }) => ({
        ...{ name: nameOf(id), families, environment },
        shared: snapshot.channels.get(id)?.shared === true,
      }))
    return { asked: channel === null ? null : nameOf(channel), bindings, operates: platform.environment }
  },

  render({ asked, bindings, operates }) {
    const lines = bindings.map((binding) => text`*#${binding.name}*  ${boundTo(binding)}`)
    const nothing =
      asked === null ? 'No channel is bound.' : `#${asked} is bound to nothing: only help is there.`
    const title = asked === null ? 'Bound channels' : `#${asked}`
    const [only] = bindings
    const body = asked !== null && only !== undefined ? [boundTo(only)] : lines
    return {
      kind: 'table',
      audience: 'requester',
      text:
        asked !== null && only !== undefined
          ? `#${asked} is bound to ${only.families.join(', ')}.`
          : `${title}: ${bindings.length === 0 ? nothing : `${bindings.length} bound.`}`,
      blocks: [
        header(title),
        section(body.length > 0 ? join(body) : nothing),
        context(`This Bakery operates ${operates}. An owner changes it with “channel bind”.`),
      ],
    }
  },
})

function boundTo({ families, environment, shared }: BindingFacts): string {
  const nothing = shared ? ' It is shared with another company, so nothing is done there.' : ''
  return `Bound to ${families.join(', ')} of ${environment}.${nothing}`
}
