import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import type { Pod } from '../../../src/core/ports/cluster.ts'
import { observed, pod } from '../../health/fixtures.ts'
import { ownPorts } from '../../support/ports.ts'
import { snapshotOf } from '../../support/snapshot.ts'
import { planFor } from './support.ts'

const running: readonly Pod[] = [
  pod({ name: 'sales-service-7d9f8-aaaaa', workload: 'sales-service' }),
  pod({ name: 'sales-service-7d9f8-bbbbb', workload: 'sales-service', ready: false }),
  pod({ name: 'sales-service-7d9f8-ccccc', workload: 'sales-service', deletedAt: new Date() }),
  pod({ name: 'orders-service-6b5c4-ddddd', workload: 'orders-service' }),
]
const cluster = (pods: () => Promise<ReturnType<typeof observed<Pod>>>) => ({
  ...ownPorts(snapshotOf({}), []).cluster!,
  pods,
})

async function refused(name: string, pods = async () => observed(...running)): Promise<UserError> {
  const thrown = await planFor(`pod delete ${name}`, { pods: [], ports: { cluster: cluster(pods) } }).catch(
    (problem: unknown) => problem,
  )
  if (thrown instanceof UserError) return thrown
  throw thrown
}

describe('a pod that there is not', () => {
  it('is a service that was meant: its pods are offered, those that are not ready first', async () => {
    for (const name of ['sales', 'sales-service']) {
      expect(await refused(name)).toMatchObject({
        code: 'BAD_ARGUMENT',
        message: `“${name}” is no pod: sales-service runs 2 pods. Choose one of them. Nothing was done.`,
        suggestions: ['pod delete sales-service-7d9f8-bbbbb', 'pod delete sales-service-7d9f8-aaaaa'],
      })
    }
  })

  it('is a misspelt one: the nearest is offered', async () => {
    expect(await refused('orders-service-6b5c4-dddde')).toMatchObject({
      message:
        'There is no pod called “orders-service-6b5c4-dddde” in bakery-ia. The nearest are below. Nothing was done.',
      suggestions: ['pod delete orders-service-6b5c4-ddddd'],
    })
  })

  it('is one that was replaced: its successors are offered', async () => {
    expect(await refused('sales-service-66666-zyxwv')).toMatchObject({
      message:
        'There is no pod called “sales-service-66666-zyxwv” in bakery-ia any more; sales-service runs others. Nothing was done.',
      suggestions: ['pod delete sales-service-7d9f8-bbbbb', 'pod delete sales-service-7d9f8-aaaaa'],
    })
  })

  it('is nothing that is near to anything, or nobody can say what runs', async () => {
    expect(await refused('kettle')).toMatchObject({
      message: 'There is no pod called “kettle” in bakery-ia. Nothing was done.',
      suggestions: [],
    })
    const away = () => Promise.reject(new Error('the watch is broken'))
    expect(await refused('sales', away)).toMatchObject({ suggestions: [] })
  })
})
