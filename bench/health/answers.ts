import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { median, percentile, row } from '../figures.ts'
import type { Desk } from '../world/desk.ts'

/** One `/bakery health`, in milliseconds from the moment that the signed request was sent. */
export interface Answered {
  readonly acknowledgedMs: number
  /** Slack has all of the message. */
  readonly postedMs: number
  readonly text: string
}

const WITHIN_MS = 10_000

export async function askHealth({ ask, slack }: Desk, channel: string): Promise<Answered> {
  const posted = slack.nextIn(channel)
  const sent = performance.now()
  const acknowledgedMs = await ask('health', channel)
  const late = sleep(WITHIN_MS, null, { ref: false })
  const post = await Promise.race([posted, late])
  if (post === null) throw new Error(`no answer came within ${WITHIN_MS / 1000} s`)
  return { acknowledgedMs, postedMs: post.at - sent, text: post.text }
}

export function printTimes(what: string, on: string, times: readonly number[], against: string): void {
  const figure = `${median(times).toFixed(0)} ms, p95 ${percentile(times, 95).toFixed(0)} ms`
  row(what, on, figure, against)
}

/** What stands in Bakery's own database about each answer; Postgres and this process share one clock. */
const PARTS = `
  SELECT extract(epoch FROM r.finished_at - r.at) * 1000 AS "checkedMs",
         extract(epoch FROM o.claimed_at - r.finished_at) * 1000 AS "claimedMs",
         extract(epoch FROM o.settled_at - o.claimed_at) * 1000 AS "settledMs"
  FROM request r JOIN outbox o ON o.key = 'request:' || r.id || ':answer'
  WHERE r.command = 'health' AND o.settled_at IS NOT NULL ORDER BY r.at DESC LIMIT $1`

/** Where the time of the last answers went. */
export async function printParts({ database }: Desk, answers: readonly Answered[]): Promise<void> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  const { rows } = await client.query<Record<'checkedMs' | 'claimedMs' | 'settledMs', string>>(PARTS, [
    answers.length,
  ])
  await client.end()
  const ms = (values: readonly (string | number)[]) => `${median(values.map(Number)).toFixed(1)} ms`
  row(
    '  of it: until acknowledged',
    'verified, decided, recorded',
    ms(answers.map((one) => one.acknowledgedMs)),
    '',
  )
  row(
    '  asked, judged, written, committed',
    `${rows.length} requests`,
    ms(rows.map((one) => one.checkedMs)),
    '',
  )
  row('  taken from the outbox', '', ms(rows.map((one) => one.claimedMs)), '')
  row('  sent to Slack, and that recorded', '', ms(rows.map((one) => one.settledMs)), '')
}
