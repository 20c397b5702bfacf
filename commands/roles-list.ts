import { z } from 'zod'
import { bold, context, count, header, join, localTime, section, text } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import { type GrantFacts, grantFacts, grantsIn } from '../src/core/grants.ts'
import { slackChannel } from '../src/core/names.ts'
import { ROLES } from '../src/core/roles.ts'

interface RolesFacts {
  /** `in #operations`, or `everywhere`. */
  readonly where: string
  readonly grants: readonly GrantFacts[]
  readonly zone: string
}

export const rolesList = defineQuery({
  name: 'roles list',
  summary: 'Show who holds which role in a channel.',
  examples: ['roles list', 'roles list --in #operations'],
  args: z.object({ in: slackChannel.optional().describe('the channel; this one when not given') }),
  family: 'access',
  role: 'viewer',

  async read({ in: named }, { access, platform }, ask): Promise<RolesFacts> {
    const snapshot = await access.snapshot()
    const channel = named ?? ask.channel
    const name = channel === null ? null : (snapshot.channels.get(channel)?.name ?? channel)
    return {
      where: name === null ? 'everywhere' : `in #${name}`,
      grants: grantsIn(snapshot, channel).map((grant) => grantFacts(grant, snapshot)),
      zone: platform.timeZone,
    }
  },

  render({ where, grants, zone }) {
    const strongestFirst = ROLES.toReversed()
    const lines = strongestFirst.flatMap((role) =>
      grants.filter((grant) => grant.role === role).map((grant) => line(grant, zone, where)),
    )
    return {
      kind: 'table',
      audience: 'requester',
      text: `Roles ${where}: ${count(grants.length, 'grant')}.`,
      blocks: [
        header(`Roles ${where}`),
        section(lines.length > 0 ? join(lines) : 'Nobody holds a role there.'),
        context('Owners hold their role in every channel. “roles review” shows what should be looked at.'),
      ],
    }
  },
})

/** Where a role is held stands only where it is not what was asked about. */
function line({ role, who, where, until }: GrantFacts, zone: string, asked: string) {
  const place = where === 'everywhere' ? ' (everywhere)' : asked === 'everywhere' ? ` in ${where}` : ''
  const end = until === null ? '' : ` until ${localTime(new Date(until), zone)}`
  return text`${bold(role)}  ${who}${place}${end}`
}
