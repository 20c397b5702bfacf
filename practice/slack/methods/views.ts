import { blockFaults } from '../block-rules.ts'
import { isObject, type Json, objects, parsed, string } from '../json.ts'
import { identified } from './identified.ts'
import { type Desk, forward, type Method, type Reply, refuse } from './method.ts'

/** Slack's limits of a view beside its blocks. https://docs.slack.dev/reference/views */
const TITLE = 24
const METADATA = 3000
const ID = 255
/** A trigger is good for three seconds, once. https://docs.slack.dev/surfaces/modals */
const TRIGGER_MS = 3000
export const STACK = 3

/** A view that Slack would take, as an object whose blocks all have ids; a reply when it would not. */
export function checkedView(given: Json, type: 'modal' | 'home' | null): { body: Json } | { refusal: Reply } {
  const view = parsed(given.view)
  if (!isObject(view)) return { refusal: refuse('invalid_arguments') }
  const faults = [
    ...typeFaults(view, type),
    ...blockFaults(view.blocks, view.type === 'home' || view.type === 'modal' ? view.type : 'view'),
    ...titleFaults(view),
    ...tooLong(string(view.private_metadata), METADATA, 'private_metadata'),
    ...tooLong(string(view.callback_id), ID, 'callback_id'),
    ...tooLong(string(view.external_id), ID, 'external_id'),
  ]
  if (faults.length === 0) return { body: { ...given, view: { ...view, blocks: identified(view.blocks) } } }
  return { refusal: refuse('invalid_arguments', { response_metadata: { messages: faults } }) }
}

/** The kind of view that the method takes (null: either), and for a modal what it cannot be without. */
function typeFaults(view: Json, type: 'modal' | 'home' | null): string[] {
  const faults: string[] = []
  if (type === null ? view.type !== 'modal' && view.type !== 'home' : view.type !== type)
    faults.push(`[ERROR] unsupported type: ${string(view.type)} [json-pointer:/view/type]`)
  if (view.type !== 'modal') return faults
  if (!isObject(view.title)) faults.push('[ERROR] missing required field: title [json-pointer:/view]')
  const asks = objects(view.blocks).some((block) => block.type === 'input')
  if (asks && !isObject(view.submit))
    faults.push('[ERROR] missing required field: submit [json-pointer:/view]')
  return faults
}

function titleFaults(view: Json): string[] {
  return ['title', 'submit', 'close'].flatMap((key) => {
    const words = isObject(view[key]) ? string(view[key].text) : ''
    return tooLong(words, TITLE, `${key}/text`)
  })
}

const tooLong = (words: string, most: number, at: string): string[] =>
  Array.from(words).length > most
    ? [`[ERROR] must be less than ${most + 1} characters [json-pointer:/view/${at}]`]
    : []

/** The person who has this view open. */
export function viewerOf(desk: Desk, viewId: string): string | null {
  for (const [person, stack] of desk.state.views) {
    if (stack.some((view) => view.id === viewId)) return person
  }
  return null
}

export function showView(desk: Desk, person: string, view: Json, how: 'push' | 'replace'): void {
  const stack = desk.state.views.get(person) ?? []
  const replaced = stack.map((old) => (old.id === view.id ? view : old))
  desk.state.views.set(person, how === 'push' ? [...stack, view] : replaced)
  desk.state.changed({ type: 'view', person })
}

const opens =
  (method: 'views.open' | 'views.push', triggers: Triggers): Method =>
  async (desk, given) => {
    const checked = checkedView(given, 'modal')
    if ('refusal' in checked) return checked.refusal
    const trigger = triggers.get(string(given.trigger_id))
    if (trigger !== undefined && desk.now() - trigger.at > TRIGGER_MS) return refuse('expired_trigger_id')
    const person = trigger?.person
    const open = person === undefined ? 0 : (desk.state.views.get(person) ?? []).length
    if (method === 'views.push' && open >= STACK) return refuse('push_limit_reached')
    const reply = await forward(desk, method, checked.body)
    if (reply.body.ok === true && isObject(reply.body.view) && person !== undefined) {
      showView(desk, person, reply.body.view, 'push')
    }
    return reply
  }

const update: Method = async (desk, given) => {
  const checked = checkedView(given, null)
  if ('refusal' in checked) return checked.refusal
  const reply = await forward(desk, 'views.update', checked.body)
  if (reply.body.ok !== true || !isObject(reply.body.view)) return reply
  const person = viewerOf(desk, string(reply.body.view.id))
  if (person !== null) showView(desk, person, reply.body.view, 'replace')
  return reply
}

const publish: Method = async (desk, given) => {
  const checked = checkedView(given, 'home')
  if ('refusal' in checked) return checked.refusal
  const reply = await forward(desk, 'views.publish', checked.body)
  if (reply.body.ok === true && isObject(reply.body.view)) {
    desk.state.homes.set(string(given.user_id), reply.body.view)
    desk.state.changed({ type: 'home', person: string(given.user_id) })
  }
  return reply
}

/** Trigger id → the person whose action it came from, and when (ms since 1970). */
export type Triggers = ReadonlyMap<string, { readonly person: string; readonly at: number }>

export const views = (triggers: Triggers): Readonly<Record<string, Method>> => ({
  'views.open': opens('views.open', triggers),
  'views.push': opens('views.push', triggers),
  'views.update': update,
  'views.publish': publish,
})
