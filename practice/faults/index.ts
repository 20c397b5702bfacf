import { DATABASE_FAULTS } from './databases.ts'
import { DELIVERY_FAULTS } from './delivery.ts'
import type { Fault } from './fault.ts'
import { MACHINE_FAULTS } from './machines.ts'
import { SLACK_FAULTS } from './slack.ts'
import { WORKLOAD_FAULTS } from './workloads.ts'

export interface GroupedFault extends Fault {
  /** The heading that it stands under. */
  readonly group: string
}

const under = (group: string, faults: readonly Fault[]): readonly GroupedFault[] =>
  faults.map((fault) => ({ ...fault, group }))

/** Everything that can be broken, as the panel shows it. */
export const FAULTS: readonly GroupedFault[] = [
  ...under('Services', WORKLOAD_FAULTS),
  ...under('Nodes', MACHINE_FAULTS),
  ...under('Databases', DATABASE_FAULTS),
  ...under('Queues, delivery, alerts', DELIVERY_FAULTS),
  ...under('Slack and Bakery itself', SLACK_FAULTS),
]
