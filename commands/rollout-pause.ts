import { z } from 'zod'
import { defineChange } from '../src/core/change.ts'
import { workload } from '../src/core/names.ts'
import { pausePlan } from './shared/changes/pause.ts'
import { workloadsOf } from './shared/changes/target.ts'

export const rolloutPause = defineChange({
  name: 'rollout pause',
  summary: 'Hold a Deployment, so that changes to it wait until it is resumed.',
  examples: ['rollout pause orders', 'rollout pause orders-service --reason "looking first"'],
  args: z.object({ workload }),
  positional: ['workload'],
  family: 'changes',
  role: 'member',

  read: ({ workload: name }, ports, _ask, signal) => workloadsOf(ports).state(name, signal),
  plan: (_args, state) => pausePlan(state, true),
})
