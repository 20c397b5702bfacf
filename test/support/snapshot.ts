import type { AccessSnapshot, Binding, Grant } from '../../src/core/access.ts'
import type { Ask, UserKind } from '../../src/core/ask.ts'
import type { Role } from '../../src/core/roles.ts'

/** The moment at which every test of access happens. */
export const NOW = Date.parse('2026-11-23T05:00:00Z')

export function grant(facts: Partial<Grant> & { role: Role }): Grant {
  return {
    id: `${facts.user ?? facts.group}-${facts.channel}`,
    user: null,
    group: null,
    channel: null,
    until: null,
    grantedBy: 'U0OLIVIA',
    grantedAt: '2026-11-01T05:00:00Z',
    ...facts,
  }
}

export interface Records {
  readonly grants?: readonly Grant[]
  readonly bindings?: readonly Binding[]
  /** Slack id → kind; every one of them is named by the id in small letters without `U0`. */
  readonly users?: Readonly<Record<string, UserKind>>
  /** Slack id → whether it is shared with another company. */
  readonly channels?: Readonly<Record<string, boolean>>
  readonly groups?: Readonly<Record<string, readonly string[]>>
}

const nameOf = (id: string) => id.replace(/^[A-Z]0/, '').toLowerCase()

export function snapshotOf(records: Records): AccessSnapshot {
  const { grants = [], bindings = [], users = {}, channels = {}, groups = {} } = records
  return {
    version: 1n,
    grants,
    bindings: new Map(bindings.map((binding) => [binding.channel, binding])),
    users: new Map(
      Object.entries(users).map(([user, kind]) => [
        user,
        { user, team: 'T0BAKERY', name: nameOf(user), kind, seenAt: '2026-11-23T04:59:00Z' },
      ]),
    ),
    channels: new Map(
      Object.entries(channels).map(([channel, shared]) => [
        channel,
        { channel, name: nameOf(channel), shared, archived: false },
      ]),
    ),
    groups: new Map(Object.entries(groups).map(([group, members]) => [group, new Set(members)])),
    handles: new Map(Object.keys(groups).map((group) => [group, nameOf(group)])),
    now: () => NOW,
  }
}

export function askOf(facts: Partial<Ask> & { user?: string; kind?: UserKind; person?: string } = {}): Ask {
  const { user = 'U0ANA', kind = 'member', person = nameOf(user), ...rest } = facts
  return {
    ref: 'K7M2Q9XA',
    surface: 'slash',
    actor: { team: 'T0BAKERY', user, person, kind },
    channel: 'C0OPERATIONS',
    role: null,
    at: new Date(NOW),
    ...rest,
  }
}
