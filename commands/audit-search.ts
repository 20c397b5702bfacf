import { z } from 'zod'
import { context, count, header, join, localTime, section } from '../src/blocks/builders.ts'
import { CODES } from '../src/core/codes.ts'
import { defineQuery } from '../src/core/command.ts'
import { duration, slackChannel } from '../src/core/names.ts'
import type { AuditFilter, AuditRow } from '../src/core/ports/audit.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { type AuditEntry, entriesOf, entryText } from './shared/audit-entries.ts'

interface AuditFacts {
  readonly rows: readonly AuditRow[]
  readonly entries: readonly AuditEntry[]
  readonly since: Date
  readonly limit: number
  readonly zone: string
}

const word = z.string().min(1).max(200).optional()
const ROWS_PER_BLOCK = 8

export const auditSearch = defineQuery({
  name: 'audit search',
  summary: 'Search the audit log, newest first.',
  examples: [
    'audit search --decision refused --since 7d',
    'audit search --actor @ana --command logs',
    'audit search --ref K7M2Q9XA',
  ],
  args: z.object({
    actor: word.describe('who: a person mentioned with @, “bakery”, or as exported, such as local/root'),
    command: word.describe('the name of a command, such as “roles grant”'),
    target: word.describe('what it was about'),
    decision: word.describe('allowed, refused, done or failed'),
    code: z.enum(CODES).optional().describe('the code of a refusal'),
    ref: word.describe('the reference at the end of an answer'),
    channel: slackChannel.optional().describe('where it was asked'),
    since: duration.prefault('24h').describe('how far back'),
    until: duration.optional().describe('and up to how long ago; now when not given'),
    limit: z.coerce.number().int().min(1).max(200).default(30).describe('at most so many rows'),
  }),
  family: 'audit',
  role: 'viewer',

  async read(args, { access, audit, clock, platform }, ask, signal): Promise<AuditFacts> {
    const now = clock.now().getTime()
    const since = new Date(now - args.since * 1000)
    const { actor, command, target, decision, code: refused, ref, channel, until, limit } = args
    const who = idOf(actor, platform)
    const snapshot = await access.snapshot()
    const team = snapshot.users.get(who ?? '')?.team ?? ask.actor.team
    const given = {
      actor: isSlackId(who) ? `${team}/${who}` : who,
      command,
      target,
      decision,
      code: refused,
      ref,
      channel,
    }
    const filter: AuditFilter = {
      ...defined(given),
      ...(ref === undefined ? { since } : {}),
      ...(until === undefined ? {} : { until: new Date(now - until * 1000) }),
      limit,
    }
    const rows = await audit.search(filter, signal)
    return { rows, entries: entriesOf(rows, snapshot), since, limit, zone: platform.timeZone }
  },

  render({ rows, entries, since, limit, zone }) {
    const lines = entries.map((entry) => entryText(entry, zone))
    const blocks = Array.from({ length: Math.ceil(lines.length / ROWS_PER_BLOCK) }, (_, index) =>
      section(join(lines.slice(index * ROWS_PER_BLOCK, (index + 1) * ROWS_PER_BLOCK))),
    )
    const more = rows.length === limit ? ` These are the newest ${limit}: there may be more.` : ''
    const span = `since ${localTime(since, zone)}`
    return {
      kind: 'table',
      audience: 'requester',
      text: `Audit log: ${count(rows.length, 'row')} ${span}.`,
      blocks: [
        header('Audit log'),
        ...(blocks.length > 0 ? blocks : [section(`No row ${span} is like that.`)]),
        context(`${count(rows.length, 'row')} ${span}.${more}`),
      ],
    }
  },

  data: ({ rows }) => rows,
})

/** `@ana` is the id that platform.yaml has for her; a person of this workspace is `team/user` in the log. */
function idOf(given: string | undefined, { people }: ReadPorts['platform']): string | undefined {
  const name = given?.startsWith('@') === true ? given.slice(1).toLowerCase() : null
  return people.find((person) => person.name.toLowerCase() === name)?.slack[0] ?? given
}

function isSlackId(given: string | undefined): boolean {
  return given !== undefined && /^[UW][A-Z0-9]{2,}$/.test(given)
}

type Given = Omit<AuditFilter, 'limit' | 'since' | 'until'>

function defined(given: { readonly [K in keyof Given]: Given[K] | undefined }): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
