import { z } from 'zod'
import type { SlackClient } from './client.ts'

/** Finds the conversation in which one person is written to. Throws what `outcome.ts` classifies. */
export type OpenDirect = (user: string) => Promise<string>

const opened = z.object({ channel: z.object({ id: z.string().min(1) }) })

/** How many are remembered: a conversation's id never changes. */
const REMEMBERED = 5_000

export function createOpenDirect(client: SlackClient): OpenDirect {
  const known = new Map<string, string>()
  return async (user) => {
    const found = known.get(user)
    if (found !== undefined) return found
    const { channel } = opened.parse(await client.call('conversations.open', { users: user }))
    if (known.size >= REMEMBERED) known.clear()
    known.set(user, channel.id)
    return channel.id
  }
}
