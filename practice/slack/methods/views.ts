import { blockFaults } from '../block-rules.ts'
import { isObject, type Json, parsed, string } from '../json.ts'
import { type Desk, forward, type Method, type Reply, refuse } from './method.ts'

/** A view that Slack would take, as an object; a reply when it would not. */
function checkedView(given: Json): { body: Json } | { refusal: Reply } {
  const view = parsed(given.view)
  if (!isObject(view)) return { refusal: refuse('invalid_arguments') }
  const faults = [...blockFaults(view.blocks, 'view'), ...titleFaults(view)]
  if (faults.length === 0) return { body: { ...given, view } }
  return { refusal: refuse('invalid_arguments', { response_metadata: { messages: faults } }) }
}

function titleFaults(view: Json): string[] {
  return ['title', 'submit', 'close'].flatMap((key) => {
    const words = isObject(view[key]) ? string(view[key].text) : ''
    return Array.from(words).length > 24
      ? [`[ERROR] must be less than 25 characters [json-pointer:/view/${key}/text]`]
      : []
  })
}

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
  (method: 'views.open' | 'views.push', triggers: ReadonlyMap<string, string>): Method =>
  async (desk, given) => {
    const checked = checkedView(given)
    if ('refusal' in checked) return checked.refusal
    const reply = await forward(desk, method, checked.body)
    const person = triggers.get(string(given.trigger_id))
    if (reply.body.ok === true && isObject(reply.body.view) && person !== undefined) {
      showView(desk, person, reply.body.view, 'push')
    }
    return reply
  }

const update: Method = async (desk, given) => {
  const checked = checkedView(given)
  if ('refusal' in checked) return checked.refusal
  const reply = await forward(desk, 'views.update', checked.body)
  if (reply.body.ok !== true || !isObject(reply.body.view)) return reply
  const person = viewerOf(desk, string(reply.body.view.id))
  if (person !== null) showView(desk, person, reply.body.view, 'replace')
  return reply
}

const publish: Method = async (desk, given) => {
  const checked = checkedView(given)
  if ('refusal' in checked) return checked.refusal
  const reply = await forward(desk, 'views.publish', checked.body)
  if (reply.body.ok === true && isObject(reply.body.view)) {
    desk.state.homes.set(string(given.user_id), reply.body.view)
    desk.state.changed({ type: 'home', person: string(given.user_id) })
  }
  return reply
}

/** `triggers`: trigger id → the person whose action it came from. */
export const views = (triggers: ReadonlyMap<string, string>): Readonly<Record<string, Method>> => ({
  'views.open': opens('views.open', triggers),
  'views.push': opens('views.push', triggers),
  'views.update': update,
  'views.publish': publish,
})
