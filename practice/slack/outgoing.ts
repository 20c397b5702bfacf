import { ACK_TIMEOUT_MS, type Delivery, deliverToBot } from './deliver.ts'
import { escapeTyped } from './escape.ts'
import { isObject, type Json, parsed, string } from './json.ts'
import { showEphemeral } from './methods/chat.ts'
import type { Desk } from './methods/method.ts'
import * as payloads from './payloads.ts'
import { deliver, type Origin, type ResponseUrls } from './response-urls.ts'
import type { Person } from './workspace.ts'

/** How the workspace reaches the bot. */
export interface Door {
  readonly desk: () => Desk
  readonly secret: string
  readonly commands: readonly string[]
  readonly responses: ResponseUrls
  /** Trigger id → the person whose action it came from, and when (ms since 1970). */
  readonly triggers: Map<string, { readonly person: string; readonly at: number }>
  botUrl: string | null
}

export function personOf(desk: Desk, id: string): Person {
  const person = desk.state.people.get(id)
  if (person === undefined) throw new Error(`nobody in the practice workspace has the id ${id}`)
  if (person.kind === 'deactivated')
    throw new Error(`${person.realName} is deactivated and cannot do anything`)
  return person
}

/** Where somebody acts; throws when Slack would not have let them. */
export function placeOf(desk: Desk, id: string, channel: string): payloads.Place {
  const person = personOf(desk, id)
  const known = desk.state.channels.get(channel)
  if (known !== undefined && !known.members.includes(id)) {
    throw new Error(`${person.realName} is not a member of #${known.name}`)
  }
  const two = desk.state.directs.get(channel)
  if (two !== undefined && !two.includes(id)) throw new Error(`${person.realName} is not in ${channel}`)
  return { person, channel, channelName: known?.name ?? 'directmessage' }
}

/** A trigger for views.open, known to the emulator: three seconds, once. */
export async function trigger(door: Door, person: string, viewId?: string): Promise<string> {
  const view = viewId === undefined ? {} : { view_id: viewId }
  const answer = await door
    .desk()
    .emulated.call('bot', 'views.generateTriggerId', { user_id: person, ...view })
  const id = string(answer.trigger_id)
  door.triggers.set(id, { person, at: door.desk().now() })
  return id
}

export async function send(
  door: Door,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Delivery> {
  if (door.botUrl === null) return { ok: false, status: null, body: '', ackMs: 0, error: 'dispatch_failed' }
  return deliverToBot({ url: door.botUrl, secret: door.secret, timeoutMs: ACK_TIMEOUT_MS }, body, headers)
}

/** Types a slash command, `/bakery health`, and shows what the acknowledgement says. */
export async function command(
  door: Door,
  personId: string,
  channel: string,
  line: string,
): Promise<Delivery> {
  const desk = door.desk()
  const place = placeOf(desk, personId, channel)
  const [name = '', ...rest] = line.trim().split(/(?<=^\S+)\s+/)
  const origin: Origin = { channel, person: personId, threadTs: null, message: null }
  if (!door.commands.includes(name)) {
    slackbot(desk, origin, `\`${name}\` is not a valid command. In Slack, type \`/\` to see those there are.`)
    return { ok: false, status: null, body: '', ackMs: 0, error: 'dispatch_failed' }
  }
  const handles = { triggerId: await trigger(door, personId), responseUrl: door.responses.create(origin) }
  const text = escapeTyped(desk.state, rest.join(' ').trim())
  const delivery = await send(door, payloads.slashCommand(desk.state, place, name, text, handles))
  if (delivery.error !== null) slackbot(desk, origin, `\`${name}\` failed with the error “${delivery.error}”`)
  else await showAcknowledgement(desk, origin, delivery.body)
  return delivery
}

/** The body of an acknowledgement is a message when there is one: plain text, or JSON as for a response_url. */
async function showAcknowledgement(desk: Desk, origin: Origin, body: string): Promise<void> {
  if (body.trim() === '') return
  const message = parsed(body)
  const content: Json = isObject(message) ? message : { text: body }
  if (string(content.text) === '' && content.blocks === undefined) return
  const reply = await deliver(desk, origin, content)
  if (reply.body.ok !== true) slackbot(desk, origin, `the answer was not valid: ${string(reply.body.error)}`)
}

export function slackbot(desk: Desk, origin: Origin, text: string): void {
  const thread = origin.threadTs === null ? {} : { thread_ts: origin.threadTs }
  showEphemeral(desk, { channel: origin.channel, user: origin.person, text, ...thread }, 'slackbot')
}
