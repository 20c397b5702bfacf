import { z } from 'zod'

/** A Slack id at the edge. Loose on purpose: Slack calls its ids opaque, and says only that they are short and plain. */
export const slackId = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/)

/** Slack's timestamps are names of messages, not times: digits, a point, digits. */
export const slackTs = z.string().regex(/^\d{1,16}(\.\d{1,9})?$/)

/** Whether a conversation is a direct message, which has no scope of its own. */
export function isDirect(id: string, name?: string): boolean {
  return name === 'directmessage' || id.startsWith('D')
}

/** The channel that a request belongs to: null in a direct message. */
export function scopeOf(channel: { id: string; name?: string | undefined } | undefined): string | null {
  return channel === undefined || isDirect(channel.id, channel.name) ? null : channel.id
}
