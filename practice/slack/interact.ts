import { stateValues } from './chosen.ts'
import { actionOf, findControl, type Selector } from './controls.ts'
import type { Delivery } from './deliver.ts'
import { isObject, type Json, objects, parsed, string } from './json.ts'
import type { Message } from './messages.ts'
import { checkedView, showView } from './methods/views.ts'
import { type Door, personOf, placeOf, send, trigger } from './outgoing.ts'
import * as payloads from './payloads.ts'

/** Clicks a button of a message (or chooses from a menu: the selector's `option`). */
export async function click(
  door: Door,
  personId: string,
  message: Message,
  selector: Selector,
): Promise<Delivery> {
  const desk = door.desk()
  const place = placeOf(desk, personId, message.channel)
  const action = actionOf(findControl(message.blocks, selector), selector)
  const responseUrl = door.responses.create({
    channel: message.channel,
    person: personId,
    threadTs: message.threadTs,
    message: { ts: message.ts, ephemeral: message.ephemeral },
  })
  const handles = { triggerId: await trigger(door, personId), responseUrl }
  return send(
    door,
    payloads.blockActions(desk.state, place, message, action, valuesOf(message.blocks, selector), handles),
  )
}

/** Clicks a button of the topmost modal or of the home tab. */
export async function clickView(
  door: Door,
  personId: string,
  viewId: string,
  selector: Selector,
): Promise<Delivery> {
  const desk = door.desk()
  const person = personOf(desk, personId)
  const view = viewOf(door, personId, viewId)
  const blocks = objects(view.blocks)
  const action = actionOf(findControl(blocks, selector), selector)
  const id = await trigger(door, personId, view.type === 'modal' ? viewId : undefined)
  return send(door, payloads.viewActions(desk.state, person, view, action, valuesOf(blocks, selector), id))
}

const valuesOf = (blocks: readonly Json[], selector: Selector): Json =>
  stateValues(blocks, (typeof selector === 'string' ? undefined : selector.values) ?? {})

/** The options that the bot offers for what was typed. */
export interface Suggested extends Delivery {
  readonly options: readonly Json[]
  /** Options in groups, each with its `label`. */
  readonly groups: readonly Json[]
}

/** Types into a menu whose options the bot knows (`external_select`), on a message or in a view (by its id). */
export async function suggest(
  door: Door,
  personId: string,
  on: Message | string,
  selector: Selector,
  value: string,
): Promise<Suggested> {
  const desk = door.desk()
  const view = typeof on === 'string' ? viewOf(door, personId, on) : null
  const from =
    typeof on === 'string'
      ? { person: personOf(desk, personId), view: view ?? {} }
      : { place: placeOf(desk, personId, on.channel), message: on }
  const control = findControl(typeof on === 'string' ? objects(view?.blocks) : on.blocks, selector)
  const delivery = await send(door, payloads.blockSuggestion(desk.state, from, control, value))
  const answer = delivery.ok ? parsed(delivery.body) : null
  if (!isObject(answer)) {
    return { ...delivery, error: delivery.error ?? 'dispatch_failed', options: [], groups: [] }
  }
  return { ...delivery, options: objects(answer.options), groups: objects(answer.option_groups) }
}

/** Chooses one of the app's shortcuts, on a message or from anywhere. */
export async function shortcut(
  door: Door,
  personId: string,
  callbackId: string,
  message: Message | null,
): Promise<Delivery> {
  const { state } = door.desk()
  const triggerId = await trigger(door, personId)
  if (message === null) {
    return send(door, payloads.globalShortcut(state, personOf(door.desk(), personId), callbackId, triggerId))
  }
  if (message.ephemeral) throw new Error('Slack offers no shortcuts on a message that one person alone sees')
  const place = placeOf(door.desk(), personId, message.channel)
  const { channel, threadTs } = message
  const responseUrl = door.responses.create({ channel, person: personId, threadTs, message: null })
  return send(door, payloads.messageShortcut(state, place, message, callbackId, { triggerId, responseUrl }))
}

export interface Submitted extends Delivery {
  /** Block id → what is wrong with it; empty when the modal was taken. */
  readonly errors: Readonly<Record<string, string>>
}

/** Submits a modal with `values` (block id → action id → state) and does what the acknowledgement says. */
export async function submit(door: Door, personId: string, viewId: string, values: Json): Promise<Submitted> {
  const desk = door.desk()
  const person = personOf(desk, personId)
  const view = viewOf(door, personId, viewId)
  const triggerId = await trigger(door, personId)
  const state = stateValues(objects(view.blocks), values)
  const delivery = await send(door, payloads.viewSubmission(desk.state, person, view, state, triggerId))
  if (!delivery.ok) return { ...delivery, errors: {} }
  const answer = parsed(delivery.body)
  const action = isObject(answer) ? string(answer.response_action) : ''
  if (action === 'errors' && isObject(answer) && isObject(answer.errors)) {
    return {
      ...delivery,
      errors: Object.fromEntries(Object.entries(answer.errors).map(([key, why]) => [key, string(why)])),
    }
  }
  const taken = await follow(door, personId, view, action, isObject(answer) ? answer.view : null)
  return { ...delivery, error: taken ? null : 'dispatch_failed', errors: {} }
}

/** Does what an acknowledgement says of the modal; false when it says nothing that Slack would take: the modal stays. */
async function follow(
  door: Door,
  personId: string,
  view: Json,
  action: string,
  given: unknown,
): Promise<boolean> {
  if (action !== 'update' && action !== 'push') {
    removeViews(door, personId, action === 'clear' ? null : string(view.id))
    return true
  }
  const checked = checkedView({ view: given }, 'modal')
  if ('refusal' in checked) return false
  const next = checked.body.view
  if (!isObject(next)) return false
  return action === 'update'
    ? replaceView(door, personId, view, next)
    : pushView(door, personId, string(view.id), next)
}

/** Closes the topmost modal, or all (`clear_on_close`); the bot hears of those that asked for that. */
export async function close(door: Door, personId: string, viewId: string): Promise<void> {
  const desk = door.desk()
  const view = viewOf(door, personId, viewId)
  const all = view.clear_on_close === true
  const closed = all ? [...(desk.state.views.get(personId) ?? [])].reverse() : [view]
  removeViews(door, personId, all ? null : viewId)
  for (const each of closed) {
    if (each.notify_on_close !== true) continue
    await send(door, payloads.viewClosed(desk.state, personOf(desk, personId), each, all))
  }
}

async function replaceView(door: Door, personId: string, old: Json, next: Json): Promise<boolean> {
  const desk = door.desk()
  const reply = await desk.emulated.call('bot', 'views.update', { view_id: old.id, view: next })
  if (isObject(reply.view)) showView(desk, personId, reply.view, 'replace')
  return reply.ok === true
}

/** A fourth view is not put on the stack. Slack says nothing of it, and the modal stays as it is. */
async function pushView(door: Door, personId: string, viewId: string, next: Json): Promise<boolean> {
  const desk = door.desk()
  const triggerId = await trigger(door, personId, viewId)
  const reply = await desk.emulated.call('bot', 'views.push', { trigger_id: triggerId, view: next })
  if (isObject(reply.view)) showView(desk, personId, reply.view, 'push')
  return reply.ok === true
}

function removeViews(door: Door, personId: string, viewId: string | null): void {
  const { state } = door.desk()
  const stack = state.views.get(personId) ?? []
  state.views.set(personId, viewId === null ? [] : stack.filter(({ id }) => id !== viewId))
  state.changed({ type: 'view', person: personId })
}

function viewOf(door: Door, personId: string, viewId: string): Json {
  const { state } = door.desk()
  const home = state.homes.get(personId)
  const view = [...(state.views.get(personId) ?? []), ...(home === undefined ? [] : [home])].find(
    ({ id }) => id === viewId,
  )
  if (view === undefined) throw new Error(`${personId} has no view ${viewId} open`)
  return view
}
