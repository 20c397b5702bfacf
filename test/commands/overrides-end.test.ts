import { describe, expect, it } from 'vitest'
import { overridesForget } from '../../commands/overrides-forget.ts'
import type { Ask } from '../../src/core/ask.ts'
import type { Override } from '../../src/core/operation.ts'
import type { Step } from '../../src/core/steps.ts'
import { fakeDesk } from '../support/desk.ts'
import { expectUserError } from '../support/expect-error.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, grant, snapshotOf } from '../support/snapshot.ts'
import { codesOf, planFor } from './changes/support.ts'

const channel = 'C0OPERATIONS'
const resume: Step = {
  kind: 'suspend',
  ref: { kind: 'Kustomization', namespace: 'flux-system', name: 'bakery-ia', uid: 'uid-bakery-ia' },
  suspended: false,
}
const override: Override = {
  ...{ id: '0192f1c4-0000-7000-8000-000000000001', operation: '4f7k2m9x0q', target: 'orders-service' },
  ...{ says: 'Kustomization/bakery-ia is resumed after 1 h', owner: 'U0MARCO', channel },
  ...{ until: '2026-11-23T06:00:00Z', steps: [resume], remindedAt: null, resumedBy: null, endedAt: null },
  failure: null,
}
const snapshot = snapshotOf({
  users: { U0MARCO: 'member', U0ANA: 'member', U0PEDRO: 'member', U0OLIVIA: 'member' },
  grants: [
    grant({ user: 'U0MARCO', channel, role: 'member' }),
    grant({ user: 'U0PEDRO', channel, role: 'member' }),
    grant({ user: 'U0ANA', channel, role: 'admin' }),
    grant({ user: 'U0OLIVIA', role: 'owner' }),
  ],
})

const operationsOf = (of: readonly Override[]) => ({
  find: async () => null,
  list: async () => [],
  freezes: async () => [],
  overrides: async () => of,
})

function ending(user: string, of: readonly Override[] = [override], more: Partial<Ask> = {}) {
  const ports = { operations: operationsOf(of), access: { snapshot: async () => snapshot } }
  // As when it is planned again: who asked is known, the role that they held then is not.
  const ask = { ...askOf({ user, role: null, ...more }), zone: 'Europe/Madrid' }
  return planFor('overrides end 4f7k2m9x0q', { workloads: [], ports }, ask)
}

describe('overrides end', () => {
  it('plans exactly what would happen by itself later, and says when that would be', async () => {
    const plan = await ending('U0MARCO')
    expect(plan).toMatchObject({
      ...{ headline: 'Give Kustomization/bakery-ia back to Flux now', risk: 'change', steps: [resume] },
      ...{ target: 'orders-service', facts: [expect.stringMatching(/^Without this.*07:00.*06:00 UTC/)] },
    })
    expect(codesOf(plan)).toEqual(['GIT_RETURNS'])
  })

  it('names the next try where giving it back has failed', async () => {
    const failure = { times: 3, operation: 'x', says: 'refused', nextAt: '2026-11-23T07:10:00Z' }
    const { facts } = await ending('U0MARCO', [{ ...override, failure }])
    expect(facts).toEqual([expect.stringContaining('08:10')])
  })

  it('is for whoever owns it, an admin of the channel and an owner', async () => {
    for (const user of ['U0MARCO', 'U0ANA', 'U0OLIVIA']) expect((await ending(user)).steps).toHaveLength(1)
    const { askFor } = await expectUserError(
      ending('U0PEDRO'),
      'NO_ROLE',
      /taken out of git’s care by marco: .* Who can do it as an admin: ana and olivia\.$/,
    )
    expect(askFor).toBe('overrides end 4f7k2m9x0q')
  })

  it('is the only way while nothing has failed, and else there is another: to forget it', async () => {
    const failure = { times: 1, operation: 'x', says: 'it is not there any more', nextAt: override.until }
    const forget = (of: Override) =>
      overridesForget.prepare(
        { operation: of.operation, reason: 'it was removed from git' },
        ownPorts(snapshot, [], { operations: operationsOf([of]) }),
        askOf({ user: 'U0ANA', role: 'admin' }),
        AbortSignal.timeout(5000),
      )
    const { suggestions } = await expectUserError(forget(override), 'BAD_ARGUMENT', /has not failed/)
    expect(suggestions).toEqual(['overrides end 4f7k2m9x0q'])
    const ended: string[] = []
    const operations = {
      endOverride: async (id: string) => {
        ended.push(id)
        return override
      },
    } as never
    const act = await forget({ ...override, failure })
    const { answer, announcement } = await act(fakeDesk({ operations }))
    expect(ended).toEqual([override.id])
    expect(answer).toMatchObject({
      audience: 'channel',
      text: expect.stringMatching(/any more: it was removed/),
    })
    expect(announcement?.text).toContain('Forgotten by ana.')
  })

  it('knows nothing of another channel, nor of what has ended', async () => {
    await expectUserError(ending('U0MARCO', []), 'BAD_ARGUMENT', /not any more/)
    const elsewhere = { ...override, channel: 'C0ELSEWHERE' }
    await expectUserError(ending('U0MARCO', [elsewhere]), 'BAD_ARGUMENT', /not any more/)
  })
})
