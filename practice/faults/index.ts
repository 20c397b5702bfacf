import { DATABASE_FAULTS } from './databases.ts'
import { DELIVERY_FAULTS } from './delivery.ts'
import type { Fault } from './fault.ts'
import { MACHINE_FAULTS } from './machines.ts'
import { SLACK_FAULTS } from './slack.ts'
import { WORKLOAD_FAULTS } from './workloads.ts'

/** Everything that can be broken, as the panel shows it. */
export const FAULTS: readonly Fault[] = [
  ...WORKLOAD_FAULTS,
  ...MACHINE_FAULTS,
  ...DATABASE_FAULTS,
  ...DELIVERY_FAULTS,
  ...SLACK_FAULTS,
]
