import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { Named } from '../../src/views/operations/listing.ts'

/** What people are called, and in which zone times are said. */
export async function namedOf({
  access,
  clock,
  platform,
}: Pick<ReadPorts, 'access' | 'clock' | 'platform'>): Promise<Named> {
  const { users } = await access.snapshot()
  const names = new Map([...users.values()].map(({ user, name }) => [user, name]))
  return { names, now: clock.now(), zone: platform.timeZone }
}
