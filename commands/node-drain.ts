import { z } from 'zod'
import { defineChange } from '../src/core/change.ts'
import { drainPlan } from './shared/changes/drain.ts'
import { nodeName } from './shared/changes/names.ts'
import { workloadsOf } from './shared/changes/target.ts'

export const nodeDrain = defineChange({
  name: 'node drain',
  summary: 'Move all pods off a node, one after the other, as their disruption budgets allow.',
  examples: ['node drain node-2 --reason "kernel update"', 'node drain node-2 --lose-data'],
  args: z.object({
    node: nodeName,
    force: z.boolean().default(false).describe('also pods that nobody makes again: they are gone for good'),
    loseData: z
      .boolean()
      .default(false)
      .describe('also pods that keep data on the node itself (emptyDir): it is gone for good'),
  }),
  positional: ['node'],
  family: 'changes',
  role: 'member',

  async read({ node: name }, ports, _ask, signal) {
    const workloads = workloadsOf(ports)
    const [node, all] = await Promise.all([workloads.node(name, signal), workloads.all(signal)])
    return { node, single: all.filter(({ replicas }) => replicas === 1).map(({ ref }) => ref.name) }
  },

  plan: (args, { node, single }) => drainPlan(args, node, single),
})
