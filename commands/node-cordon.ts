import { z } from 'zod'
import { defineChange } from '../src/core/change.ts'
import { cordonPlan } from './shared/changes/cordon.ts'
import { nodeName } from './shared/changes/names.ts'
import { workloadsOf } from './shared/changes/target.ts'

export const nodeCordon = defineChange({
  name: 'node cordon',
  summary: 'Keep new pods from a node; those that run there stay.',
  examples: ['node cordon node-2'],
  args: z.object({ node: nodeName }),
  positional: ['node'],
  family: 'changes',
  role: 'member',

  read: ({ node }, ports, _ask, signal) => workloadsOf(ports).node(node, signal),
  plan: (_args, node) => cordonPlan(node, true),
})
