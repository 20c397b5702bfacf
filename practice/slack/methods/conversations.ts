import { isObject, type Json, objects, string, truthy } from '../json.ts'
import { withoutMetadata } from './chat.ts'
import { type Desk, forward, lacks, type Method, ok, refuse } from './method.ts'

const MOST = 1000
const DEFAULT = 100

/** The emulator knows neither oldest, latest nor (for replies) limit and cursor: everything is read and cut here. */
const page =
  (method: string): Method =>
  async (desk, body) => {
    const messages: Json[] = []
    let cursor = ''
    do {
      const reply = await forward(desk, method, { ...body, limit: MOST, cursor })
      if (reply.body.ok !== true) return reply
      messages.push(...objects(reply.body.messages))
      cursor = isObject(reply.body.response_metadata) ? string(reply.body.response_metadata.next_cursor) : ''
    } while (cursor !== '')
    return ok(cut(messages, body, method === 'conversations.replies'))
  }

function cut(all: readonly Json[], body: Json, thread: boolean): Json {
  const { oldest, latest } = { oldest: string(body.oldest), latest: string(body.latest) }
  const inclusive = truthy(body.inclusive)
  const within = all.filter((message) => {
    const ts = string(message.ts)
    if (thread && ts === string(body.ts)) return true
    if (oldest !== '' && (inclusive ? before(ts, oldest) : !before(oldest, ts))) return false
    return !(latest !== '' && (inclusive ? before(latest, ts) : !before(ts, latest)))
  })
  const start = Number(Buffer.from(string(body.cursor), 'base64').toString('utf8')) || 0
  const limit = Math.min(Math.max(1, Number(body.limit) || DEFAULT), MOST)
  const messages = within.slice(start, start + limit)
  const more = within.length > start + limit
  const next = more ? Buffer.from(String(start + limit)).toString('base64') : ''
  return {
    messages: truthy(body.include_all_metadata) ? messages : messages.map(withoutMetadata),
    has_more: more,
    response_metadata: { next_cursor: next },
  }
}

/** Slack's timestamps are decimal numbers written as text: compared by their parts, never as floats. */
function before(a: string, b: string): boolean {
  const [aSeconds = '0', aFraction = '0'] = a.split('.')
  const [bSeconds = '0', bFraction = '0'] = b.split('.')
  if (Number(aSeconds) !== Number(bSeconds)) return Number(aSeconds) < Number(bSeconds)
  return aFraction.padEnd(6, '0') < bFraction.padEnd(6, '0')
}

const info: Method = async (desk, body) => {
  const reply = await forward(desk, 'conversations.info', body)
  if (reply.body.ok !== true || !isObject(reply.body.channel)) return reply
  return ok({ channel: described(desk, reply.body.channel) })
}

function described(desk: Desk, channel: Json): Json {
  const known = desk.state.channels.get(string(channel.id))
  if (known === undefined) return channel
  return {
    ...channel,
    name: known.name,
    name_normalized: known.name,
    is_archived: known.archived,
    is_member: known.members.includes(desk.state.bot.id),
    is_shared: known.shared,
    is_ext_shared: known.shared,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: desk.state.team.id,
    num_members: known.members.length,
  }
}

const members: Method = async (desk, body) => {
  const missing = lacks(desk, 'channels:read')
  const known = desk.state.channels.get(string(body.channel))
  if (known === undefined) return forward(desk, 'conversations.members', body)
  return missing ?? ok({ members: [...known.members], response_metadata: { next_cursor: '' } })
}

const open: Method = async (desk, body) => {
  const wanted = string(body.users).split(',')
  const deactivated = wanted.some((id) => desk.state.people.get(id)?.kind === 'deactivated')
  return deactivated ? refuse('user_disabled') : forward(desk, 'conversations.open', body)
}

export const conversations: Readonly<Record<string, Method>> = {
  'conversations.history': page('conversations.history'),
  'conversations.replies': page('conversations.replies'),
  'conversations.info': info,
  'conversations.members': members,
  'conversations.open': open,
}
