import { describe, expect, it } from 'vitest'
import { auditSearch } from '../../commands/audit-search.ts'
import { channelShow } from '../../commands/channel-show.ts'
import { help } from '../../commands/help.ts'
import { commands } from '../../commands/index.ts'
import { jobsList } from '../../commands/jobs-list.ts'
import { menu } from '../../commands/menu.ts'
import { policy } from '../../commands/policy.ts'
import { rolesList } from '../../commands/roles-list.ts'
import { rolesReview } from '../../commands/roles-review.ts'
import { whoami } from '../../commands/whoami.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import type { Ask } from '../../src/core/ask.ts'
import type { Query } from '../../src/core/command.ts'
import type { AuditFilter, AuditRow } from '../../src/core/ports/audit.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { JobState } from '../../src/core/ports/jobs.ts'
import { FAMILIES } from '../../src/core/roles.ts'
import { seal } from '../../src/core/seal.ts'
import { plainAnswer } from '../../src/views/plain.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, grant, snapshotOf } from '../support/snapshot.ts'

const OPERATIONS = 'C0OPERATIONS'
const snapshot = snapshotOf({
  users: { U0OLIVIA: 'member', U0ANA: 'member', U0MARCO: 'member', U0GONE: 'deactivated' },
  channels: { [OPERATIONS]: false, C0IDLE: false },
  groups: { S0ONCALL: ['U0MARCO'], S0EMPTY: [] },
  grants: [
    grant({ user: 'U0OLIVIA', role: 'owner' }),
    grant({ user: 'U0ANA', channel: OPERATIONS, role: 'admin', grantedAt: '2026-06-01T00:00:00Z' }),
    grant({
      group: 'S0ONCALL',
      channel: OPERATIONS,
      role: 'member',
      until: '2026-11-23T13:00:00Z',
      grantedBy: 'U0ANA',
    }),
    grant({ group: 'S0EMPTY', channel: OPERATIONS, role: 'viewer' }),
    grant({ user: 'U0GONE', channel: OPERATIONS, role: 'viewer', grantedAt: '2026-11-02T00:00:00Z' }),
    grant({ user: 'U0LATE', channel: OPERATIONS, role: 'viewer', until: '2026-11-23T04:00:00Z' }),
  ],
  bindings: [
    { channel: OPERATIONS, families: FAMILIES.filter((one) => one !== 'audit'), environment: 'production' },
  ],
})

async function run(query: Query, args: unknown, ask: Ask, more: Partial<ReadPorts> = {}) {
  const outcome = await query.run(args, ownPorts(snapshot, commands, more), ask, AbortSignal.timeout(5000))
  const message = seal({ answer: outcome.answer, outboxId: '0192f1c4', version: 1, ref: 'K7M2Q9XA' })
  expect(limitFaults(message.blocks)).toEqual([])
  return { ...outcome, offers: message.offers.map(({ line }) => line), shown: plainAnswer(outcome.answer) }
}

describe('menu', () => {
  it('has a button for everything that answers at once, and names the rest', async () => {
    const { offers, shown, answer } = await run(menu, {}, askOf({ user: 'U0MARCO', role: 'member' }))
    expect(answer.audience).toBe('requester')
    expect(answer.text).toBe('Bakery: what you can do here. You are member here.')
    expect(offers).toEqual(expect.arrayContaining(['help', 'whoami', 'policy', 'jobs list', 'roles list']))
    expect(offers).not.toContain('roles review')
    expect(shown).toContain('To type: jobs run')
    expect(shown).not.toContain('roles grant')
  })

  it('has only help where there is no channel', async () => {
    const { offers, shown } = await run(menu, {}, askOf({ user: 'U0OLIVIA', channel: null }))
    expect(offers).toEqual(['help', 'whoami', 'policy'])
    expect(shown).toContain('Most commands belong in a channel.')
  })
})

describe('help', () => {
  it('shows what this person may do here, and what the rest would take', async () => {
    const { shown } = await run(help, {}, askOf({ user: 'U0MARCO' }))
    expect(shown).toContain('roles list  Show who holds which role in a channel.')
    expect(shown).toContain('roles grant: needs the role admin')
    expect(shown).toContain('channel bind: needs the role owner')
    expect(shown).toContain('audit search: this channel is not bound to it')
  })

  it('explains one command with its arguments and lines to try', async () => {
    const { shown, offers } = await run(help, { command: ['roles', 'list'] }, askOf({ user: 'U0MARCO' }))
    expect(shown).toContain('Usage: roles list [--in <channel>]')
    expect(shown).toContain('--in the channel; this one when not given')
    expect(shown).toContain('You may use it here.')
    expect(offers).toEqual(['roles list', 'roles list --in #operations'])
  })

  it('offers no button that changes something', async () => {
    const { shown, offers } = await run(help, { command: ['roles', 'grant'] }, askOf({ user: 'U0MARCO' }))
    expect(offers).toEqual([])
    expect(shown).toContain(
      'You may not use it here. “roles grant” needs the role admin in this channel; you are member.',
    )
  })

  it('shows the group of commands that begin with a word', async () => {
    const { shown } = await run(help, { command: ['channel'] }, askOf({ user: 'U0OLIVIA' }))
    expect(shown).toContain('channel bind')
    expect(shown).not.toContain('roles grant')
  })

  it('offers the nearest where there is nothing of that name', async () => {
    await expect(run(help, { command: ['rols'] }, askOf())).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
      suggestions: expect.arrayContaining(['help roles']),
    })
  })
})

describe('whoami', () => {
  it('shows roles, groups and until when, in the zone of the platform', async () => {
    const { shown, answer } = await run(whoami, {}, askOf({ user: 'U0MARCO' }))
    expect(answer.text).toBe('You are marco: member here.')
    expect(shown).toContain('member in #operations until 2026-11-23 14:00 CET (13:00 UTC), through @oncall')
    expect(shown).toContain('Groups\n@oncall')
  })

  it('says so when somebody holds nothing', async () => {
    const { shown } = await run(whoami, {}, askOf({ user: 'U0NOBODY' }))
    expect(shown).toContain('You hold no role anywhere.')
  })
})

describe('policy', () => {
  it('shows the rules, the roles, the risks and what this channel is for', async () => {
    const { shown } = await run(policy, {}, askOf())
    expect(shown).toContain(
      'This channel is bound to help, health, cluster, logs, changes, jobs, access of production.',
    )
    expect(shown).toContain(
      '• shared channel: Nothing is done in a channel that is shared with another company.',
    )
    expect(shown).toContain('• destructive: Any of: a database, Redis, RabbitMQ')
  })
})

describe('roles list', () => {
  it('shows who holds what, the strongest first, and nothing that has ended', async () => {
    const { shown, answer } = await run(rolesList, {}, askOf({ user: 'U0MARCO' }))
    expect(answer.text).toBe('Roles in #operations: 5 grants.')
    const [first] = shown.split('\n').filter((line) => line.startsWith('owner'))
    expect(first).toBe('owner  olivia (everywhere)')
    expect(shown).toContain('member  @oncall (marco) until 2026-11-23 14:00 CET (13:00 UTC)')
    expect(shown).not.toContain('U0LATE')
  })
})

describe('roles review', () => {
  it('shows what needs a look first, with who gave it and when', async () => {
    const { shown, answer } = await run(rolesReview, {}, askOf({ user: 'U0ANA', role: 'admin' }))
    expect(answer.text).toBe('Role review: 5 grants, 3 to look at.')
    const lines = shown.split('\n').filter((line) => line.startsWith('•'))
    expect(lines[0]).toContain(
      '• ana admin in #operations, for ever, given 175 d 5 h ago by olivia. Look: for ever since 175 days.',
    )
    expect(lines.slice(1, 3).join('\n')).toContain('Look: deactivated.')
    expect(lines.slice(1, 3).join('\n')).toContain('Look: the group is empty.')
  })
})

describe('channel show', () => {
  it('shows this channel, or all of them', async () => {
    expect((await run(channelShow, {}, askOf())).answer.text).toBe(
      '#operations is bound to help, health, cluster, logs, changes, jobs, access.',
    )
    expect((await run(channelShow, { all: true }, askOf())).answer.text).toBe('Bound channels: 1 bound.')
    expect((await run(channelShow, {}, askOf({ channel: 'C0IDLE' }))).shown).toContain(
      '#idle is bound to nothing: only help is there.',
    )
  })
})

describe('audit search', () => {
  const row: AuditRow = {
    seq: 41,
    at: '2026-11-23T04:58:00.000000Z',
    kind: 'request',
    actor: 'T0BAKERY/U0MARCO',
    person: 'marco',
    channel: OPERATIONS,
    surface: 'slash',
    command: 'logs',
    target: 'orders-service',
    operation: null,
    decision: 'refused',
    code: 'NO_ROLE',
    ref: 'K7M2Q9XA',
    payloadHash: null,
    prev: '',
    hash: '',
  }
  async function search(args: unknown, rows: readonly AuditRow[] = [row]) {
    const filters: AuditFilter[] = []
    const audit = {
      async search(filter: AuditFilter) {
        filters.push(filter)
        return rows
      },
    }
    return { ...(await run(auditSearch, args, askOf({ user: 'U0AUDE' }), { audit })), filter: filters[0] }
  }

  it('shows each row with its moment, its decision and its reference', async () => {
    const { shown, answer, data } = await search({})
    expect(answer.text).toBe('Audit log: 1 row since 2026-11-22 06:00 CET (05:00 UTC).')
    expect(shown).toContain(
      'refused NO_ROLE  logs orders-service\n2026-11-23 05:58 CET (04:58 UTC), marco in #operations, by slash, ref K7M2Q9XA, row 41',
    )
    expect(data).toEqual([row])
  })

  it('asks for what the flags say', async () => {
    const { filter } = await search({
      actor: 'U0MARCO',
      decision: 'refused',
      since: '7d',
      until: '1h',
      limit: '5',
    })
    expect(filter).toEqual({
      actor: 'T0BAKERY/U0MARCO',
      decision: 'refused',
      since: new Date('2026-11-16T05:00:00Z'),
      until: new Date('2026-11-23T04:00:00Z'),
      limit: 5,
    })
  })

  it('finds people by name, what is no person as it is, and a reference however old it is', async () => {
    expect((await search({ actor: '@ana' })).filter).toMatchObject({ actor: 'T0BAKERY/U0ANA' })
    expect((await search({ actor: 'local/root' })).filter).toMatchObject({ actor: 'local/root' })
    expect((await search({ ref: 'K7M2Q9XA' })).filter).toEqual({ ref: 'K7M2Q9XA', limit: 30 })
  })

  it('says so when there is nothing, and when there may be more', async () => {
    expect((await search({}, [])).shown).toContain(
      'No row since 2026-11-22 06:00 CET (05:00 UTC) is like that.',
    )
    expect((await search({ limit: 1 })).shown).toContain('These are the newest 1: there may be more.')
  })

  it('stays one message with very many rows', async () => {
    await search(
      { limit: 200 },
      Array.from({ length: 200 }, () => row),
    )
  })
})

describe('jobs list', () => {
  const last = {
    scheduledFor: '2026-11-23T06:00:00Z',
    startedAt: '2026-11-23T06:00:01Z',
    finishedAt: '2026-11-23T06:00:02Z',
    outcome: 'done',
    by: 'schedule',
  } as const
  const job = (more: Partial<JobState>): JobState => ({
    name: 'morning-health',
    paused: false,
    pausedBy: null,
    last,
    ...more,
  })
  const list = (...states: JobState[]) =>
    run(jobsList, {}, askOf(), { jobs: { states: async () => states, runs: async () => [] } })

  it('shows when each ran last and how it ended', async () => {
    const { shown, status, offers } = await list(job({ next: '2026-11-24T06:00:00Z' }))
    expect(shown).toContain(
      'morning-health · on\nLast: 2026-11-23 07:00 CET (06:00 UTC), done. Next: 2026-11-24 07:00 CET (06:00 UTC).',
    )
    expect(offers).toEqual(['jobs run morning-health', 'jobs pause morning-health'])
    expect(status).toBe('ok')
  })

  it('warns of what is paused, failed or missed', async () => {
    const { shown, status, answer, offers } = await list(
      job({ paused: true, pausedBy: 'ana' }),
      job({ name: 'sweep', last: { ...last, outcome: 'failed', by: 'marco' } }),
      job({ name: 'new', last: null }),
    )
    expect(status).toBe('warning')
    expect(answer.text).toBe('3 jobs: morning-health, sweep to look at.')
    expect(shown).toContain('paused by ana')
    expect(shown).toContain('failed, asked for by marco.')
    expect(shown).toContain('It has not run yet.')
    expect(offers[0]).toBe('jobs resume morning-health')
  })
})
