import type { MirroredChannel, MirroredUser } from '../../../src/core/access.ts'
import type { Mirror } from '../../../src/core/ports/mirror.ts'

export interface MemoryMirror extends Mirror {
  readonly users: Map<string, Omit<MirroredUser, 'seenAt'>>
  readonly channels: Map<string, MirroredChannel>
  readonly groups: Map<string, { handle: string; members: readonly string[] }>
  /** Everything that was saved of channels, in order. */
  readonly savedChannels: MirroredChannel[]
}

/** The mirror without a database: everything it knows is stale. */
export function createMemoryMirror(): MemoryMirror {
  const users = new Map<string, Omit<MirroredUser, 'seenAt'>>()
  const channels = new Map<string, MirroredChannel>()
  const groups = new Map<string, { handle: string; members: readonly string[] }>()
  const savedChannels: MirroredChannel[] = []
  return {
    users,
    channels,
    groups,
    savedChannels,
    saveUser: async (user) => void users.set(user.user, user),
    saveChannel: async (channel) => {
      savedChannels.push(channel)
      channels.set(channel.channel, channel)
    },
    saveGroup: async (group, handle, members) => void groups.set(group, { handle, members }),
    staleUsers: async (_seconds, limit) => [...users.keys()].slice(0, limit),
    staleChannels: async (_seconds, limit) => [...channels.keys()].slice(0, limit),
  }
}
