import type { MirroredChannel, MirroredUser } from '../access.ts'

/** Slack's users, groups and channels as Bakery last saw them, in its own Postgres. Every write bumps the snapshot's version. */
export interface Mirror {
  saveUser(user: Omit<MirroredUser, 'seenAt'>): Promise<void>
  saveChannel(channel: MirroredChannel): Promise<void>
  /** Replaces the members of a group; an empty list empties it. */
  saveGroup(group: string, handle: string, members: readonly string[]): Promise<void>
  /** Ids that a sweep shall look at again: those seen longest ago first. */
  staleUsers(olderThanSeconds: number, limit: number): Promise<readonly string[]>
  staleChannels(olderThanSeconds: number, limit: number): Promise<readonly string[]>
}
