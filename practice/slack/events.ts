import type { Delivery } from './deliver.ts'
import { isObject, type Json, parsed } from './json.ts'
import { groupObject, userObject } from './methods/people.ts'
import { type Door, personOf, send } from './outgoing.ts'
import { eventCallback } from './payloads.ts'
import type { State } from './state.ts'
import type { Channel, Person } from './workspace.ts'

/** Slack sends an event again at once, after a minute and after five. https://docs.slack.dev/apis/events-api */
export const RETRY_DELAYS_MS: readonly number[] = [1000, 60_000, 300_000]

/** Sends an event, again while it is not taken. Returns the last delivery. */
export async function sendEvent(
  door: Door,
  event: Json,
  retries: { readonly delaysMs: readonly number[]; readonly signal: AbortSignal },
): Promise<Delivery> {
  const body = eventCallback(door.desk().state, event)
  const json = { 'content-type': 'application/json' }
  let delivery = await send(door, body, json)
  for (const [index, delayMs] of retries.delaysMs.entries()) {
    if (delivery.ok || delivery.noRetry === true || !(await pause(delayMs, retries.signal))) return delivery
    delivery = await send(door, body, {
      ...json,
      'x-slack-retry-num': String(index + 1),
      'x-slack-retry-reason': delivery.error === 'operation_timeout' ? 'http_timeout' : 'http_error',
    })
  }
  return delivery
}

/** Whether the pause was waited out. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const timer = setTimeout(() => resolve(true), ms)
    timer.unref()
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}

/** Asks the bot's URL to prove that it is the bot's, as Slack does when events are switched on. */
export async function verifyUrl(door: Door): Promise<boolean> {
  const challenge = crypto.randomUUID()
  const body = JSON.stringify({ token: 'practice-verification-token', challenge, type: 'url_verification' })
  const delivery = await send(door, body, { 'content-type': 'application/json' })
  const answer = parsed(delivery.body)
  return delivery.ok && (delivery.body === challenge || (isObject(answer) && answer.challenge === challenge))
}

/** Somebody looks at the app. Its home view goes along once there is one. */
export function homeOpened(state: State, person: string, channel: string, tab: 'home' | 'messages'): Json {
  const view = state.homes.get(person)
  const shown = tab === 'home' && view !== undefined ? { view } : {}
  return { type: 'app_home_opened', user: person, channel, tab, event_ts: state.nextTs(), ...shown }
}

/** Changes what Slack knows of a person; the events that Slack would send. */
export function changePerson(door: Door, id: string, changes: Partial<Omit<Person, 'id'>>): readonly Json[] {
  const { state } = door.desk()
  const before = state.people.get(id) ?? personOf(door.desk(), id)
  const after = { ...before, ...changes }
  state.people.set(id, after)
  state.changed({ type: 'people' })
  return [{ type: 'user_change', user: userObject(state, after), event_ts: state.nextTs() }]
}

/** Replaces the members of a user group; the events that Slack would send. */
export function changeGroup(door: Door, id: string, members: readonly string[]): readonly Json[] {
  const { state } = door.desk()
  const group = state.groups.get(id)
  if (group === undefined) throw new Error(`there is no user group ${id}`)
  const after = { ...group, members }
  state.groups.set(id, after)
  state.changed({ type: 'people' })
  const added = members.filter((member) => !group.members.includes(member))
  const removed = group.members.filter((member) => !members.includes(member))
  const counts = {
    added_users: added,
    added_users_count: added.length,
    removed_users: removed,
    removed_users_count: removed.length,
  }
  return [
    { type: 'subteam_updated', subteam: groupObject(state, after, true), event_ts: state.nextTs() },
    {
      type: 'subteam_members_changed',
      subteam_id: id,
      team_id: state.team.id,
      ...counts,
      event_ts: state.nextTs(),
    },
  ]
}

/** Changes a channel (shared with another company, archived, renamed, its members); the events that Slack would send. */
export function changeChannel(
  door: Door,
  id: string,
  changes: Partial<Omit<Channel, 'id'>>,
): readonly Json[] {
  const { state } = door.desk()
  const before = state.channels.get(id)
  if (before === undefined) throw new Error(`there is no channel ${id}`)
  const after = { ...before, ...changes }
  state.channels.set(id, after)
  state.changed({ type: 'people', channel: id })
  const at = { event_ts: state.nextTs() }
  const events: Json[] = []
  if (after.shared !== before.shared) {
    events.push({ type: after.shared ? 'channel_shared' : 'channel_unshared', channel: id, ...at })
  }
  if (after.archived !== before.archived) {
    events.push({
      type: after.archived ? 'channel_archive' : 'channel_unarchive',
      channel: id,
      user: 'USLACKBOT',
      ...at,
    })
  }
  for (const user of after.members.filter((member) => !before.members.includes(member))) {
    const where = { channel: id, channel_type: 'C', team: state.team.id }
    events.push({ type: 'member_joined_channel', user, ...where, ...at })
  }
  if (after.name !== before.name)
    events.push({ type: 'channel_rename', channel: { id, name: after.name }, ...at })
  return events
}
