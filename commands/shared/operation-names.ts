import { userNames } from '../../src/core/access-rules.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { Named } from '../../src/views/operations/listing.ts'

/** What people are called, and in which zone times are said. */
export async function namedOf({
  access,
  clock,
  platform,
}: Pick<ReadPorts, 'access' | 'clock' | 'platform'>): Promise<Named> {
  const names = userNames(await access.snapshot())
  return { names, now: clock.now(), zone: platform.timeZone }
}
