import { z } from 'zod'
import type { Json, Request, ResponseUrlCheck } from './heard.ts'
import { scopeOf, slackId } from './ids.ts'

/** A slash command's form fields (https://docs.slack.dev/interactivity/implementing-slash-commands). */
const schema = z.object({
  command: z.string().min(1).max(80),
  text: z.string().default(''),
  team_id: slackId,
  user_id: slackId,
  channel_id: slackId,
  channel_name: z.string().optional(),
  response_url: z.string().optional(),
  trigger_id: z.string().optional(),
})

/** Null when it is not a slash command as Slack sends it, for instance when a field is there twice. */
export function fromSlash(payload: Json, check: ResponseUrlCheck): Request | null {
  const parsed = schema.safeParse(payload)
  if (!parsed.success) return null
  const { text, team_id, user_id, channel_id, channel_name, response_url, trigger_id } = parsed.data
  const channel = scopeOf({ id: channel_id, name: channel_name })
  return {
    surface: 'slash',
    team: team_id,
    user: user_id,
    channel,
    line: text,
    reply: {
      team: team_id,
      user: user_id,
      channel,
      responseUrl: check(response_url) ? response_url : null,
      triggerId: trigger_id ?? null,
    },
  }
}
