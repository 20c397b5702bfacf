import { describe, expect, it } from 'vitest'
import { commands } from '../../../commands/index.ts'
import { commonArguments } from '../../../src/core/change.ts'
import { expectUserError } from '../../support/expect-error.ts'
import { fluxFacts, nodeFacts, nodePod, podFacts, workloadFacts } from '../../support/workloads.ts'
import { planFor } from './support.ts'

const pod = podFacts().ref.name
const facts = {
  workloads: [workloadFacts(), workloadFacts({ name: 'auth-service' })],
  pods: [podFacts()],
  flux: [fluxFacts()],
}

describe('--confirm-within', () => {
  it('can be asked of every change', () => {
    const changes = commands.filter(({ kind }) => kind === 'change')
    expect(changes.length).toBeGreaterThan(10)
    for (const { args } of changes) {
      expect(() => commonArguments(args.partial().parse({ confirmWithin: '10m' }))).not.toThrow()
    }
  })

  it.each([
    ['restart orders', 'restart orders-service'],
    ['restart orders --reason "pool exhausted"', 'restart orders-service --reason "pool exhausted"'],
    ['restart all', 'restart all'],
    [`pod delete ${pod}`, `pod delete ${pod}`],
    ['flux reconcile bakery-ia', 'flux reconcile bakery-ia'],
  ])(
    'is refused for “%s”, which nothing can take back, with the line that does without',
    async (line, instead) => {
      const { suggestions } = await expectUserError(
        planFor(`${line} --confirm-within 10m`, facts),
        'BAD_ARGUMENT',
        /nothing can take this back.*Ask for it without --confirm-within/,
      )
      expect(suggestions).toEqual([instead])
      expect((await planFor(line, facts)).steps).not.toEqual([])
    },
  )

  it('is taken where something puts it back', async () => {
    for (const line of ['scale orders 3', 'flux suspend bakery-ia', 'rollout pause orders']) {
      const plan = await planFor(`${line} --confirm-within 10m`, facts)
      expect(plan.steps).not.toEqual([])
      expect(plan.facts?.join(' ')).not.toContain('in part')
    }
  })

  it('says when only a part can be taken back: a drained node takes pods again, those that left stay where they are', async () => {
    const nodes = [nodeFacts({ pods: [nodePod('orders-service-7d9f8b6c5-abcde')] })]
    const plan = await planFor('node drain node-2 --confirm-within 10m', { ...facts, nodes })
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['cordon', 'evict'])
    expect(plan.facts).toContainEqual(
      expect.stringMatching(/^It undoes itself in part\. A restart, a deleted pod/),
    )
  })

  it('does not stand in the way of saying that there is nothing to do', async () => {
    const none = { ...facts, workloads: [workloadFacts({ replicas: 0 })] }
    expect(await planFor('restart orders --confirm-within 10m', none)).toMatchObject({
      ...{ steps: [], headline: 'orders-service runs no pods' },
    })
  })
})
