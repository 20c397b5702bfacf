import fc from 'fast-check'
import { describe, it } from 'vitest'
import { auditSearch } from '../../commands/audit-search.ts'
import { channelBind } from '../../commands/channel-bind.ts'
import { channelShow } from '../../commands/channel-show.ts'
import { jobsList } from '../../commands/jobs-list.ts'
import { rolesGrant } from '../../commands/roles-grant.ts'
import { rolesList } from '../../commands/roles-list.ts'
import { rolesReview } from '../../commands/roles-review.ts'
import { whoami } from '../../commands/whoami.ts'
import type { Query } from '../../src/core/command.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'
import type { JobState } from '../../src/core/ports/jobs.ts'
import { fakeDesk } from '../support/desk.ts'
import { assertHarmless, hostileText, seedOf } from '../support/hostile.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, grant, snapshotOf } from '../support/snapshot.ts'

const HERE = 'C0OPERATIONS'

/** Records in which everything that others choose the words of is hostile. */
function world(word: string) {
  const plain = snapshotOf({
    users: { U0ANA: 'member', U0GONE: 'deactivated' },
    groups: { [word]: ['U0ANA', word] },
    grants: [
      grant({ user: 'U0ANA', channel: HERE, role: 'admin', grantedBy: word }),
      grant({ group: word, channel: HERE, role: 'member', until: '2026-11-24T00:00:00Z' }),
      grant({ user: word, channel: HERE, role: 'viewer' }),
    ],
    bindings: [{ channel: HERE, families: ['health'], environment: word }],
  })
  const user = { user: 'U0ANA', team: word, name: word, kind: 'member', seenAt: '' } as const
  const channel = { channel: HERE, name: word, shared: false, archived: false }
  return { ...plain, users: new Map([['U0ANA', user]]), channels: new Map([[HERE, channel]]) }
}

describe('a command over hostile records', () => {
  it('answers with a harmless message', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (word) => {
        const row: AuditRow = {
          ...{
            seq: 1,
            at: '2026-11-23T04:58:00Z',
            kind: word,
            actor: word,
            person: word,
            channel: word,
            surface: word,
          },
          ...{ command: word, target: word, operation: word, decision: word, code: word, ref: word },
          ...{ payloadHash: null, prev: '', hash: '' },
        }
        const job: JobState = {
          ...{ name: word, paused: true, pausedBy: word },
          last: { scheduledFor: word, startedAt: word, finishedAt: word, outcome: 'failed', by: word },
        }
        const ports = ownPorts(world(word), [], {
          audit: { search: async () => Array.from({ length: 60 }, () => row) },
          jobs: { states: async () => [job, job], runs: async () => [] },
        })
        const ask = askOf({ user: 'U0ANA', person: word, role: 'owner' })
        const queries: readonly Query[] = [auditSearch, channelShow, jobsList, rolesList, rolesReview, whoami]
        for (const query of queries) {
          assertHarmless((await query.run({}, ports, ask, AbortSignal.timeout(5000))).answer)
        }
        const desk = fakeDesk({
          users: { U0NEW: { person: `${word}x` } },
          channels: [{ channel: HERE, name: word, shared: false, archived: false }],
          grants: [grant({ user: 'U0ANA', role: 'owner' })],
        })
        for (const { answer, announcement } of [
          await rolesGrant.run({ subject: 'U0NEW', role: 'viewer' }, desk, ask),
          await channelBind.run({ families: ['health'] }, desk, ask),
        ]) {
          assertHarmless(answer)
          if (announcement !== null) assertHarmless(announcement)
        }
      }),
      { numRuns: 300, seed: seedOf('hostile records') },
    )
  })
})
