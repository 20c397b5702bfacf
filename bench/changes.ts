import pg from 'pg'
import type { Bot } from '../practice/bot.ts'
import { DATABASES, SERVICES } from '../practice/cluster/platform-names.ts'
import { findControlPlane } from '../test/support/controlplane.ts'
import { kubectlDiffs, patchLatencies } from './changes/by-hand.ts'
import {
  type ChangesWorld,
  confirm,
  noted,
  type Previewed,
  patches,
  preview,
  succeeded,
} from './changes/operations.ts'
import { printWays } from './changes/ways.ts'
import { median, percentile, row } from './figures.ts'
import { startDesk } from './world/desk.ts'
import { startBenchPlatform } from './world/systems.ts'

const ROUNDS = 2
/** Whoever clicks has read the preview. Meanwhile the messages about the change before it have been delivered. */
const READING_MS = 300
const WAITING = 200
const WAITING_AT_ONCE = 6
const PATCHES = 100
const DIFFS = 8
const GOAL = { patches: 3, andMs: 20 }
/** Nobody measures on it: the API server's own latency is that of its patches. */
const OWN = 'procurement-service'
const TARGETS = SERVICES.filter((name) => name !== OWN)

/**
 * From the signed click that confirms a change to its patch at a real API server, idle and with 200 operations that wait for
 * approval; how many changes a second three replicas bring to their proved end; and a preview beside `kubectl diff`.
 */
export async function benchChanges(): Promise<void> {
  if (findControlPlane() === null) {
    console.log('Not here, so nothing is measured: a Kubernetes control plane (BAKERY_CONTROLPLANE).')
    return
  }
  const platform = await startBenchPlatform()
  const desk = await startDesk(platform.env)
  const database = new pg.Pool({ connectionString: desk.database.adminUrl, max: 2 })
  try {
    if (platform.plane !== null) await measure({ desk, plane: platform.plane, database })
  } finally {
    await database.end()
    await desk.stop()
    await platform.stop()
  }
}

async function measure(world: ChangesWorld): Promise<void> {
  await onceEach(world, 4)
  const own = await patchLatencies(world.plane, OWN, PATCHES)
  row('PATCH as Bakery’s', `the API server alone, ${PATCHES} times`, both(own), '')
  const idle = await onceEach(world)
  const goalMs = GOAL.patches * median(own) + GOAL.andMs
  const goal = `goal p50 at most ${goalMs.toFixed(0)} ms (${GOAL.patches} patches and ${GOAL.andMs} ms)`
  row('click to patch', `idle, ${idle.clicks.length} clicks`, both(idle.clicks), goal)
  row('', 'ratio to a patch', `${(median(idle.clicks) / median(own)).toFixed(1)} times`, '')
  await printWays(world, idle.ids)
  const diffs = await kubectlDiffs(world.plane, OWN, DIFFS)
  row('command to preview', `${idle.previews.length} times`, both(idle.previews), '')
  row('', `kubectl diff, ${DIFFS} times`, both(diffs), '')
  row('', 'how much faster Bakery is', `${(median(diffs) / median(idle.previews)).toFixed(1)} times`, '')
  await waiting(world)
  const busy = await onceEach(world)
  row('click to patch', `${WAITING} operations waiting`, both(busy.clicks), '')
  await throughput(world)
}

const both = (times: readonly number[]) =>
  `p50 ${median(times).toFixed(0)} ms, p99 ${percentile(times, 99).toFixed(0)} ms`

interface Measured {
  readonly ids: readonly string[]
  /** From the click to the patch as the API server received it. */
  readonly clicks: readonly number[]
  readonly previews: readonly number[]
}

/** One after the other: holds the rollout of each service, and continues it, which is true as soon as it is written. */
async function onceEach(world: ChangesWorld, many = TARGETS.length): Promise<Measured> {
  const clicked = new Map<string, number>()
  const previews: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const service of TARGETS.slice(0, many)) {
      const shown = await preview(world, lineFor(round, service))
      previews.push(shown.ms)
      await new Promise((resolve) => setTimeout(resolve, READING_MS))
      clicked.set(shown.id, await confirm(world, shown))
      await succeeded(world, [shown.id])
    }
  }
  const ids = [...clicked.keys()]
  const received = await patches(world, ids)
  const clicks = ids.map((id) => (received.get(id)?.at ?? Number.NaN) - (clicked.get(id) ?? Number.NaN))
  if (clicks.some(Number.isNaN)) throw new Error('the API server’s log lacks the patch of an operation')
  return { ids, clicks, previews }
}

const lineFor = (round: number, service: string) =>
  `rollout ${round % 2 === 0 ? 'pause' : 'resume'} ${service}`

/** Each waits for another person's approval; nobody gives it. */
async function waiting({ desk, database }: ChangesWorld): Promise<void> {
  const lines = Array.from(
    { length: WAITING },
    (_, n) => `restart ${DATABASES[n % DATABASES.length]}`,
  ).values()
  await Promise.all(
    Array.from({ length: WAITING_AT_ONCE }, async (_, place) => {
      for (const line of lines) await desk.ask(line, desk.channels[place] ?? '')
    }),
  )
  for (let tries = 0; tries < 600; tries += 1) {
    const { rows } = await database.query(`SELECT FROM operation WHERE state = 'awaiting'`)
    if (rows.length >= WAITING) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the operations were not all proposed')
}

/** All services at once, asked for and confirmed at three replicas in turn. */
async function throughput(world: ChangesWorld): Promise<void> {
  const bots: Bot[] = [world.desk.bot, await world.desk.replica(), await world.desk.replica()]
  const rates: number[] = []
  for (let round = 0; round < ROUNDS * 2; round += 1) {
    await noted(world)
    const shown: Previewed[] = []
    for (const service of TARGETS) shown.push(await preview(world, lineFor(round, service)))
    const started = performance.now()
    await Promise.all(shown.map((one, place) => confirm(world, one, bots[place % bots.length])))
    await succeeded(
      world,
      shown.map(({ id }) => id),
    )
    rates.push((TARGETS.length * 1000) / (performance.now() - started))
  }
  row(
    'changes to their proved end',
    `three replicas, ${TARGETS.length} at once`,
    `${median(rates).toFixed(1)}/s`,
    '',
  )
}
