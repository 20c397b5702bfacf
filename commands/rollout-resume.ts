import { z } from 'zod'
import { defineChange } from '../src/core/change.ts'
import { workload } from '../src/core/names.ts'
import { pausePlan } from './shared/changes/pause.ts'
import { workloadsOf } from './shared/changes/target.ts'

export const rolloutResume = defineChange({
  name: 'rollout resume',
  summary: 'Let a Deployment go on that was paused.',
  examples: ['rollout resume orders', 'rollout resume orders-service --reason "looking first"'],
  args: z.object({ workload }),
  positional: ['workload'],
  family: 'changes',
  role: 'member',

  read: ({ workload: name }, ports, _ask, signal) => workloadsOf(ports).state(name, signal),
  plan: (_args, state) => pausePlan(state, false),
})
