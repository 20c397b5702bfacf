import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program that lives no longer than this process, however this process ends. */
export interface Child {
  readonly pid: number
  /** The last lines of what it wrote, standard output and error as they came. */
  lines(): readonly string[]
  /** Resolves to the exit code when it has ended by itself or by a signal. */
  readonly ended: Promise<number | null>
  /** Asks it to end (SIGTERM), waits, and ends it by force past the deadline. */
  stop(withinMs?: number): Promise<void>
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
}

export interface ChildOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly onLine?: ((line: string) => void) | undefined
}

/**
 * Its standard input is a pipe from this process: when that ends (SIGKILL included) the program is told to end. It runs in
 * a group of its own, so that Ctrl-C reaches it in our order and not in the terminal's.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 4>&- &
child=$!
echo "pid $child" >&4
exec 4>&- 2>/dev/null
(read -r _ <&3; kill -TERM "$child") >/dev/null &
watch=$!
wait "$child"
code=$?
kill "$watch"
exit $code
`
const LINES_KEPT = 400

export async function startChild(command: readonly string[], options: ChildOptions): Promise<Child> {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', ...command], {
    cwd: options.cwd,
    env: { ...options.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'ignore', 'pipe'],
  })
  const kept: string[] = []
  const keep = (line: string) => {
    kept.push(line)
    if (kept.length > LINES_KEPT) kept.shift()
    options.onLine?.(line)
  }
  for (const stream of [guard.stdout, guard.stderr]) eachLine(stream, keep)
  guard.stdin?.on('error', () => {})
  const ended = once(guard, 'close').then(([code]) => (typeof code === 'number' ? code : null))
  const pid = await childPid(guard)
  return {
    pid,
    lines: () => kept,
    ended,
    async stop(withinMs = 8000) {
      guard.stdin?.end()
      const late = setTimeout(() => signal(pid, 'SIGKILL'), withinMs)
      await ended
      clearTimeout(late)
    },
    async kill() {
      signal(pid, 'SIGKILL')
      await ended
    },
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // it has ended already
  }
}

/** The guard says which process the program is, so that a test can crash the program and not its guard. */
async function childPid(guard: ChildProcess): Promise<number> {
  const announced = guard.stdio[4]
  if (announced === null || announced === undefined || !('setEncoding' in announced))
    throw new Error('no pipe')
  let text = ''
  for await (const chunk of announced.setEncoding('utf8')) text += String(chunk)
  return Number(/pid (\d+)/.exec(text)?.[1] ?? guard.pid)
}

function eachLine(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

/** Removes a folder when this process is gone without having done it. Returns how to call it off. */
export function removeAfterUs(folder: string): () => void {
  const keeper = spawn('/bin/sh', ['-c', 'read -r _; sleep 2; rm -rf "$1"', 'keeper', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  keeper.on('error', () => {})
  keeper.stdin?.on('error', () => {})
  return () => keeper.kill('SIGKILL')
}
