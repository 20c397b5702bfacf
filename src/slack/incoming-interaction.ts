import { z } from 'zod'
import type { Surface } from '../core/ask.ts'
import type { Incoming } from '../core/ports/intake.ts'
import type { Json, Request, ResponseUrlCheck } from './heard.ts'
import { scopeOf, slackId, slackTs } from './ids.ts'

/** Clicks, submissions and shortcuts (https://docs.slack.dev/reference/interaction-payloads). */

const person = z.object({ id: slackId, team_id: slackId.optional() })
const place = z.object({ id: slackId, name: z.string().optional() })
const origin = {
  user: person,
  team: z.object({ id: slackId }).nullish(),
  channel: place.nullish(),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
}
const actionId = z.string().min(1).max(255)
const option = z.object({ value: z.string().max(2000) })
/** One input of a view's state (https://docs.slack.dev/reference/views#view-state): a kind that is not known says nothing. */
const element = z
  .object({
    value: z.string().max(3000).nullish(),
    selected_option: option.nullish(),
    selected_options: z.array(option).max(100).nullish(),
    selected_user: slackId.nullish(),
    selected_conversation: slackId.nullish(),
    selected_channel: slackId.nullish(),
  })
  .transform((given) => given.selected_options?.map(({ value }) => value) ?? oneOf(given))
const view = z.object({
  id: slackId,
  type: z.string().optional(),
  callback_id: z.string().max(255).default(''),
  private_metadata: z.string().max(3000).default(''),
  state: z.object({ values: z.record(z.string(), z.record(z.string(), element)) }).nullish(),
})

const clickSchema = z.object({
  ...origin,
  container: z
    .object({
      message_ts: slackTs.optional(),
      channel_id: slackId.optional(),
      thread_ts: slackTs.optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  message: z.object({ ts: slackTs.optional(), thread_ts: slackTs.optional() }).optional(),
  view: view.optional(),
  actions: z
    .array(
      z.object({
        action_id: actionId,
        value: z.string().max(2000).optional(),
        selected_option: z.object({ value: z.string().max(2000) }).nullish(),
      }),
    )
    .min(1),
})
type Click = z.infer<typeof clickSchema>

const submissionSchema = z.object({ ...origin, view })

const shortcutSchema = z.object({
  ...origin,
  callback_id: actionId,
  message_ts: slackTs.optional(),
  message: z.object({ ts: slackTs.optional(), thread_ts: slackTs.optional() }).optional(),
})

/** A click on a button or a choice in a menu: one action at a time, as Slack sends them. */
export function fromClick(payload: Json, check: ResponseUrlCheck): Request | null {
  const parsed = clickSchema.safeParse(payload)
  const action = parsed.data?.actions[0]
  if (!parsed.success || action === undefined) return null
  const click = parsed.data
  const containerId = click.container?.channel_id
  const where = click.channel ?? (containerId === undefined ? undefined : { id: containerId })
  return {
    ...who(click, where, check),
    surface: surfaceOf(click),
    click: { action: action.action_id, value: action.selected_option?.value ?? action.value ?? '' },
    source: sourceOf(click),
  }
}

/** A modal's submission. Its `callback_id` names what was asked, and its private metadata the record that it belongs to. */
export function fromSubmission(payload: Json): Request | null {
  const parsed = submissionSchema.safeParse(payload)
  if (!parsed.success) return null
  const { view: submitted } = parsed.data
  return {
    ...who(parsed.data, undefined, noUrl),
    surface: 'modal',
    click: {
      action: submitted.callback_id,
      value: submitted.private_metadata,
      fields: fieldsOf(submitted.state?.values ?? {}),
    },
    source: { viewId: submitted.id },
  }
}

/** What was filled in, by block id: each input block has one element. What was left empty is not there. */
function fieldsOf(
  values: Readonly<Record<string, Readonly<Record<string, string | string[] | null>>>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([block, elements]) => {
      const given = Object.values(elements)[0] ?? null
      return given === null ? [] : [[block, given]]
    }),
  )
}

/** A global shortcut, or one on a message. */
export function fromShortcut(payload: Json, check: ResponseUrlCheck): Request | null {
  const parsed = shortcutSchema.safeParse(payload)
  if (!parsed.success) return null
  const { callback_id, message, message_ts, channel } = parsed.data
  const messageTs = message?.ts ?? message_ts
  return {
    ...who(parsed.data, channel ?? undefined, check),
    surface: 'shortcut',
    click: { action: callback_id, value: '' },
    ...(messageTs === undefined ? {} : { source: { messageTs } }),
  }
}

/** A submission has no response URL of its own. */
const noUrl: ResponseUrlCheck = (_url): _url is string => false

function who(
  from: z.infer<typeof submissionSchema> | Click | z.infer<typeof shortcutSchema>,
  where: { id: string; name?: string | undefined } | undefined,
  check: ResponseUrlCheck,
): Omit<Request, 'surface'> {
  const channel = scopeOf(where)
  // The person's own team, not the one the message stands in: they differ in a shared channel.
  const team = from.user.team_id ?? from.team?.id ?? ''
  return {
    team,
    user: from.user.id,
    channel,
    line: null,
    reply: {
      team,
      user: from.user.id,
      channel,
      responseUrl: check(from.response_url) ? from.response_url : null,
      triggerId: from.trigger_id ?? null,
    },
  }
}

function surfaceOf(click: Click): Surface {
  if (click.view === undefined) return 'button'
  return click.view.type === 'home' ? 'home' : 'modal'
}

/** A message that only one person sees has no thread: an answer under it would be seen by nobody. */
function sourceOf(click: Click): NonNullable<Incoming['source']> {
  const seenByAll = click.container?.is_ephemeral !== true
  const messageTs = seenByAll ? (click.message?.ts ?? click.container?.message_ts) : undefined
  const threadTs = click.message?.thread_ts ?? click.container?.thread_ts
  return {
    ...(messageTs === undefined ? {} : { messageTs }),
    ...(threadTs === undefined ? {} : { threadTs }),
    ...(click.view === undefined ? {} : { viewId: click.view.id }),
  }
}

function oneOf(given: {
  value?: string | null | undefined
  selected_option?: { value: string } | null | undefined
  selected_user?: string | null | undefined
  selected_conversation?: string | null | undefined
  selected_channel?: string | null | undefined
}): string | null {
  const { value, selected_option, selected_user, selected_conversation, selected_channel } = given
  return value ?? selected_option?.value ?? selected_user ?? selected_conversation ?? selected_channel ?? null
}
