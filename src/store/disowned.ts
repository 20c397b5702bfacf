import { coerceError } from '../core/errors.ts'
import { storableJson } from './canonical.ts'
import type { Connection } from './connection.ts'
import type { StoreLog } from './pool.ts'

interface DisownedRequest {
  readonly id: string
  readonly keys: readonly string[]
  /** Slack was asked to send it again: that must not be taken for a replay. */
  readonly comesAgain: boolean
}

/** Requests whose sender was told NOT_RECORDED: made sure of in the database that they never run, as soon as it answers. */
export interface Disowned {
  add(request: DisownedRequest): void
  wake(): void
  /** Gives what is left one last try. */
  stop(): Promise<void>
}

const AGAIN_MS = 500
/** By then Slack's timestamp is too old for the same bytes to be accepted again, and a commit cannot be on its way. */
const FORGET_MS = 10 * 60_000
const MOST = 10_000

/**
 * A commit can arrive after its deadline has passed. As long as this process lives, such a request belongs to it, so
 * nobody else runs it either; `disown` (migrations/0004_requests.sql) ends it, or takes its replay keys so that it can
 * never be recorded. An event's stay free, because Slack sends it again. What this cannot cover: a process that dies
 * within its lease after such a late commit and before its database has answered again.
 */
export function createDisowned(options: {
  connection: Pick<Connection, 'isUp' | 'query'>
  owner: string
  log: StoreLog
}): Disowned {
  const { connection, owner, log } = options
  const waiting = new Map<string, DisownedRequest & { readonly since: number }>()
  let busy: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined

  async function settle(): Promise<void> {
    if (!connection.isUp()) return
    const oldest = [...waiting.values()].slice(0, 500)
    const batch = oldest.map(({ id, keys, comesAgain }) => ({ id, keys: comesAgain ? [] : keys }))
    try {
      const { rows } = await connection.query<{ id: string }>({
        text: 'SELECT disown($1, $2) AS id',
        values: [storableJson(batch), owner],
      })
      const ended = new Set(rows.map(({ id }) => id))
      await free(oldest.filter(({ id, comesAgain }) => comesAgain && ended.has(id)))
      for (const id of ended) waiting.delete(id)
    } catch (thrown) {
      log.warn({ err: coerceError(thrown) }, 'requests that were not recorded in time could not be ended yet')
    }
    const now = performance.now()
    for (const [id, { since }] of waiting) if (now - since > FORGET_MS) waiting.delete(id)
  }

  /** Gives back the keys of commits that came late. */
  async function free(requests: readonly DisownedRequest[]): Promise<void> {
    if (requests.length === 0) return
    await connection.query({
      text: 'DELETE FROM replay WHERE request = ANY($1)',
      values: [requests.map(({ id }) => id)],
    })
  }

  function wake(): void {
    if (busy || waiting.size === 0) return
    clearTimeout(timer)
    busy = settle().finally(() => {
      busy = null
      if (waiting.size > 0) timer = setTimeout(wake, AGAIN_MS).unref()
    })
  }

  return {
    add(request) {
      if (waiting.size < MOST) waiting.set(request.id, { ...request, since: performance.now() })
      wake()
    },
    wake,
    async stop() {
      await busy
      wake()
      await busy
      clearTimeout(timer)
    },
  }
}
