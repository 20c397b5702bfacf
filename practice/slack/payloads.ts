import { randomUUID } from 'node:crypto'
import type { Json } from './json.ts'
import type { Message } from './messages.ts'
import type { State } from './state.ts'
import type { Person } from './workspace.ts'

/** The bodies that Slack sends to an app, field by field. https://docs.slack.dev/reference/interaction-payloads */
const VERIFICATION_TOKEN = 'practice-verification-token'

export interface Place {
  readonly person: Person
  readonly channel: string
  readonly channelName: string
}

export interface Handles {
  readonly triggerId: string
  readonly responseUrl: string
}

export function slashCommand(
  state: State,
  place: Place,
  command: string,
  text: string,
  handles: Handles,
): string {
  return new URLSearchParams({
    token: VERIFICATION_TOKEN,
    team_id: place.person.team,
    team_domain: state.team.domain,
    channel_id: place.channel,
    channel_name: place.channelName,
    user_id: place.person.id,
    user_name: place.person.name,
    command,
    text,
    api_app_id: state.bot.appId,
    is_enterprise_install: 'false',
    response_url: handles.responseUrl,
    trigger_id: handles.triggerId,
  }).toString()
}

const payload = (body: Json): string => new URLSearchParams({ payload: JSON.stringify(body) }).toString()

const acting = (state: State, person: Person): Json => ({
  user: { id: person.id, username: person.name, name: person.name, team_id: person.team },
  api_app_id: state.bot.appId,
  token: VERIFICATION_TOKEN,
  team: { id: state.team.id, domain: state.team.domain },
  enterprise: null,
  is_enterprise_install: false,
})

export function blockActions(
  state: State,
  place: Place,
  message: Message,
  action: Json,
  values: Json,
  handles: Handles,
): string {
  return payload({
    type: 'block_actions',
    ...acting(state, place.person),
    container: messageContainer(place, message),
    trigger_id: handles.triggerId,
    channel: { id: place.channel, name: place.channelName },
    ...(message.ephemeral ? {} : { message: shown(state, message) }),
    state: { values },
    response_url: handles.responseUrl,
    actions: [{ ...action, action_ts: `${Math.floor(Date.now() / 1000)}.000000` }],
  })
}

const messageContainer = (place: Place, message: Message): Json => ({
  type: 'message',
  message_ts: message.ts,
  channel_id: place.channel,
  is_ephemeral: message.ephemeral,
  ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
})

const shown = (state: State, message: Message): Json => ({
  type: 'message',
  user: message.user,
  bot_id: state.bot.botId,
  app_id: state.bot.appId,
  ts: message.ts,
  text: message.text,
  team: state.team.id,
  blocks: message.blocks,
  ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
  ...(message.metadata === null ? {} : { metadata: message.metadata }),
})

/** A button in a modal or on the home tab: there is no channel and no response_url. */
export function viewActions(
  state: State,
  person: Person,
  view: Json,
  action: Json,
  values: Json,
  triggerId: string,
): string {
  return payload({
    type: 'block_actions',
    ...acting(state, person),
    container: { type: 'view', view_id: view.id },
    trigger_id: triggerId,
    view: { ...view, state: { values } },
    actions: [{ ...action, action_ts: `${Math.floor(Date.now() / 1000)}.000000` }],
  })
}

/** What somebody types into a menu whose options the app knows: which are there? */
export function blockSuggestion(
  state: State,
  from:
    | { readonly place: Place; readonly message: Message }
    | { readonly person: Person; readonly view: Json },
  control: { readonly block: Json; readonly element: Json },
  value: string,
): string {
  const where =
    'view' in from
      ? { container: { type: 'view', view_id: from.view.id }, view: from.view }
      : {
          container: messageContainer(from.place, from.message),
          channel: { id: from.place.channel, name: from.place.channelName },
          ...(from.message.ephemeral ? {} : { message: shown(state, from.message) }),
        }
  return payload({
    type: 'block_suggestion',
    ...acting(state, 'view' in from ? from.person : from.place.person),
    ...where,
    action_id: control.element.action_id,
    block_id: control.block.block_id,
    value,
  })
}

/** A shortcut that was chosen from anywhere: only who and which. */
export function globalShortcut(state: State, person: Person, callbackId: string, triggerId: string): string {
  const action_ts = state.nextTs()
  return payload({
    type: 'shortcut',
    ...acting(state, person),
    callback_id: callbackId,
    trigger_id: triggerId,
    action_ts,
  })
}

/** A shortcut that was chosen on a message. */
export function messageShortcut(
  state: State,
  place: Place,
  message: Message,
  callbackId: string,
  handles: Handles,
): string {
  return payload({
    type: 'message_action',
    ...acting(state, place.person),
    callback_id: callbackId,
    trigger_id: handles.triggerId,
    response_url: handles.responseUrl,
    action_ts: state.nextTs(),
    message_ts: message.ts,
    channel: { id: place.channel, name: place.channelName },
    message: shown(state, message),
  })
}

/** `values`: block id → action id → what was entered. */
export function viewSubmission(
  state: State,
  person: Person,
  view: Json,
  values: Json,
  triggerId: string,
): string {
  return payload({
    type: 'view_submission',
    ...acting(state, person),
    trigger_id: triggerId,
    view: { ...view, state: { values } },
    response_urls: [],
  })
}

/** `cleared`: the whole stack of views was closed at once. */
export function viewClosed(state: State, person: Person, view: Json, cleared: boolean): string {
  return payload({ type: 'view_closed', ...acting(state, person), view, is_cleared: cleared })
}

export function eventCallback(state: State, event: Json): string {
  return JSON.stringify({
    token: VERIFICATION_TOKEN,
    team_id: state.team.id,
    api_app_id: state.bot.appId,
    event,
    type: 'event_callback',
    event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()}`,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [{ enterprise_id: null, team_id: state.team.id, user_id: state.bot.id, is_bot: true }],
    is_ext_shared_channel: false,
  })
}
