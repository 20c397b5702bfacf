import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { practice } from '../practice/harness.ts'
import { median, row } from './figures.ts'

const MAIN = fileURLToPath(new URL('../practice/main.ts', import.meta.url))
const WORLDS = 5
const SETTLE_MS = 15_000
const IDLE_MS = 30_000
/** The kernel counts a process's time in hundredths of a second. */
const TICK_MS = 10

/** How soon a test has a world, how soon a person has practice, and what practice costs while nobody does anything. */
export async function benchPractice(): Promise<void> {
  await worlds()
  const started = performance.now()
  const program = spawn(process.execPath, [MAIN, '--port', '0', '--seed', '4'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await printed(program, /^Practice: /m)
    const seconds = (performance.now() - started) / 1000
    row('npm run practice', 'command to usable page', `${seconds.toFixed(1)} s`, 'goal under 15 s')
    await sleep(SETTLE_MS)
    await footprint(program.pid ?? 0)
  } finally {
    program.kill('SIGTERM')
    await once(program, 'exit')
  }
}

async function worlds(): Promise<void> {
  const keeper = await practice.start()
  const times: number[] = []
  for (let turn = 0; turn < WORLDS; turn += 1) {
    const started = performance.now()
    const world = await practice.start()
    times.push(performance.now() - started)
    await world.stop()
  }
  await keeper.stop()
  const figure = `${(median(times) / 1000).toFixed(2)} s`
  row('a test world', `practice.start(), ${WORLDS} times`, figure, 'goal under 2 s')
}

async function printed(program: ChildProcess, wanted: RegExp): Promise<void> {
  let text = ''
  for await (const chunk of program.stdout?.setEncoding('utf8') ?? []) {
    text += String(chunk)
    if (wanted.test(text)) return
  }
  throw new Error(`practice ended before it could be used:\n${text}`)
}

interface Use {
  readonly name: string
  /** Bytes, with memory that is shared counted in shares. */
  readonly memory: number
  readonly cpuMs: number
}

async function footprint(root: number): Promise<void> {
  const before = new Map(tree(root).map((pid) => [pid, cpuOf(pid)]))
  await sleep(IDLE_MS)
  const uses = [...before].flatMap(([pid, cpu]): Use[] => {
    const memory = memoryOf(pid)
    return memory === null ? [] : [{ name: nameOf(pid, root), memory, cpuMs: cpuOf(pid) - cpu }]
  })
  const megabytes = (found: readonly Use[]) => `${(total(found, 'memory') / 2 ** 20).toFixed(0)} MB`
  const share = (found: readonly Use[]) => `${((100 * total(found, 'cpuMs')) / IDLE_MS).toFixed(1)} %`
  for (const [name, own] of Map.groupBy(uses, ({ name }) => name)) {
    row(
      `  ${name}`,
      `${own.length} processes, idle ${IDLE_MS / 1000} s`,
      megabytes(own),
      `${share(own)} of a core`,
    )
  }
  row('practice in all', `${uses.length} processes`, megabytes(uses), 'goal under 700 MB')
  row('practice in all', `idle for ${IDLE_MS / 1000} s`, share(uses), 'of a core; goal under 10 %')
}

const total = (uses: readonly Use[], key: 'memory' | 'cpuMs') => uses.reduce((sum, use) => sum + use[key], 0)

/** A process and everything below it. */
function tree(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = rows.map((one) => one.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] =>
    pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []))
  return [pid, ...below(pid)]
}

function nameOf(pid: number, root: number): string {
  if (pid === root) return 'practice: Slack, cluster, systems'
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
  if (command.includes('src/main.ts')) return 'the bot'
  return command.startsWith('postgres') || command.includes('/bin/postgres') ? 'PostgreSQL' : 'guards'
}

function memoryOf(pid: number): number | null {
  const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? []
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** Its own time in user and kernel mode. */
function cpuOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended
  }
}
