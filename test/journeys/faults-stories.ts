import { DATABASES } from './faults-stories/databases.ts'
import { DELIVERY } from './faults-stories/delivery.ts'
import { MACHINES } from './faults-stories/machines.ts'
import type { Story } from './faults-stories/story.ts'
import { WORKLOADS } from './faults-stories/workloads.ts'

/** What a person should see of each fault, in the order in which they are told. */
export const STORIES: readonly Story[] = [...WORKLOADS, ...MACHINES, ...DATABASES, ...DELIVERY]
