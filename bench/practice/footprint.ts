import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The kernel counts a process's time in hundredths of a second. */
const TICK_MS = 10

/** What the processes of one kind take. */
export interface Use {
  readonly kind: string
  readonly processes: number
  /** Bytes by PSS: memory that several processes share is counted once, in shares. */
  readonly memory: number
  /** Time on a core, of the processes that have ended meanwhile as well. */
  readonly cpuMs: number
}

/** What a program and everything below it take for so long. `kindOf` names a process by its command line. */
export async function footprint(
  root: number,
  forMs: number,
  kindOf: (pid: number, command: string) => string,
): Promise<readonly Use[]> {
  const before = processes(root, kindOf)
  await sleep(forMs)
  const after = processes(root, kindOf)
  return [...Map.groupBy(after, ({ kind }) => kind)].map(([kind, own]) => {
    const earlier = before.filter((one) => one.kind === kind)
    const cpuMs = sum(own.map((one) => one.cpuMs)) - sum(earlier.map((one) => one.cpuMs))
    return { kind, processes: own.length, memory: sum(own.map(({ memory }) => memory)), cpuMs }
  })
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

interface Process {
  readonly kind: string
  readonly memory: number
  readonly cpuMs: number
}

function processes(root: number, kindOf: (pid: number, command: string) => string): readonly Process[] {
  return tree(root).map((pid) => {
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
    return { kind: kindOf(pid, command), memory: memoryOf(pid), cpuMs: cpuOf(pid) }
  })
}

/** A process and everything below it. */
function tree(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = rows.map((one) => one.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] =>
    pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []))
  return [pid, ...below(pid)]
}

function memoryOf(pid: number): number {
  const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? []
  return Number(kilobytes ?? 0) * 1024
}

/** Its own time in user and kernel mode, and that of its children that have ended. */
function cpuOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return sum([11, 12, 13, 14].map((index) => Number(fields[index] ?? 0))) * TICK_MS
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended
  }
}
