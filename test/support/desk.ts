import type { Binding, Grant, MirroredChannel } from '../../src/core/access.ts'
import type { UserKind } from '../../src/core/ask.ts'
import type { Desk } from '../../src/core/ports/desk.ts'
import type { OperationDesk } from '../../src/core/ports/operations.ts'
import { NOW } from './snapshot.ts'

export interface FakeDesk extends Desk {
  readonly kept: {
    grants: Grant[]
    readonly bindings: Map<string, Binding>
    readonly jobs: string[]
  }
}

interface DeskRecords {
  readonly grants?: readonly Grant[]
  readonly bindings?: readonly Binding[]
  readonly channels?: readonly MirroredChannel[]
  /** Slack id → what it is. */
  readonly users?: Readonly<Record<string, { person: string; kind?: UserKind }>>
  readonly groups?: Readonly<Record<string, readonly string[]>>
  readonly operations?: OperationDesk
}

/** Where a test has no operations, every verb is a failure of the test. */
function nothingProposed(): OperationDesk {
  const fail = () => Promise.reject(new Error('no operations in this test'))
  return new Proxy({} as OperationDesk, { get: () => fail })
}

/** The records in memory: enough to see what a command does to them. */
export function fakeDesk(records: DeskRecords = {}): FakeDesk {
  const { users = {}, groups = {}, channels = [] } = records
  const kept = {
    grants: [...(records.grants ?? [])],
    bindings: new Map((records.bindings ?? []).map((binding) => [binding.channel, binding])),
    jobs: [] as string[],
  }
  const same =
    (subject: { user: string | null; group: string | null; channel: string | null }) => (one: Grant) =>
      one.user === subject.user && one.group === subject.group && one.channel === subject.channel
  return {
    kept,
    operations: records.operations ?? nothingProposed(),
    grants: async () => kept.grants,
    binding: async (channel) => kept.bindings.get(channel) ?? null,
    channel: async (id) => channels.find(({ channel }) => channel === id) ?? null,
    handle: async (group) => (group in groups ? group.slice(2).toLowerCase() : null),
    people: async ({ user, group }) =>
      (user === null ? (groups[group ?? ''] ?? []) : [user]).map((id) => {
        const { person, kind = 'member' } = users[id] ?? { person: id, kind: 'unknown' as const }
        return { user: id, name: person, person, kind }
      }),
    async grant({ seconds, ...facts }) {
      const until = seconds === null ? null : new Date(NOW + seconds * 1000).toISOString()
      const made = { id: `g${kept.grants.length}`, ...facts, until, grantedAt: new Date(NOW).toISOString() }
      kept.grants = [...kept.grants.filter((one) => !same(facts)(one)), made]
      return made
    },
    async revoke(subject) {
      const taken = kept.grants.filter(same(subject))
      kept.grants = kept.grants.filter((one) => !taken.includes(one))
      return taken
    },
    async bind(binding) {
      kept.bindings.set(binding.channel, binding)
      return binding
    },
    unbind: async (channel) => kept.bindings.delete(channel),
    pauseJob: async (job, paused, by) =>
      void kept.jobs.push(`${paused ? 'pause' : 'resume'} ${job} by ${by}`),
    requestJob: async (job, by) => void kept.jobs.push(`run ${job} by ${by}`),
    share: async (message, by) => ({
      kind: 'logs',
      audience: 'requester',
      text: `${message} of ${by}`,
      blocks: [],
    }),
  }
}
