import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from './child.ts'

/** The bot as `npm start` runs it: a process of its own, told everything by its environment. */
export interface Bot {
  readonly url: string
  readonly eventsUrl: string
  readonly pid: number
  /** What it logged, newest last. */
  lines(): readonly string[]
  /** Resolves to its exit code when it ended without being asked. */
  readonly ended: Promise<number | null>
  /** Resolves when it says that it can do its work; throws with its reasons or its last words when it does not. */
  ready(withinMs?: number): Promise<void>
  /** SIGTERM, and force past the deadline. */
  stop(): Promise<void>
  /** SIGKILL, as when a node goes away. */
  kill(): Promise<void>
}

export interface BotOptions {
  readonly env: Readonly<Record<string, string>>
  readonly onLine?: ((line: string) => void) | undefined
}

/** As in package.json's `start` (src/small-start.ts). */
const SMALL = { flags: ['--max-semi-space-size=8'], env: { MALLOC_ARENA_MAX: '2' } }
const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** A machine that is busy with other things needs longer; a bot that cannot start ends by itself. */
const READY_MS = 60_000
const POLL_MS = 40

export async function startBot(options: BotOptions): Promise<Bot> {
  const port = await freePort()
  const env = { ...ofThisMachine(), ...SMALL.env, ...options.env, HOST: '127.0.0.1', PORT: String(port) }
  const { onLine } = options
  const child = await startChild([process.execPath, ...SMALL.flags, 'src/main.ts'], {
    cwd: ROOT,
    env,
    onLine,
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    eventsUrl: `${url}/slack/events`,
    pid: child.pid,
    lines: child.lines,
    ended: child.ended,
    ready: (withinMs = READY_MS) => ready(child, url, withinMs),
    stop: () => child.stop(),
    kill: () => child.kill(),
  }
}

/** Nothing of a real installation (tokens, database, kubeconfig) is handed on: only what any program needs. */
function ofThisMachine(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

async function ready(child: Child, url: string, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  let over = false
  child.ended.then(() => {
    over = true
  })
  let reasons = 'it does not answer'
  while (performance.now() < deadline) {
    if (over)
      throw new Error(`the bot ended with ${await child.ended}:\n${child.lines().slice(-20).join('\n')}`)
    const response = await fetch(`${url}/readyz`).catch(() => null)
    if (response?.status === 200) return
    if (response !== null) reasons = await response.text()
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(
    `the bot was not ready within ${withinMs / 1000} s: ${reasons}\n${child.lines().slice(-20).join('\n')}`,
  )
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port')
  return address.port
}
