import { describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { createRegistry } from '../../src/core/registry.ts'
import { FAMILIES } from '../../src/core/roles.ts'
import { waysOn } from '../../src/core/ways-on.ts'
import { examplePlatform } from '../support/platform.ts'
import { askOf, grant, snapshotOf } from '../support/snapshot.ts'

const OPERATIONS = 'C0OPERATIONS'
const registry = createRegistry(commands, examplePlatform())
const snapshot = snapshotOf({
  users: { U0OLIVIA: 'member', U0ANA: 'member', U0MARCO: 'member', U0VERA: 'member' },
  channels: { [OPERATIONS]: false },
  grants: [
    grant({ user: 'U0OLIVIA', role: 'owner' }),
    grant({ user: 'U0ANA', channel: OPERATIONS, role: 'admin' }),
    grant({ user: 'U0MARCO', channel: OPERATIONS, role: 'member' }),
  ],
  bindings: [{ channel: OPERATIONS, families: [...FAMILIES], environment: 'production' }],
})
const offered = (user: string, ...lines: string[]) =>
  waysOn({ registry, access: { snapshot: async () => snapshot } }, askOf({ user }), lines)

describe('what is offered to somebody who was refused', () => {
  it('is what they may run themselves', async () => {
    expect(await offered('U0ANA', 'unfreeze orders', 'overrides')).toEqual({
      ...{ suggestions: ['unfreeze orders', 'overrides'], askFor: null, who: '' },
    })
  })

  it('is whom to ask, by one click, where they may not', async () => {
    expect(await offered('U0MARCO', 'unfreeze orders')).toEqual({
      suggestions: [],
      askFor: 'unfreeze orders',
      who: 'Who can run “unfreeze orders”: ana and olivia.',
    })
  })

  it('knows that only an owner ends the freeze of everything', async () => {
    for (const line of ['unfreeze', 'unfreeze all']) {
      expect(await offered('U0ANA', line)).toMatchObject({
        askFor: line,
        who: `Who can run “${line}”: olivia.`,
      })
      expect(await offered('U0OLIVIA', line)).toMatchObject({ suggestions: [line], askFor: null })
    }
  })

  it('keeps a line that is not whole yet, which says itself what it lacks', async () => {
    expect(await offered('U0VERA', 'scale orders')).toMatchObject({ suggestions: ['scale orders'] })
  })

  it('asks nobody where there is no channel to ask in', async () => {
    const ask = askOf({ user: 'U0MARCO', channel: null })
    const access = { snapshot: async () => snapshot }
    expect(await waysOn({ registry, access }, ask, ['unfreeze orders'])).toMatchObject({
      ...{ suggestions: [], askFor: null, who: '' },
    })
  })
})

describe('the role that a line needs', () => {
  const decided = (user: string, line: string) =>
    registry.decide(registry.resolve(line).command, askOf({ user }), snapshot)

  it('is owner for a freeze of everything, and admin for one service', () => {
    for (const line of ['freeze --reason audit', 'freeze all --reason audit', 'unfreeze']) {
      expect(decided('U0ANA', line)).toMatchObject({ code: 'NO_ROLE', needs: 'owner', holders: ['U0OLIVIA'] })
      expect(decided('U0OLIVIA', line)).toMatchObject({ decision: 'allowed' })
    }
    expect(decided('U0ANA', 'freeze orders --reason audit')).toMatchObject({ decision: 'allowed' })
  })
})
