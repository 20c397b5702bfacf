import { z } from 'zod'
import type { Grant } from '../src/core/access.ts'
import { defineAdmin } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { assertStillHolds, channelMeant, groupSaid, subjectOf } from '../src/core/grants.ts'
import { slackChannel, slackSubject } from '../src/core/names.ts'
import { reaches } from '../src/core/roles.ts'
import { noticeOf, resultOf } from './shared/answers.ts'

interface Revoked {
  readonly taken: readonly Grant[]
  readonly who: string
  readonly where: string
}

export const rolesRevoke = defineAdmin({
  name: 'roles revoke',
  summary: 'Take away what a person or a user group holds in this channel.',
  examples: ['roles revoke @ana', 'roles revoke @olivia --everywhere'],
  args: z.object({
    subject: slackSubject.describe('a person or a user group, mentioned with @'),
    in: slackChannel.optional().describe('another channel than this one, for owners'),
    everywhere: z.boolean().default(false).describe('the role owner, which is held everywhere'),
  }),
  positional: ['subject'],
  family: 'access',
  role: 'admin',

  async act({ subject: id, in: named, everywhere }, desk, ask): Promise<Revoked> {
    if (everywhere && ask.role !== 'owner') {
      throw new UserError('NO_ROLE', 'Only an owner takes the role owner away.')
    }
    await assertStillHolds(desk, ask, everywhere ? 'owner' : 'admin')
    const channel = everywhere ? null : channelMeant(ask, named)
    const subject = subjectOf(id)
    const held = (await desk.grants()).filter(
      (grant) => grant.user === subject.user && grant.group === subject.group && grant.channel === channel,
    )
    if (ask.role !== 'owner' && held.some(({ role }) => reaches(role, 'admin')) && id !== ask.actor.user) {
      throw new UserError('NO_ROLE', 'Only an owner takes the role admin away.')
    }
    const taken = await desk.revoke({ ...subject, channel })
    const people = await desk.people(subject)
    const mirrored = channel === null ? null : await desk.channel(channel)
    const where = channel === null ? 'everywhere' : `in #${mirrored?.name ?? channel}`
    const who =
      people.find(({ user }) => user === id)?.name ??
      (subject.group === null ? id : await groupSaid(desk, id))
    if (taken.length === 0) {
      const hint = everywhere ? '' : ' Owners hold their role everywhere: --everywhere takes that away.'
      throw new UserError('BAD_ARGUMENT', `${who} holds nothing ${where}.${hint}`, {
        suggestions: ['roles list'],
      })
    }
    return { taken, who, where }
  },

  render: (revoked) => resultOf(sentenceOf(revoked)),

  announce: (revoked, _args, ask) => noticeOf(sentenceOf(revoked), 'Revoked', ask),

  target: ({ subject }) => subject,
})

function sentenceOf({ taken, who, where }: Revoked): string {
  return `${who} is no longer ${taken.map(({ role }) => role).join(' and ')} ${where}.`
}
