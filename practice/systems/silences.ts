import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { patternOf } from './matchers.ts'
import type { WebReply, WebRequest } from './web.ts'

const posted = z.object({
  id: z.string().optional(),
  matchers: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isRegex: z.boolean(),
      isEqual: z.boolean().default(true),
    }),
  ),
  startsAt: z.coerce.date(),
  endsAt: z.coerce.date(),
  createdBy: z.string(),
  comment: z.string(),
})

export interface Silence extends Omit<z.infer<typeof posted>, 'id'> {
  readonly id: string
  readonly updatedAt: Date
}

export interface Silences {
  /** The silences that hold an alert with these labels back now. */
  active(labels: Readonly<Record<string, string>>): readonly Silence[]
  /** Answers a request for silences; null when it is for something else. */
  answer(request: WebRequest): WebReply | null
}

/** Alertmanager's silences, kept in memory. */
export function createSilences(now: () => Date): Silences {
  const silences = new Map<string, Silence>()
  const stateOf = ({ startsAt, endsAt }: Silence) => {
    if (endsAt <= now()) return 'expired'
    return startsAt > now() ? 'pending' : 'active'
  }
  const show = (silence: Silence) => ({ ...silence, status: { state: stateOf(silence) } })

  const add = (body: string): WebReply => {
    const parsed = posted.safeParse(parse(body))
    if (!parsed.success) return { status: 422, body: { code: 602, message: 'the silence is not complete' } }
    const { matchers, startsAt, endsAt } = parsed.data
    if (matchers.length === 0) {
      return { status: 422, body: { code: 612, message: 'matchers in body should have at least 1 items' } }
    }
    const fault = faultOf(matchers)
    if (fault !== null) return refuse(`Failed to create silence: invalid silence: ${fault}`)
    if (endsAt <= now()) return refuse("Failed to create silence: end time can't be in the past")
    if (endsAt <= startsAt) return refuse('Failed to create silence: start time must be before end time')
    const id = randomUUID()
    const begins = new Date(Math.max(startsAt.getTime(), now().getTime()))
    silences.set(id, { ...parsed.data, id, startsAt: begins, updatedAt: now() })
    return { status: 200, body: { silenceID: id } }
  }

  const one = (method: string, id: string): WebReply => {
    const silence = silences.get(id)
    if (!UUID.test(id)) {
      const message = `silenceID in path must be of type uuid: "${id}"`
      return { status: 422, body: { code: 601, message } }
    }
    if (!silence) return { status: 404 }
    if (method === 'GET') return { status: 200, body: show(silence) }
    if (stateOf(silence) === 'expired') return { status: 200 }
    silences.set(id, { ...silence, endsAt: now(), updatedAt: now() })
    return { status: 200 }
  }

  return {
    active: (labels) =>
      [...silences.values()].filter(
        (silence) =>
          stateOf(silence) === 'active' && silence.matchers.every((matcher) => matches(matcher, labels)),
      ),
    answer({ method, path, body }) {
      if (path === '/api/v2/silences') {
        return method === 'POST' ? add(body) : { status: 200, body: [...silences.values()].map(show) }
      }
      const [, id] = /^\/api\/v2\/silence\/([^/]+)$/.exec(path) ?? []
      return id === undefined ? null : one(method, id)
    },
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What is wrong with matchers: one by one, and that a silence must not hold back everything. */
function faultOf(matchers: Silence['matchers']): string | null {
  for (const [index, { name, value, isRegex }] of matchers.entries()) {
    const where = `invalid label matcher ${index}`
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${where}: invalid label name "${name}"`
    if (isRegex && patternOf(value) === null) return `${where}: invalid regular expression "${value}"`
  }
  // Those that say what is not count as one that tells something apart.
  const holdsAll = matchers.every((matcher) => matcher.isEqual && matches(matcher, {}))
  return holdsAll ? 'at least one matcher must not match the empty string' : null
}

function matches(
  { name, value, isRegex, isEqual }: Silence['matchers'][number],
  labels: Readonly<Record<string, string>>,
): boolean {
  const found = labels[name] ?? ''
  return (isRegex ? new RegExp(`^(?:${value})$`).test(found) : found === value) === isEqual
}

/** Refusals of this API are a JSON text. */
function refuse(message: string): WebReply {
  return { status: 400, type: 'application/json', body: JSON.stringify(message) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
