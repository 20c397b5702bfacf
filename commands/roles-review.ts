import { z } from 'zod'
import { ago, bold, context, count, header, join, localTime, section, text } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import { type GrantFacts, grantFacts, grantsIn } from '../src/core/grants.ts'

interface ReviewFacts {
  readonly grants: readonly GrantFacts[]
  readonly zone: string
  readonly now: Date
}

const LINES_PER_BLOCK = 10

export const rolesReview = defineQuery({
  name: 'roles review',
  summary: 'Show every grant with its age, its end and who gave it, what needs a look first.',
  examples: ['roles review'],
  args: z.object({}),
  family: 'access',
  role: 'admin',

  async read(_args, { access, platform }, { role, channel }): Promise<ReviewFacts> {
    const snapshot = await access.snapshot()
    const all = grantsIn(snapshot, role === 'owner' ? null : channel)
    const grants = all.map((grant) => grantFacts(grant, snapshot)).toSorted(byConcernThenAge)
    return { grants, zone: platform.timeZone, now: new Date(snapshot.now()) }
  },

  render({ grants, zone, now }) {
    const questionable = grants.filter(({ concerns }) => concerns.length > 0).length
    const lines = grants.map((grant) => line(grant, zone, now))
    const blocks = Array.from({ length: Math.ceil(lines.length / LINES_PER_BLOCK) }, (_, index) =>
      section(join(lines.slice(index * LINES_PER_BLOCK, (index + 1) * LINES_PER_BLOCK))),
    )
    return {
      kind: 'table',
      audience: 'requester',
      text: `Role review: ${count(grants.length, 'grant')}, ${questionable} to look at.`,
      blocks: [
        header('Role review'),
        section(`${count(grants.length, 'grant')}, ${questionable} to look at.`),
        ...blocks,
        context('“roles revoke @name” takes a role away. Owners see every channel, admins their own.'),
      ],
    }
  },
})

function byConcernThenAge(a: GrantFacts, b: GrantFacts): number {
  return b.concerns.length - a.concerns.length || a.grantedAt.localeCompare(b.grantedAt)
}

function line(
  { who, role, where, until, grantedAt, grantedBy, concerns }: GrantFacts,
  zone: string,
  now: Date,
) {
  const end = until === null ? 'for ever' : `until ${localTime(new Date(until), zone)}`
  const given = `${end}, given ${ago(new Date(grantedAt), now)} by ${grantedBy}`
  const look = concerns.length > 0 ? text` ${bold(`Look: ${concerns.join(', ')}.`)}` : ''
  return text`• ${bold(who)} ${role} ${where === 'everywhere' ? where : `in ${where}`}, ${given}.${look}`
}
