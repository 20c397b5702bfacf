import { sweepLeftovers } from './leftovers.ts'
import type { Options } from './options.ts'
import { startWorld, type World } from './world.ts'

/** What is left after this goes by itself: every program ends when this process is gone. */
const END_MS = 12_000
/** npm hands on the Ctrl-C that the terminal has sent already: that is not a second one. */
const AGAIN_MS = 1000
const IGNORED = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'DATABASE_URL', 'KUBECONFIG']

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Ends everything once, whatever asked for it first; a second Ctrl-C does not wait. */
function createEnding(world: () => World | null) {
  const starting = new AbortController()
  let asked = 0
  const end = async (code: number): Promise<void> => {
    if (starting.signal.aborted) {
      if (performance.now() - asked > AGAIN_MS) process.exit(code)
      return
    }
    asked = performance.now()
    starting.abort(new Error('it was ended before it had started'))
    say('Ending: everything of this workspace goes.')
    const late = setTimeout(() => process.exit(code), END_MS)
    const started = world()
    if (started === null) return
    await started.stop().catch(() => {})
    clearTimeout(late)
    process.exit(code)
  }
  return { signal: starting.signal, end }
}

/** Starts a workspace and keeps it until it is ended. Rejects when it does not start. */
export async function practise({ port, seed, cluster, log }: Options): Promise<void> {
  introduce(cluster)
  const swept = await sweepLeftovers()
  if (swept.length > 0) say(`Removed what an earlier start had left behind: ${swept.length} folders.`)
  let world: World | null = null
  const { signal, end } = createEnding(() => world)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => end(0))
  world = await startWorld({
    page: { port },
    platform: { cluster, seed },
    signal,
    onStep: (what, seconds) => say(`${seconds.toFixed(1).padStart(5)} s  ${what}`),
    onLog: log ? (line) => process.stderr.write(`${line}\n`) : undefined,
  }).catch((error: unknown) => {
    if (signal.aborted) process.exit(0)
    throw error
  })
  if (signal.aborted) {
    await world.stop()
    process.exit(0)
  }
  welcome(world.pageUrl ?? '', port, seed)
  world.whenTheBotDies((code) => {
    if (signal.aborted) return
    say(`The bot ended with ${code}. Its last words:\n${world?.bot.lines().slice(-20).join('\n')}`)
    end(1)
  })
}

function introduce(cluster: Options['cluster']): void {
  const isUsed = (name: string) => name === 'KUBECONFIG' && cluster === 'current'
  const ignored = IGNORED.filter((name) => process.env[name] && !isUsed(name))
  if (ignored.length > 0) say(`Not used here, and left alone: ${ignored.join(', ')}.`)
  say(
    cluster === 'current'
      ? 'Starting a practice workspace: it reads your own cluster, changes nothing in it, and reaches no other real system.'
      : 'Starting a practice workspace: nothing of it reaches a real system.',
  )
}

function welcome(pageUrl: string, port: number, seed: number): void {
  say(`Story: ${seed}; --seed ${seed} tells it again.`)
  const found = Number(new URL(pageUrl).port)
  if (port !== 0 && found !== port)
    say(`Port ${port} is taken, by another practice or by something else: the page is on ${found} instead.`)
  say(`Practice: ${pageUrl}`)
  say('Press Ctrl-C to end it.')
}
