import { actionOf, findControl, type Selector } from './controls.ts'
import type { Delivery } from './deliver.ts'
import { isObject, type Json, objects, parsed, string } from './json.ts'
import type { Message } from './messages.ts'
import { showView } from './methods/views.ts'
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
  const option = typeof selector === 'string' ? undefined : selector.option
  const action = actionOf(findControl(message.blocks, selector), option)
  const responseUrl = door.responses.create({
    channel: message.channel,
    person: personId,
    threadTs: message.threadTs,
    message: { ts: message.ts, ephemeral: message.ephemeral },
  })
  const handles = { triggerId: await trigger(door, personId), responseUrl }
  return send(door, payloads.blockActions(desk.state, place, message, action, handles))
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
  const option = typeof selector === 'string' ? undefined : selector.option
  const action = actionOf(findControl(objects(view.blocks), selector), option)
  const id = await trigger(door, personId, view.type === 'modal' ? viewId : undefined)
  return send(door, payloads.viewActions(desk.state, person, view, action, id))
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
  const delivery = await send(door, payloads.viewSubmission(desk.state, person, view, values, triggerId))
  if (!delivery.ok) return { ...delivery, errors: {} }
  const answer = parsed(delivery.body)
  const action = isObject(answer) ? string(answer.response_action) : ''
  if (action === 'errors' && isObject(answer) && isObject(answer.errors)) {
    return {
      ...delivery,
      errors: Object.fromEntries(Object.entries(answer.errors).map(([key, why]) => [key, string(why)])),
    }
  }
  const next = isObject(answer) && isObject(answer.view) ? answer.view : null
  if (action === 'update' && next !== null) await replaceView(door, personId, view, next)
  else if (action === 'push' && next !== null) await pushView(door, personId, viewId, next)
  else removeViews(door, personId, action === 'clear' ? null : viewId)
  return { ...delivery, errors: {} }
}

/** Closes the topmost modal; the bot hears of it when the view asked for that. */
export async function close(door: Door, personId: string, viewId: string): Promise<void> {
  const desk = door.desk()
  const view = viewOf(door, personId, viewId)
  removeViews(door, personId, viewId)
  if (view.notify_on_close === true)
    await send(door, payloads.viewClosed(desk.state, personOf(desk, personId), view))
}

async function replaceView(door: Door, personId: string, old: Json, next: Json): Promise<void> {
  const desk = door.desk()
  const reply = await desk.emulated.call('bot', 'views.update', { view_id: old.id, view: next })
  if (isObject(reply.view)) showView(desk, personId, reply.view, 'replace')
}

async function pushView(door: Door, personId: string, viewId: string, next: Json): Promise<void> {
  const desk = door.desk()
  const triggerId = await trigger(door, personId, viewId)
  const reply = await desk.emulated.call('bot', 'views.push', { trigger_id: triggerId, view: next })
  if (isObject(reply.view)) showView(desk, personId, reply.view, 'push')
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
