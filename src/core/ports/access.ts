import type { AccessSnapshot } from '../access.ts'

export interface AccessReader {
  /** The records as they are now, read afresh. */
  snapshot(): Promise<AccessSnapshot>
}
