import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { Answer } from '../core/answer.ts'
import type { Destination, OutgoingMessage } from '../core/ports/records.ts'
import { PRIORITIES } from '../core/ports/records.ts'
import { paginate, seal } from '../core/seal.ts'

/** A message as `outbox_put` (migrations/0003_outbox.sql) takes it. */
export interface MessageRow {
  readonly id: string
  readonly key: string
  readonly kind: string
  readonly version: number
  readonly priority: number
  readonly bucket: string
  readonly destination: Destination
  /** The message that its thread hangs on. */
  readonly root: string | null
  /** The message that has to be settled before it. */
  readonly after: string | null
  readonly updateOf: string | null
  readonly text: string
  readonly blocks: readonly unknown[]
  readonly files: readonly unknown[]
  /** As it was before its buttons were sealed, when only one person sees it: it may be shared. */
  readonly answer: Answer | null
  readonly offers: readonly unknown[]
}

/** The outbox id of a message, from its key: the same message has the same id in every process. */
export function outboxIdOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  // The form of a UUID of version 8 (RFC 9562, "custom").
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * Messages as rows of the outbox, sealed. An answer with a thread becomes several rows, each waiting for the one before it.
 * `ref` is the request's.
 */
export async function messageRows(
  db: Pick<Pool | PoolClient, 'query'>,
  messages: readonly OutgoingMessage[],
  ref: string,
): Promise<readonly MessageRow[]> {
  const rows: MessageRow[] = []
  for (const message of messages) {
    const { destination } = message
    const place = destination.to === 'update' ? await placeOf(db, destination.of) : NEW
    rows.push(...rowsOf({ message, ...place, ref }))
  }
  return rows
}

/** A message of a thread that an update finds, and its next version. */
interface Standing {
  readonly id: string
  readonly version: number
}

/** Where a message goes: what it finds there already. */
interface Place {
  readonly version: number
  /** What the thread of an updated message holds already: it is updated as well. */
  readonly standing: readonly Standing[]
}
const NEW: Place = { version: 1, standing: [] }

interface Rows extends Place {
  readonly message: OutgoingMessage
  readonly ref: string
}

function rowsOf({ message, version, standing, ref }: Rows): readonly MessageRow[] {
  const { key, destination, priority } = message
  const { thread = [], ...first } = paginate(message.answer)
  const root = outboxIdOf(key)
  const updateOf = destination.to === 'update' ? destination.of : null
  const shareable = destination.to === 'requester' || destination.to === 'person'
  const sealed = (answer: Answer, outboxId: string, which: number) => {
    const { text, blocks, files, offers } = seal({ answer, outboxId, version: which, ref })
    return { text, blocks, files, offers, kind: answer.kind, destination, bucket: bucketOf(destination) }
  }
  const head: MessageRow = {
    ...sealed(first, updateOf ?? root, version),
    ...{ id: root, key, version, priority, updateOf, root: null, after: null },
    answer: shareable ? message.answer : null,
  }
  const replies = thread.map((answer, index): MessageRow => {
    const own = threadKey(key, index + 1)
    const after = index === 0 ? root : outboxIdOf(threadKey(key, index))
    const place = standing[index]
    if (place !== undefined) {
      return {
        ...sealed(answer, place.id, place.version),
        ...{ id: outboxIdOf(own), key: own, version: place.version, updateOf: place.id },
        ...{ destination: { to: 'update', of: place.id }, root: null, after: null, answer: null },
        priority: Math.max(priority, PRIORITIES.thread),
      }
    }
    return {
      ...sealed(answer, outboxIdOf(own), 1),
      ...{
        id: outboxIdOf(own),
        key: own,
        version: 1,
        root: updateOf ?? root,
        after,
        updateOf: null,
        answer: null,
      },
      priority: Math.max(priority, PRIORITIES.thread),
    }
  })
  return [head, ...replies]
}

function threadKey(key: string, index: number): string {
  return `${key}/${String(index).padStart(4, '0')}`
}

/** What Slack counts a message against: a channel, a person's direct messages, or what one person sees in a channel. */
function bucketOf(destination: Destination): string {
  switch (destination.to) {
    case 'channel':
      return destination.channel
    case 'person':
      return `@${destination.user}`
    case 'requester':
      return destination.channel === null
        ? `@${destination.user}`
        : `${destination.channel}/${destination.user}`
    case 'update':
      // The bucket of the message that it replaces: `outbox_put` knows it.
      return ''
  }
}

const PLACE = `
  SELECT (SELECT coalesce(max(version), 1) + 1 FROM outbox WHERE id = $1 OR update_of = $1) AS version,
    (SELECT coalesce(json_agg(json_build_object('id', own.id, 'version',
        (SELECT coalesce(max(version), own.version) + 1 FROM outbox WHERE update_of = own.id)) ORDER BY own.key), '[]')
      FROM outbox own WHERE own.root = $1) AS standing`

async function placeOf(db: Pick<Pool | PoolClient, 'query'>, of: string): Promise<Place> {
  const { rows } = await db.query<Place>({ name: 'place of an update', text: PLACE, values: [of] })
  const [place] = rows
  if (place === undefined) throw new Error('a SELECT without FROM gave no row')
  return place
}
