import { z } from 'zod'
import { bold, context, fields, header, join, localTime, section, text } from '../src/blocks/builders.ts'
import type { AccessSnapshot, Grant } from '../src/core/access.ts'
import { grantsOf, groupName, roleIn } from '../src/core/access-rules.ts'
import type { Answer } from '../src/core/answer.ts'
import type { UserKind } from '../src/core/ask.ts'
import { defineQuery } from '../src/core/command.ts'
import type { Role } from '../src/core/roles.ts'

interface HeldRole {
  readonly role: Role
  /** `#operations`, or `everywhere`. */
  readonly where: string
  readonly until: string | null
  /** The user group that it comes from; null: it is the person's own. */
  readonly group: string | null
}
interface WhoamiFacts {
  readonly user: string
  readonly person: string
  readonly name: string
  readonly kind: UserKind
  readonly groups: readonly string[]
  readonly roleHere: Role | null
  readonly roles: readonly HeldRole[]
  readonly zone: string
}

export const whoami = defineQuery({
  name: 'whoami',
  summary: 'Show who you are to Bakery: your roles, your groups, and until when.',
  examples: ['whoami'],
  args: z.object({}),
  family: 'help',
  role: null,

  async read(_args, { access, platform }, { actor, channel }): Promise<WhoamiFacts> {
    const snapshot = await access.snapshot()
    const channels = new Set(snapshot.grants.flatMap((grant) => grant.channel ?? []))
    const grants = [...channels].flatMap((id) => grantsOf(snapshot, actor.user, id))
    const everywhere = grantsOf(snapshot, actor.user, null)
    return {
      user: actor.user,
      person: actor.person,
      name: snapshot.users.get(actor.user)?.name ?? actor.user,
      kind: actor.kind,
      groups: [...snapshot.groups]
        .filter(([, members]) => members.has(actor.user))
        .map(([id]) => groupName(snapshot, id)),
      roleHere: roleIn(snapshot, actor.user, channel),
      roles: [...new Set([...everywhere, ...grants])].map((grant) => heldRole(grant, snapshot)),
      zone: platform.timeZone,
    }
  },

  render({ user, person, name, kind, groups, roleHere, roles, zone }, _args, { surface }) {
    if (surface === 'terminal') return ofThisMachine(name)
    const here = roleHere === null ? 'no role here' : `${roleHere} here`
    const lines = roles.map(
      ({ role, where, until, group }) =>
        text`${bold(role)} ${where}${untilWords(until, zone)}${group === null ? '' : `, through ${group}`}`,
    )
    return {
      kind: 'help',
      audience: 'requester',
      text: `You are ${name}: ${here}.`,
      blocks: [
        header(`You are ${name}`),
        fields([
          text`*Person*\n${person}`,
          text`*Account*\n${ACCOUNTS[kind]}`,
          text`*Role here*\n${roleHere ?? 'none'}`,
          text`*Groups*\n${groups.join(', ') || 'none'}`,
        ]),
        section(
          lines.length > 0
            ? join(lines)
            : 'You hold no role anywhere. An admin of a channel can grant you one.',
        ),
        context(`Slack id ${user}`),
      ],
    }
  },
})

/** Slack knows nothing of somebody at a terminal, and no role is asked for there. */
function ofThisMachine(name: string): Answer {
  const sentence = `You are ${name} on this machine. A terminal asks and changes nothing.`
  return { kind: 'help', audience: 'requester', text: sentence, blocks: [section(sentence)] }
}

function heldRole({ role, channel, until, group }: Grant, snapshot: AccessSnapshot): HeldRole {
  const where = channel === null ? 'everywhere' : `in #${snapshot.channels.get(channel)?.name ?? channel}`
  return { role, where, until, group: group === null ? null : groupName(snapshot, group) }
}

/** Kinds as a person would say them; what they mean for the rules is in `policy`. */
const ACCOUNTS: Readonly<Record<UserKind, string>> = {
  member: 'full member of the workspace',
  guest: 'guest of the workspace',
  external: 'of another company',
  bot: 'bot',
  deactivated: 'deactivated',
  unknown: 'not known yet',
}

function untilWords(until: string | null, zone: string): string {
  return until === null ? '' : ` until ${localTime(new Date(until), zone)}`
}
