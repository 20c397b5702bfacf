import { describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { readHome } from '../../src/core/home.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import { NOTHING_TO_DECIDE } from '../../src/core/to-decide.ts'
import { actor, operationOf } from '../support/operations.ts'
import { ownPorts } from '../support/ports.ts'
import { grant, snapshotOf } from '../support/snapshot.ts'

const snapshot = snapshotOf({
  users: { U0ANA: 'member', U0MARCO: 'member', U0NADIA: 'member', U0GUS: 'guest' },
  channels: { C0OPERATIONS: false },
  grants: [
    grant({ user: 'U0ANA', channel: 'C0OPERATIONS', role: 'admin' }),
    grant({ user: 'U0GUS', channel: 'C0OPERATIONS', role: 'admin' }),
    grant({ user: 'U0MARCO', channel: 'C0OPERATIONS', role: 'member' }),
  ],
  bindings: [{ channel: 'C0OPERATIONS', families: ['changes', 'health'], environment: 'production' }],
})
const waiting = operationOf()

/** Counts how often the health of the platform was asked for. */
function world(more: Partial<ReadPorts> = {}) {
  let reports = 0
  const ports = ownPorts(snapshot, commands, {
    operations: {
      find: async () => null,
      list: async ({ person, states }) =>
        person === 'marco' || (person === undefined && states?.[0] === 'awaiting') ? [waiting] : [],
      freezes: async () => [],
      overrides: async () => [],
    },
    health: {
      report: async () => {
        reports += 1
        return { version: 1, at: '', status: 'off', checks: [] }
      },
    },
    ...more,
  })
  const home = (user: string, person = user) => readHome(ports, { user, person }, AbortSignal.timeout(5000))
  return { home, reports: () => reports }
}

describe('the home of a person', () => {
  it('says how the platform is to whoever may see it somewhere', async () => {
    const { home, reports } = world()
    expect((await home('U0MARCO')).health).not.toBeNull()
    expect(reports()).toBe(1)
  })

  it('does not even ask how the platform is for somebody who may see it nowhere', async () => {
    const { home, reports } = world()
    expect(await home('U0NADIA')).toMatchObject({ health: null, toDecide: NOTHING_TO_DECIDE, missing: [] })
    expect(await home('U0GUS')).toMatchObject({ health: null, toDecide: NOTHING_TO_DECIDE })
    expect(await home('U0NEVERSEEN')).toMatchObject({ health: null, toDecide: NOTHING_TO_DECIDE })
    expect(reports()).toBe(0)
  })

  it('has what a person may decide, never what they asked for themselves or have decided already', async () => {
    const { home } = world()
    expect((await home('U0ANA')).toDecide).toEqual({ ...NOTHING_TO_DECIDE, awaiting: [waiting] })
    expect((await home('U0ANA', 'marco')).toDecide).toEqual(NOTHING_TO_DECIDE)
    expect((await home('U0MARCO', 'marco')).own).toEqual([waiting])
    const review = { person: 'U0ANA', user: 'U0ANA', digest: waiting.digest, at: waiting.createdAt }
    const reviewed = operationOf({ reviews: [{ ...review, verdict: 'approve', reason: null }] })
    const again = world({
      operations: {
        find: async () => null,
        list: async ({ states }) => (states?.[0] === 'awaiting' ? [reviewed] : []),
        freezes: async () => [],
        overrides: async () => [],
      },
    })
    expect((await again.home('U0ANA')).toDecide).toEqual(NOTHING_TO_DECIDE)
  })

  it('has what ran without a second person, and what nobody could find out about, for others who may say so', async () => {
    const broken = operationOf({
      ...{ state: 'succeeded', requester: actor('U0OLIVIA') },
      breakGlass: { reason: 'the shop is down', reviewedBy: null },
    })
    const lost = operationOf({ state: 'needs-human' })
    const { home } = world({
      operations: {
        find: async () => null,
        list: async ({ unreviewed, states }) =>
          unreviewed === true ? [broken] : states?.includes('needs-human') ? [lost] : [],
        freezes: async () => [],
        overrides: async () => [],
      },
    })
    const ana = { awaiting: [], unreviewed: [broken], unresolved: [lost] }
    expect((await home('U0ANA')).toDecide).toEqual(ana)
    expect((await home('U0ANA', 'U0OLIVIA')).toDecide).toEqual({ ...ana, unreviewed: [] })
    expect((await home('U0MARCO')).toDecide).toEqual(NOTHING_TO_DECIDE)
  })

  it('names whoever is named, and has only the overrides that are theirs and have not ended', async () => {
    const override = {
      ...{
        id: 'o1',
        operation: waiting.id,
        says: 'x',
        target: 'bakery-ia',
        owner: 'U0ANA',
        channel: 'C0OPERATIONS',
      },
      ...{
        until: waiting.expiresAt,
        steps: [],
        remindedAt: null,
        resumedBy: null,
        endedAt: null,
        failure: null,
      },
    }
    const { home } = world({
      operations: {
        find: async () => null,
        list: async () => [],
        freezes: async () => [],
        overrides: async () => [override, { ...override, id: 'o2', owner: 'U0MARCO' }],
      },
    })
    const facts = await home('U0ANA', actor('U0ANA').person)
    expect(facts.overrides.map(({ id }) => id)).toEqual(['o1'])
    expect(facts.names.get('U0MARCO')).toBe('marco')
    expect(facts.channels.get('C0OPERATIONS')).toBe('operations')
  })

  it('says what cannot be read, and shows the rest', async () => {
    const unreadable = world({ access: { snapshot: () => Promise.reject(new Error('no database')) } })
    expect(await unreadable.home('U0MARCO', 'marco')).toMatchObject({
      ...{ health: null, toDecide: NOTHING_TO_DECIDE, own: [waiting] },
      missing: ['Who you are cannot be read: no database'],
    })
    expect(unreadable.reports()).toBe(0)
    const unwell = world({ health: { report: () => Promise.reject(new Error('it took too long')) } })
    expect(await unwell.home('U0ANA')).toMatchObject({
      ...{ health: null, toDecide: { ...NOTHING_TO_DECIDE, awaiting: [waiting] } },
      missing: ['The platform’s health cannot be read: it took too long'],
    })
  })
})
