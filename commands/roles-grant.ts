import { z } from 'zod'
import { actions, commandButton, localTime, section } from '../src/blocks/builders.ts'
import type { Grant } from '../src/core/access.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineAdmin } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { assertMayReceive, assertStillHolds, channelMeant, groupSaid, subjectOf } from '../src/core/grants.ts'
import { duration, role, slackChannel, slackSubject } from '../src/core/names.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { type Role, reaches } from '../src/core/roles.ts'
import { noticeOf } from './shared/answers.ts'

interface Granted {
  readonly grant: Grant
  readonly who: string
  readonly where: string
  /** What the same person or group held there before; null: nothing. */
  readonly before: Role | null
}

export const rolesGrant = defineAdmin({
  name: 'roles grant',
  summary: 'Give a person or a user group a role in this channel, for ever or for a while.',
  examples: ['roles grant @ana member --for 8h', 'roles grant @ana viewer', 'roles grant @olivia owner'],
  args: z.object({
    subject: slackSubject.describe('a person or a user group, mentioned with @'),
    role,
    for: duration.optional().describe('how long, such as 8h or 7d; for ever when not given'),
    in: slackChannel.optional().describe('another channel than this one, for owners'),
  }),
  positional: ['subject', 'role'],
  family: 'access',
  role: 'admin',

  before: ({ subject }, ports) => meet(subject, ports),

  async act({ subject: id, role: wanted, for: seconds, in: named }, desk, ask): Promise<Granted> {
    assertMayGive(ask, wanted)
    await assertStillHolds(desk, ask, wanted === 'owner' ? 'owner' : 'admin')
    const channel = wanted === 'owner' ? null : channelMeant(ask, named)
    const subject = subjectOf(id)
    const people = await desk.people(subject)
    assertMayReceive(people, ask.actor, subject)
    const held = (await desk.grants()).find(
      (grant) => grant.user === subject.user && grant.group === subject.group && grant.channel === channel,
    )
    assertMayReplace(ask, held)
    const grant = await desk.grant({
      ...{ ...subject, channel, role: wanted, seconds: seconds ?? null, grantedBy: ask.actor.user },
    })
    const mirrored = channel === null ? null : await desk.channel(channel)
    return {
      grant,
      who: people.find(({ user }) => user === id)?.name ?? (await groupSaid(desk, id)),
      where: channel === null ? 'everywhere' : `in #${mirrored?.name ?? channel}`,
      before: held?.role ?? null,
    }
  },

  render(granted, { subject, in: named }, { zone }) {
    const sentence = sentenceOf(granted, zone)
    const elsewhere = named === undefined ? '' : ` --in ${named}`
    return {
      kind: 'result',
      audience: 'channel',
      text: sentence,
      blocks: [
        section(sentence),
        ...actions(
          commandButton({
            action: 'undo',
            label: 'Take it away',
            line: `roles revoke ${subject}${elsewhere}`,
            accessibilityLabel: `Take the role of ${granted.who} away`,
          }),
        ),
      ],
    }
  },

  announce: (granted, _args, ask) => noticeOf(sentenceOf(granted, ask.zone), 'Granted', ask),

  target: ({ subject }) => subject,
})

/** Somebody whom Bakery never saw is looked up now; when Slack cannot say who that is, `act` refuses. */
async function meet(id: string, { access, attestation }: ReadPorts): Promise<void> {
  const { user } = subjectOf(id)
  if (user === null) return
  const known = (await access.snapshot()).users.get(user)
  if (known === undefined || known.kind === 'unknown') {
    await attestation.attest(user, null).catch(() => undefined)
  }
}

/** Admins give viewer and member; admin and owner come from an owner. */
function assertMayGive({ role: own }: Ask, wanted: Role): void {
  if (own === 'owner' || !reaches(wanted, 'admin')) return
  throw new UserError(
    'NO_ROLE',
    `Only an owner grants the role ${wanted}. An admin grants viewer and member.`,
  )
}

/** Giving somebody a lower role takes a higher one away, which is not an admin's to take. */
function assertMayReplace({ role: own }: Ask, held: Grant | undefined): void {
  if (own === 'owner' || held === undefined || !reaches(held.role, 'admin')) return
  throw new UserError('NO_ROLE', `This would replace the role ${held.role}, which only an owner can do.`)
}

function sentenceOf({ grant, who, where, before }: Granted, zone = 'UTC'): string {
  const end = grant.until === null ? 'for ever' : `until ${localTime(new Date(grant.until), zone)}`
  const instead = before === null || before === grant.role ? '' : `, no longer ${before}`
  return `${who} is now ${grant.role} ${where} ${end}${instead}.`
}
