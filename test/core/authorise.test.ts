import { describe, expect, it } from 'vitest'
import type { AccessSnapshot } from '../../src/core/access.ts'
import { SURFACES, type Surface, USER_KINDS } from '../../src/core/ask.ts'
import { type AuthorisationFacts, authorise, isNamedOwner } from '../../src/core/authorise.ts'
import { RULES } from '../../src/core/policy.ts'
import { FAMILIES, type Family, ROLES, type Role, reaches } from '../../src/core/roles.ts'
import { examplePlatform } from '../support/platform.ts'
import { askOf, grant, NOW, snapshotOf } from '../support/snapshot.ts'

const platform = examplePlatform()
const OPERATIONS = 'C0OPERATIONS'

type Command = AuthorisationFacts['command']
const query = (more: Partial<Command> = {}): Command => ({
  name: 'pods',
  family: 'cluster',
  role: 'viewer',
  kind: 'query',
  ...more,
})
const admin = (more: Partial<Command> = {}): Command =>
  query({ name: 'roles grant', family: 'access', role: 'admin', kind: 'admin', ...more })

/** Somebody of each role in #operations, which is bound to everything; #shared belongs to two companies; #idle is bound to nothing. */
const snapshot = snapshotOf({
  users: { U0OLIVIA: 'member', U0ANA: 'member', U0MARCO: 'member', U0VERA: 'member', U0NOBODY: 'member' },
  channels: { [OPERATIONS]: false, C0SHARED: true, C0IDLE: false, C0STAGING: false },
  groups: { S0ONCALL: ['U0GRETA', 'U0HUGO'] },
  grants: [
    grant({ user: 'U0OLIVIA', role: 'owner' }),
    grant({ user: 'U0ANA', channel: OPERATIONS, role: 'admin' }),
    grant({ user: 'U0MARCO', channel: OPERATIONS, role: 'member' }),
    grant({ user: 'U0VERA', channel: OPERATIONS, role: 'viewer' }),
    grant({ user: 'U0VERA', channel: 'C0SHARED', role: 'admin' }),
    grant({ group: 'S0ONCALL', channel: OPERATIONS, role: 'member' }),
  ],
  bindings: [
    { channel: OPERATIONS, families: [...FAMILIES], environment: 'production' },
    { channel: 'C0SHARED', families: [...FAMILIES], environment: 'production' },
    { channel: 'C0STAGING', families: [...FAMILIES], environment: 'staging' },
  ],
})
const HOLDERS: Readonly<Record<Role | 'none', string>> = {
  none: 'U0NOBODY',
  viewer: 'U0VERA',
  member: 'U0MARCO',
  admin: 'U0ANA',
  owner: 'U0OLIVIA',
}

function decide(command: Command, ask: Parameters<typeof askOf>[0], records: AccessSnapshot = snapshot) {
  return authorise({ command, ask: askOf(ask), snapshot: records, platform })
}
function verdict(command: Command, ask: Parameters<typeof askOf>[0], records?: AccessSnapshot): string {
  const decision = decide(command, ask, records)
  return decision.decision === 'allowed'
    ? `allowed by ${decision.rule}`
    : `${decision.code} by ${decision.rule}`
}

const HERE: readonly Surface[] = ['slash', 'button', 'modal', 'event']
const NOWHERE: readonly Surface[] = ['shortcut', 'home']

describe('a person with a role in a bound channel', () => {
  for (const [held, user] of Object.entries(HOLDERS)) {
    for (const needed of ROLES) {
      for (const surface of HERE) {
        const enough = held !== 'none' && reaches(held as Role, needed)
        it(`${held} ${enough ? 'may' : 'may not'} do what needs ${needed} by ${surface}`, () => {
          const expected = enough ? 'allowed by role' : 'NO_ROLE by role'
          expect(verdict(query({ role: needed }), { user, surface })).toBe(expected)
          expect(verdict(admin({ role: needed }), { user, surface })).toBe(expected)
        })
      }
    }
  }
})

describe('a surface without a channel', () => {
  for (const surface of [...HERE, ...NOWHERE]) {
    for (const family of FAMILIES) {
      it(`${surface} gives ${family === 'help' ? 'help' : `no ${family}`}, even to an owner`, () => {
        const role = family === 'help' ? null : 'viewer'
        const expected = family === 'help' ? 'allowed by help' : 'NOT_BOUND by no channel'
        expect(verdict(query({ family, role }), { user: 'U0OLIVIA', surface, channel: null })).toBe(expected)
      })
    }
  }
})

const REFUSED_KINDS: Readonly<Record<string, string>> = {
  guest: 'GUEST by guest',
  bot: 'GUEST by bot',
  external: 'EXTERNAL by outsider',
  deactivated: 'DEACTIVATED by deactivated',
}

describe('somebody who is no full member', () => {
  for (const kind of USER_KINDS.filter((one) => one in REFUSED_KINDS)) {
    for (const surface of SURFACES.filter((one) => one !== 'terminal' && one !== 'schedule')) {
      it(`${kind} may do nothing by ${surface}, whatever was granted to them`, () => {
        for (const family of FAMILIES) {
          const ask = { user: 'U0OLIVIA', kind, surface } as const
          expect(verdict(query({ family, role: null }), ask)).toBe(REFUSED_KINDS[kind])
          expect(verdict(admin({ family }), ask)).toBe(REFUSED_KINDS[kind])
          expect(verdict(query({ family, role: null }), { ...ask, channel: null })).toBe(REFUSED_KINDS[kind])
        }
      })
    }
  }
})

describe('somebody whom Slack cannot name now', () => {
  it('may ask when platform.yaml names them as an owner, bound or not', () => {
    expect(verdict(query(), { user: 'U0OLIVIA', kind: 'unknown' })).toBe('allowed by unknown person')
    expect(verdict(query(), { user: 'U0OLIVIA', kind: 'unknown', channel: 'C0IDLE' })).toBe(
      'allowed by unknown person',
    )
  })

  it('changes nothing, owner or not', () => {
    expect(verdict(admin(), { user: 'U0OLIVIA', kind: 'unknown' })).toBe('UNAVAILABLE by unknown person')
  })

  it('is told to try again otherwise, even for help', () => {
    expect(verdict(query(), { user: 'U0ANA', kind: 'unknown' })).toBe('UNAVAILABLE by unknown person')
    expect(verdict(query({ family: 'help', role: null }), { user: 'U0ANA', kind: 'unknown' })).toBe(
      'UNAVAILABLE by unknown person',
    )
  })

  it('gets nothing in a channel that is shared', () => {
    expect(verdict(query(), { user: 'U0OLIVIA', kind: 'unknown', channel: 'C0SHARED' })).toBe(
      'EXTERNAL by shared channel',
    )
  })
})

describe('a channel', () => {
  it('that is shared with another company gives nothing, not even help to an owner', () => {
    for (const user of Object.values(HOLDERS)) {
      expect(verdict(query({ family: 'help', role: null }), { user, channel: 'C0SHARED' })).toBe(
        'EXTERNAL by shared channel',
      )
      expect(verdict(admin(), { user, channel: 'C0SHARED' })).toBe('EXTERNAL by shared channel')
    }
  })

  it.each(FAMILIES.filter((family) => family !== 'help' && family !== 'access'))(
    'that is not bound gives no %s, not even to an owner',
    (family: Family) => {
      expect(verdict(query({ family }), { user: 'U0OLIVIA', channel: 'C0IDLE' })).toBe('NOT_BOUND by binding')
    },
  )

  it('that is not bound gives help to everybody', () => {
    const ask = { user: 'U0NOBODY', channel: 'C0IDLE' }
    expect(verdict(query({ family: 'help', role: null }), ask)).toBe('allowed by help')
  })

  it('that is not bound lets an owner, and nobody else, use access, so that it can be bound', () => {
    expect(verdict(admin({ role: 'owner' }), { user: 'U0OLIVIA', channel: 'C0IDLE' })).toBe('allowed by role')
    expect(verdict(admin({ role: 'viewer' }), { user: 'U0ANA', channel: 'C0IDLE' })).toBe(
      'NOT_BOUND by binding',
    )
  })

  it('of another environment is bound to nothing here', () => {
    const decision = decide(query(), { user: 'U0OLIVIA', channel: 'C0STAGING' })
    expect(decision).toMatchObject({ code: 'NOT_BOUND', rule: 'binding' })
    expect(decision).toHaveProperty(
      'message',
      expect.stringContaining('bound to staging, and this Bakery operates production'),
    )
  })

  it('that Slack cannot describe is not trusted, but an owner of platform.yaml may still ask', () => {
    expect(verdict(query(), { user: 'U0ANA', channel: 'C0UNSEEN' })).toBe('UNAVAILABLE by unknown channel')
    expect(verdict(query(), { user: 'U0OLIVIA', channel: 'C0UNSEEN' })).toBe('allowed by unknown channel')
    expect(verdict(admin(), { user: 'U0OLIVIA', channel: 'C0UNSEEN' })).toBe('UNAVAILABLE by unknown channel')
  })
})

describe('a terminal and the clock', () => {
  it('may ask and not change', () => {
    const ask = { user: 'root', surface: 'terminal', channel: null } as const
    expect(verdict(query({ role: 'owner' }), ask)).toBe('allowed by terminal')
    expect(verdict(admin({ role: null }), ask)).toBe('NO_ROLE by terminal')
    expect(verdict(query({ name: 'restart', kind: 'change', role: null }), ask)).toBe('NO_ROLE by terminal')
  })

  it('need no role by schedule', () => {
    expect(verdict(query(), { user: 'bakery', surface: 'schedule', channel: null })).toBe('allowed by clock')
  })
})

describe('a grant', () => {
  const asked = (records: Parameters<typeof snapshotOf>[0], user = 'U0NEW') =>
    decide(
      query({ role: 'member' }),
      { user },
      snapshotOf({
        channels: { [OPERATIONS]: false },
        bindings: [{ channel: OPERATIONS, families: ['cluster'], environment: 'production' }],
        users: { U0NEW: 'member' },
        ...records,
      }),
    )
  const until = (ms: number) => new Date(NOW + ms).toISOString()

  it('counts until its end and not at it', () => {
    const held = (ms: number) =>
      asked({ grants: [grant({ user: 'U0NEW', channel: OPERATIONS, role: 'member', until: until(ms) })] })
    expect(held(1)).toMatchObject({ decision: 'allowed', role: 'member' })
    expect(held(0)).toMatchObject({ decision: 'refused', code: 'NO_ROLE' })
  })

  it('counts in its own channel only', () => {
    expect(asked({ grants: [grant({ user: 'U0NEW', channel: 'C0DIGEST', role: 'admin' })] })).toMatchObject({
      code: 'NO_ROLE',
    })
  })

  it('without a channel counts for owners only', () => {
    expect(asked({ grants: [grant({ user: 'U0NEW', role: 'admin' })] })).toMatchObject({ code: 'NO_ROLE' })
    expect(asked({ grants: [grant({ user: 'U0NEW', role: 'owner' })] })).toMatchObject({ role: 'owner' })
  })

  it('to a group counts for its members', () => {
    const grants = [grant({ group: 'S0ONCALL', channel: OPERATIONS, role: 'member' })]
    expect(asked({ grants, groups: { S0ONCALL: ['U0NEW'] } })).toMatchObject({ role: 'member' })
    expect(asked({ grants, groups: { S0ONCALL: ['U0ELSE'] } })).toMatchObject({ code: 'NO_ROLE' })
    expect(asked({ grants })).toMatchObject({ code: 'NO_ROLE' })
  })

  it('that is the highest of several counts', () => {
    const grants = [
      grant({ user: 'U0NEW', channel: OPERATIONS, role: 'viewer' }),
      grant({ group: 'S0ONCALL', channel: OPERATIONS, role: 'admin' }),
    ]
    expect(asked({ grants, groups: { S0ONCALL: ['U0NEW'] } })).toMatchObject({ role: 'admin' })
  })
})

describe('a refusal', () => {
  it('says which role is needed and who holds it, by name and without a mention', () => {
    expect(decide(query({ name: 'logs', role: 'member' }), { user: 'U0VERA' })).toEqual({
      decision: 'refused',
      rule: 'role',
      code: 'NO_ROLE',
      message:
        '“logs” needs the role member in this channel; you are viewer. Who can do it: ana, marco, U0GRETA, U0HUGO and olivia.',
      needs: 'member',
      holders: ['U0ANA', 'U0MARCO', 'S0ONCALL', 'U0OLIVIA'],
      suggestions: ['whoami'],
    })
  })

  it('says what it takes in words that whoever only clicked understands', () => {
    const approving = {
      ...query({ name: 'ops decide', role: 'member' }),
      deed: 'Approving or denying a change',
    }
    expect(decide(approving, { user: 'U0VERA' })).toMatchObject({
      code: 'NO_ROLE',
      message: expect.stringMatching(
        /^Approving or denying a change needs the role member in this channel; you are viewer\. Who can do it: ana/,
      ),
      holders: expect.arrayContaining(['U0ANA']),
    })
  })

  it('says where a family is bound and who could bind it here', () => {
    const decision = decide(query(), { user: 'U0ANA', channel: 'C0IDLE' })
    expect(decision).toHaveProperty(
      'message',
      '“pods” is one of the “cluster” commands, and this channel is not bound to them. They are bound in #operations. An owner can bind this channel: olivia.',
    )
  })

  it('names nobody who has left', () => {
    const records = snapshotOf({
      users: { U0OLIVIA: 'deactivated', U0ANA: 'member', U0VERA: 'member' },
      channels: { [OPERATIONS]: false },
      bindings: [{ channel: OPERATIONS, families: ['cluster'], environment: 'production' }],
      grants: [
        grant({ user: 'U0OLIVIA', role: 'owner' }),
        grant({ user: 'U0ANA', channel: OPERATIONS, role: 'member' }),
      ],
    })
    const decision = decide(query({ role: 'member' }), { user: 'U0VERA' }, records)
    expect(decision).toMatchObject({ holders: ['U0ANA'] })
  })

  it('always names a rule of the policy', () => {
    const names = RULES.map(({ name }) => name)
    for (const kind of USER_KINDS) {
      for (const surface of SURFACES) {
        for (const channel of [null, OPERATIONS, 'C0IDLE', 'C0SHARED', 'C0UNSEEN']) {
          expect(names).toContain(decide(query(), { user: 'U0VERA', kind, surface, channel }).rule)
        }
      }
    }
  })
})

describe('an owner of platform.yaml', () => {
  it('is named by person or by id', () => {
    expect(
      isNamedOwner({ owners: ['olivia'], people: [{ name: 'olivia', slack: ['U1', 'U2'] }] }, 'U2'),
    ).toBe(true)
    expect(isNamedOwner({ owners: ['U3'], people: [] }, 'U3')).toBe(true)
    expect(isNamedOwner({ owners: ['olivia'], people: [] }, 'U1')).toBe(false)
  })
})
