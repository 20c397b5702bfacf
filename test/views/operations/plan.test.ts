import { describe, expect, it } from 'vitest'
import type { Step } from '../../../src/core/steps.ts'
import { planBlocks } from '../../../src/views/operations/plan.ts'
import { plainAnswer } from '../../../src/views/plain.ts'
import { planOf, scaleStep } from '../../support/operations.ts'

const shown = (steps: readonly Step[]) =>
  plainAnswer({
    kind: 'preview',
    audience: 'requester',
    text: '',
    blocks: planBlocks({ plan: planOf({ steps }) }),
  })
const ref = <K extends string>(kind: K, name: string) => ({ kind, namespace: 'bakery-ia', name, uid: name })
const restart = (name: string): Step => ({ kind: 'restart', ref: ref('Deployment', name), template: 't' })
const evict = (name: string): Step => ({
  ...{ kind: 'evict', ref: ref('Pod', name), node: 'node-2', workload: name },
})

describe('the steps of a plan', () => {
  it('are not said again where the headline says the only one', () => {
    expect(shown([scaleStep()])).not.toContain('What is done')
  })

  it('stand in their order where there are several', () => {
    expect(shown([scaleStep('orders-service'), scaleStep('auth-service', 1, 2)])).toContain(
      'What is done, in 2 steps\n1. scale Deployment/orders-service from 2 to 3\n2. scale Deployment/auth-service from 1 to 2',
    )
  })

  it('name each workload of a restart of many once, in one line', () => {
    const text = shown(['gateway', 'auth-service', 'orders-service'].map(restart))
    expect(text).toContain('1–3. restart one after the other: gateway, auth-service, orders-service')
    expect(text.match(/orders-service/g)).toHaveLength(2) // once more in the headline of this plan
  })

  it('name the pods that leave a node behind what is done before', () => {
    const cordon: Step = {
      kind: 'cordon',
      ref: { ...ref('Node', 'node-2'), namespace: null },
      cordoned: true,
    }
    expect(shown([cordon, evict('a-1'), evict('b-1'), evict('c-1')])).toContain(
      '1. keep new pods from Node/node-2\n2–4. evict from node-2 one after the other: a-1, b-1, c-1',
    )
  })

  it('keep two of a kind in two lines, and say how many lines are left out', () => {
    expect(shown([restart('a'), restart('b')])).toContain('1. restart Deployment/a\n2. restart Deployment/b')
    const many = Array.from({ length: 13 }, (_, n) => scaleStep(`service-${n}`))
    expect(shown(many)).toContain('… and 1 more line')
  })

  it('are counted where even their names are too many', () => {
    expect(shown(Array.from({ length: 65 }, (_, n) => restart(`s${n}`)))).toContain('s59 and 5 more')
  })
})
