import { z } from 'zod'
import type { Json, Request } from './heard.ts'
import { scopeOf, slackId } from './ids.ts'

/** Who is named as the actor of an event that no person caused. */
const SLACK_ITSELF = 'slack'

const idOrObject = z.union([slackId, z.object({ id: slackId }).transform(({ id }) => id)])

/** The envelope of an event (https://docs.slack.dev/apis/events-api). */
const schema = z.object({
  team_id: slackId.default(''),
  event_id: z.string().min(1).max(255),
  event: z.object({
    type: z.string().min(1).max(100),
    user: idOrObject.optional().catch(undefined),
    channel: idOrObject.optional().catch(undefined),
    channel_id: slackId.optional(),
  }),
})

/** Null when it is not an event as Slack sends it. */
export function fromEvent(payload: Json): { readonly id: string; readonly request: Request } | null {
  const parsed = schema.safeParse(payload)
  if (!parsed.success) return null
  const { team_id: team, event_id, event } = parsed.data
  const place = event.channel ?? event.channel_id
  const channel = scopeOf(place === undefined ? undefined : { id: place })
  const user = event.user ?? SLACK_ITSELF
  return {
    id: event_id,
    request: {
      surface: event.type === 'app_home_opened' ? 'home' : 'event',
      team,
      user,
      channel,
      line: null,
      event: event.type,
      reply: { team, user, channel, responseUrl: null, triggerId: null },
    },
  }
}
