import type { HttpReader } from '../../core/http.ts'
import { oneLine } from '../../core/http-faults.ts'
import type { HttpRequest } from '../../core/http-send.ts'
import { type QueueShape, queuesShape, refusalShape } from './shapes.ts'

const PLAIN = '/api/queues'
const DETAILED = '/api/queues/detailed'
const PAGE_SIZE = 500
/** A queue's whole record is a thousand times its name: only what is read is asked for. */
const COLUMNS = 'name,vhost,type,state,messages_ready,messages_unacknowledged,consumers'
/** More queues than this are a fault of their own, and asking for them all would harm the server. */
const MOST_PAGES = 40

/** Reads what should be there, and says what the server says when it is not. */
export async function read(http: HttpReader, request: HttpRequest, signal: AbortSignal): Promise<unknown> {
  const { status, body } = await http.json(request, signal)
  if (status === 200) return body
  const said = refusalShape.safeParse(body)
  throw http.refusal(request, status, said.success ? oneLine(said.data.reason) : undefined)
}

/**
 * All queues with as many figures as the server has. Figures are collected every five seconds: a queue that is younger
 * than that has none, and nor has any where the collection is switched off. Their depths can be asked for on the spot;
 * their consumers cannot.
 */
export function createQueueList(http: HttpReader): (signal: AbortSignal) => Promise<readonly QueueShape[]> {
  let path = PLAIN
  let detailedIsThere: boolean | null = null

  return async (signal) => {
    let found = await pages(http, path, {}, signal)
    if (path === PLAIN && detailedIsThere !== false && lacksConsumers(found)) {
      detailedIsThere = await hasDetailed(http, signal)
      if (detailedIsThere) path = DETAILED
      if (detailedIsThere) found = await pages(http, path, {}, signal)
    }
    if (found.every((one) => one.messages_ready !== undefined)) return found
    const totals = await pages(http, PLAIN, { disable_stats: 'true' }, signal)
    const byKey = new Map(totals.map((one) => [keyOf(one), one]))
    return found.map((one) => withTotals(one, byKey.get(keyOf(one))))
  }
}

function withTotals(one: QueueShape, totals: QueueShape | undefined): QueueShape {
  if (!totals || one.messages_ready !== undefined) return one
  const { messages_ready, messages_unacknowledged, state } = totals
  return { ...one, messages_ready, messages_unacknowledged, state: one.state || state }
}

export function keyOf({ vhost, name }: QueueShape): string {
  return JSON.stringify([vhost, name])
}

async function pages(
  http: HttpReader,
  path: string,
  options: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<QueueShape[]> {
  const found: QueueShape[] = []
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query = {
      page: String(page),
      page_size: String(PAGE_SIZE),
      enable_queue_totals: 'true',
      columns: COLUMNS,
      ...options,
    }
    const request: HttpRequest = { operation: 'queues', path, query }
    const answer = http.understand(queuesShape, await read(http, request, signal), request)
    found.push(...answer.items)
    if (page >= answer.pages) break
  }
  return found
}

/** RabbitMQ 4 leaves figures out of its plain list and has another with all of them. */
async function hasDetailed(http: HttpReader, signal: AbortSignal): Promise<boolean> {
  const query = { page: '1', page_size: '1' }
  const { status } = await http.exchange({ operation: 'queues', path: DETAILED, query }, signal)
  return status === 200
}

function lacksConsumers(found: readonly QueueShape[]): boolean {
  return found.length > 0 && found.every(({ consumers }) => consumers === undefined)
}
