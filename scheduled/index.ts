import type { Job } from '../src/core/job.ts'
import { morningHealth } from './morning-health.ts'

/** Everything that happens by the clock. Adding a job is one file here and one line below. */
export const jobs: readonly Job[] = [morningHealth]
