import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { z } from 'zod'
import type { Bot } from '../../practice/bot.ts'
import type { ControlPlane } from '../../test/support/controlplane.ts'
import { type Desk, slashForm } from '../world/desk.ts'
import { ASKER } from '../world/slack.ts'

/** A change that has been shown to whoever asked, and waits for their click. */
export interface Previewed {
  readonly id: string
  /** The value of the button that confirms it. */
  readonly value: string
  readonly channel: string
  /** From the signed request to the preview at Slack. */
  readonly ms: number
}

/** What a measurement of changes works with. */
export interface ChangesWorld {
  readonly desk: Desk
  readonly plane: ControlPlane
  readonly database: pg.Pool
}

const WITHIN_MS = 20_000
let asked = 0

/** Asks for a change and waits for its preview. Throws when there is none that can be confirmed. */
export async function preview(
  { desk }: Pick<ChangesWorld, 'desk'>,
  line: string,
  bot?: Bot,
): Promise<Previewed> {
  asked += 1
  const channel = desk.channels[asked % desk.channels.length] ?? ''
  const url = `${desk.slack.responseUrl}${asked}`
  const posted = desk.slack.nextIn(url)
  const started = performance.now()
  await desk.send(slashForm(line, channel, url), bot)
  const post = await Promise.race([posted, sleep(WITHIN_MS, null, { ref: false })])
  const value = /"action_id":"confirm"[^}]*?"value":"([^"]+)"/.exec(post?.blocks ?? '')?.[1]
  if (post === null || value === undefined)
    throw new Error(`“${line}” got no preview: ${JSON.stringify(post)}`)
  const [id = ''] = value.split('.')
  return { id, value, channel, ms: post.at - started }
}

/** Clicks on *Do it*; gives the moment of the click, in milliseconds since 1970. */
export async function confirm(
  { desk }: Pick<ChangesWorld, 'desk'>,
  shown: Previewed,
  bot?: Bot,
): Promise<number> {
  const { channel, value, id } = shown
  const payload = {
    type: 'block_actions',
    team: { id: 'T0BAKERY' },
    user: { id: ASKER, team_id: 'T0BAKERY' },
    api_app_id: 'A0BAKERY',
    container: { type: 'message', message_ts: '1795456438.000001', channel_id: channel, is_ephemeral: true },
    channel: { id: channel, name: channel.toLowerCase() },
    response_url: `${desk.slack.responseUrl}${id}`,
    trigger_id: `${id}.1`,
    actions: [
      { type: 'button', action_id: 'confirm', block_id: 'b', value, action_ts: String(Date.now() / 1000) },
    ],
  }
  const clicked = performance.timeOrigin + performance.now()
  await desk.send({ payload: JSON.stringify(payload) }, bot)
  return clicked
}

/** Waits until so many of them have succeeded. Throws when one has ended otherwise, or when it takes too long. */
export async function succeeded({ database }: ChangesWorld, ids: readonly string[]): Promise<void> {
  const deadline = performance.now() + WITHIN_MS * 3
  while (performance.now() < deadline) {
    const { rows } = await database.query<{ state: string; outcome: string | null }>(
      'SELECT state, outcome FROM operation WHERE id = ANY ($1)',
      [ids],
    )
    if (rows.every(({ state }) => state === 'succeeded')) return
    const other = rows.find(({ state }) =>
      ['failed', 'stale', 'revoked', 'needs-human', 'expired'].includes(state),
    )
    if (other) throw new Error(`an operation ended as ${other.state}: ${other.outcome}`)
    await sleep(15)
  }
  throw new Error('the operations did not come to their end')
}

const deploymentsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ generation: z.number() }),
      status: z.object({ observedGeneration: z.number().optional() }).optional(),
    }),
  ),
})

/** Waits until the cluster has taken note of what was written: a rollout that is under way is part of the next plan. */
export async function noted({ plane }: Pick<ChangesWorld, 'plane'>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (performance.now() < deadline) {
    const { items } = deploymentsSchema.parse(
      JSON.parse(await plane.kubectl('-n', 'bakery-ia', 'get', 'deployments', '-o', 'json')),
    )
    if (items.every(({ metadata, status }) => (status?.observedGeneration ?? 0) >= metadata.generation))
      return
    await sleep(200)
  }
  throw new Error('the cluster did not take note of what was written')
}

const eventSchema = z.object({
  verb: z.string(),
  requestReceivedTimestamp: z.string(),
  stageTimestamp: z.string(),
  requestURI: z.string(),
  requestObject: z.unknown(),
})

/** When the API server received the patch of each operation, and how long it took over it: from its own audit log. */
export async function patches(
  { plane }: ChangesWorld,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly at: number; readonly tookMs: number }>> {
  const lines = (await readFile(join(plane.folder, 'audit.log'), 'utf8')).split('\n')
  const found = new Map<string, { at: number; tookMs: number }>()
  for (const line of lines) {
    const id = ids.find((one) => line.includes(one))
    if (id === undefined || found.has(id)) continue
    const event = eventSchema.parse(JSON.parse(line))
    if (event.verb !== 'patch' || event.requestURI.includes('dryRun')) continue
    const at = moment(event.requestReceivedTimestamp)
    found.set(id, { at, tookMs: moment(event.stageTimestamp) - at })
  }
  return found
}

/** The API server writes microseconds, which `Date` does not keep. */
function moment(text: string): number {
  const micros = /\.(\d{6})Z$/.exec(text)?.[1] ?? '000000'
  return Math.floor(Date.parse(text) / 1000) * 1000 + Number(micros) / 1000
}
