import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { practice } from '../practice/harness.ts'
import { freshFolder } from '../test/practice/fresh-folder.ts'
import { median, row } from './figures.ts'
import { footprint, sum, type Use } from './practice/footprint.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WORLDS = 5
const SETTLE_MS = 15_000
const IDLE_MS = 30_000

/** How soon a test has a world, how soon a person has practice, and what practice costs while nobody does anything. */
export async function benchPractice(): Promise<void> {
  await worlds()
  const fresh = await freshFolder()
  try {
    await whileItRuns(fresh.path, 'right after npm ci, to usable page', async () => {})
  } finally {
    await fresh.remove()
  }
  await whileItRuns(ROOT, 'started before, to usable page', async (pid) => {
    await sleep(SETTLE_MS)
    tell(await footprint(pid, IDLE_MS, kindOf(pid)))
  })
}

async function worlds(): Promise<void> {
  const started = performance.now()
  const keeper = await practice.start()
  const first = performance.now() - started
  const times: number[] = []
  for (let turn = 0; turn < WORLDS; turn += 1) {
    const began = performance.now()
    const world = await practice.start()
    times.push(performance.now() - began)
    await world.stop()
  }
  await keeper.stop()
  row('a test world', 'practice.start(), the first', seconds(first), 'with a PostgreSQL for all that follow')
  row('a test world', `practice.start(), ${WORLDS} more`, seconds(median(times)), 'goal under 2 s')
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`

/** Starts practice as `npm run practice` does, says how long that took, and ends it after `then`. */
async function whileItRuns(folder: string, on: string, then: (pid: number) => Promise<void>): Promise<void> {
  const started = performance.now()
  const program = spawn(process.execPath, ['practice/main.ts', '--port', '0', '--seed', '4'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await printed(program, /^Practice: /m)
    row('npm run practice', on, seconds(performance.now() - started), 'goal under 15 s')
    await then(program.pid ?? 0)
  } finally {
    program.kill('SIGTERM')
    if (program.exitCode === null) await once(program, 'exit')
  }
}

function printed(program: ChildProcess, wanted: RegExp): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    program.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (wanted.test(text)) resolve()
    })
    program.once('close', () => reject(new Error(`practice ended before it could be used:\n${text}`)))
  })
}

const kindOf = (root: number) => (pid: number, command: string) => {
  if (pid === root) return 'Slack, cluster, systems'
  if (command.startsWith('/bin/sh')) return 'guards of the others'
  if (command.includes('src/main.ts')) return 'the bot'
  return /^postgres|\/bin\/postgres/.test(command) ? 'PostgreSQL' : 'guards of the others'
}

function tell(uses: readonly Use[]): void {
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`
  const share = (ms: number) => `${((100 * ms) / IDLE_MS).toFixed(1)} %`
  const on = (processes: number) => `${processes} processes, idle ${IDLE_MS / 1000} s`
  for (const { kind, processes, memory, cpuMs } of uses)
    row(`  ${kind}`, on(processes), megabytes(memory), `${share(cpuMs)} of a core`)
  const all = on(sum(uses.map(({ processes }) => processes)))
  row('practice in all, PSS', all, megabytes(sum(uses.map(({ memory }) => memory))), 'goal under 700 MB')
  row('practice in all', all, share(sum(uses.map(({ cpuMs }) => cpuMs))), 'of a core; goal under 10 %')
}
