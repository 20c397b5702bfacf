import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { sweepLeftovers } from './leftovers.ts'
import { startWorld, type World } from './world.ts'

/** `npm run practice`: the whole workspace on this machine, until Ctrl-C. */

const PORT = 4700
const MOST_SEEDS = 999_999
/** What is left after this goes by itself: every program ends when this process is gone. */
const END_MS = 12_000
/** npm hands on the Ctrl-C that the terminal has sent already: that is not a second one. */
const AGAIN_MS = 1000
const IGNORED = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'DATABASE_URL', 'KUBECONFIG']

const USAGE = `npm run practice -- [--port N] [--seed N] [--cluster practice|current] [--log]

  --port N   where the page is; the next free port when that one is taken (${PORT})
  --seed N   repeats a story: the same figures at the same hour, the same names of pods; a new one every time by default
  --cluster  practice (the default), or current: the cluster of your kubeconfig's current context, which is only read
  --log      show what the bot logs`

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

interface Options {
  readonly port: number
  readonly seed: number
  readonly cluster: 'practice' | 'current'
  readonly log: boolean
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      seed: { type: 'string' },
      cluster: { type: 'string', default: 'practice' },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    say(USAGE)
    process.exit(0)
  }
  const port = Number(values.port ?? PORT)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port: found ${values.port}, expected a number from 0 to 65535`)
  }
  const { cluster, log } = values
  if (cluster !== 'practice' && cluster !== 'current') {
    throw new Error(`--cluster: found ${cluster}, expected practice or current`)
  }
  const seed = Number(values.seed ?? randomInt(1, MOST_SEEDS))
  if (!Number.isInteger(seed) || seed < 0 || seed > MOST_SEEDS) {
    throw new Error(`--seed: found ${values.seed}, expected a whole number from 0 to ${MOST_SEEDS}`)
  }
  return { port, seed, cluster, log }
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

async function main(): Promise<void> {
  const { port, seed, cluster, log } = options()
  const isUsed = (name: string) => name === 'KUBECONFIG' && cluster === 'current'
  const ignored = IGNORED.filter((name) => process.env[name] && !isUsed(name))
  if (ignored.length > 0) say(`Not used here, and left alone: ${ignored.join(', ')}.`)
  say(
    cluster === 'current'
      ? 'Starting a practice workspace: it reads your own cluster, changes nothing in it, and reaches no other real system.'
      : 'Starting a practice workspace: nothing of it reaches a real system.',
  )
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
  const { pageUrl } = world
  say(`Story: ${seed}; --seed ${seed} tells it again.`)
  say(`Practice: ${pageUrl}`)
  say('Press Ctrl-C to end it.')
  world.whenTheBotDies((code) => {
    if (signal.aborted) return
    say(`The bot ended with ${code}. Its last words:\n${world?.bot.lines().slice(-20).join('\n')}`)
    end(1)
  })
}

try {
  await main()
} catch (error) {
  process.stderr.write(`Practice did not start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
