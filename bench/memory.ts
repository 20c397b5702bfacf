import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { median, row, slope } from './figures.ts'
import { type Desk, startDesk } from './world/desk.ts'
import { startBenchPlatform } from './world/systems.ts'

const RATE = 20
const IDLE_MS = 15_000
const SAMPLE_MS = 2_000
/** Of the load, what is left out: the process comes to its working size first. */
const SETTLING = 1 / 3
/** What people ask, more and less often; some of it is wrong. */
const LINES = [
  ...[
    'health',
    'health',
    'health databases',
    'health --json',
    'pods',
    'pods --problems',
    'deployments',
    'nodes',
  ],
  ...[
    'top',
    'top --nodes',
    'events',
    'services',
    'alerts',
    'logs orders',
    'logs orders --since 1h --grep pool',
  ],
  ...[
    'help',
    'help logs',
    'whoami',
    'policy',
    'jobs list',
    'channel show',
    'heatlh',
    'logs nobody',
    'pods --all',
  ],
]

/** The bot's resident memory when nothing happens, and its course under minutes of mixed commands. */
export async function benchMemory({ minutes }: { readonly minutes: number }): Promise<void> {
  const platform = await startBenchPlatform()
  const desk = await startDesk(platform.env)
  try {
    await sleep(IDLE_MS)
    row(
      'resident memory',
      `idle for ${IDLE_MS / 1000} s`,
      inMegabytes(await resident(desk)),
      'goal under 200 MB',
    )
    await underLoad(desk, minutes)
  } finally {
    await desk.stop()
    await platform.stop()
  }
}

interface Sample {
  readonly minutes: number
  readonly megabytes: number
}

async function underLoad(desk: Desk, minutes: number): Promise<void> {
  const over = new AbortController()
  const load = keepAsking(desk, over.signal)
  const samples: Sample[] = []
  const started = performance.now()
  while (performance.now() - started < minutes * 60_000) {
    await sleep(SAMPLE_MS)
    samples.push({ minutes: (performance.now() - started) / 60_000, megabytes: await resident(desk) })
  }
  over.abort()
  const { asked, failed } = await load
  const settled = samples.filter((sample) => sample.minutes >= minutes * SETTLING)
  const on = `${minutes} min of ${RATE}/s, mixed`
  const sizes = settled.map(({ megabytes }) => megabytes)
  row(
    'resident memory',
    on,
    inMegabytes(median(sizes)),
    `at most ${inMegabytes(Math.max(...sizes))}; ${asked} requests, ${failed} failed`,
  )
  const grows = slope(settled.map((sample) => [sample.minutes, sample.megabytes]))
  row('', 'slope over the last two thirds', `${grows.toFixed(1)} MB/min`, 'goal 0: flat')
  row('', 'medians of its fifths', fifths(samples, minutes), '')
  await sleep(IDLE_MS)
  row('resident memory', `idle again for ${IDLE_MS / 1000} s`, inMegabytes(await resident(desk)), '')
}

/** One after the other: code that is still being compiled grows less and less, what is leaked grows as much each time. */
function fifths(samples: readonly Sample[], minutes: number): string {
  return [0, 1, 2, 3, 4]
    .map((fifth) => {
      const within = samples.filter((sample) => Math.floor((sample.minutes / minutes) * 5) === fifth)
      return median(within.map(({ megabytes }) => megabytes)).toFixed(0)
    })
    .join(' · ')
}

/** Asks at a fixed rate, whatever the bot does, in one channel after the other. */
async function keepAsking(desk: Desk, signal: AbortSignal): Promise<{ asked: number; failed: number }> {
  const underWay = new Set<Promise<unknown>>()
  const started = performance.now()
  let [asked, failed] = [0, 0]
  while (!signal.aborted) {
    const work: Promise<unknown> = desk
      .ask(LINES[asked % LINES.length] ?? 'health', desk.channels[asked % desk.channels.length] ?? '')
      .catch(() => {
        failed += 1
      })
      .finally(() => underWay.delete(work))
    underWay.add(work)
    asked += 1
    const waitMs = started + (asked * 1000) / RATE - performance.now()
    if (waitMs > 0) await sleep(waitMs)
  }
  await Promise.all(underWay)
  return { asked, failed }
}

/** In MB, as `ps` knows it. */
async function resident({ bot }: Desk): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(bot.pid)])
  return (Number(stdout) * 1024) / 1e6
}

function inMegabytes(megabytes: number): string {
  return `${megabytes.toFixed(0)} MB`
}
