import { parseArgs } from 'node:util'
import { startWorld, type World } from './world.ts'

/** `npm run practice`: the whole workspace on this machine, until Ctrl-C. */

const PORT = 4700
const IGNORED = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'DATABASE_URL', 'KUBECONFIG']

const USAGE = `npm run practice -- [--port N] [--log]

  --port N   where the page is; the next free port when that one is taken (${PORT})
  --log      show what the bot logs`

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

function options(): { port: number; log: boolean } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
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
  return { port, log: values.log }
}

/** Ends everything once, whatever asked for it first. */
function ender(world: Promise<World>): (code: number) => void {
  let ending = false
  return (code) => {
    if (ending) return
    ending = true
    say('Ending: everything of this workspace goes.')
    world
      .then((started) => started.stop())
      .catch(() => {})
      .finally(() => process.exit(code))
  }
}

async function main(): Promise<void> {
  const { port, log } = options()
  const ignored = IGNORED.filter((name) => process.env[name])
  if (ignored.length > 0) say(`Not used here, and left alone: ${ignored.join(', ')}.`)
  say('Starting a practice workspace: nothing of it reaches a real system.')
  const starting = startWorld({
    page: { port },
    onStep: (what, seconds) => say(`${seconds.toFixed(1).padStart(5)} s  ${what}`),
    onLog: log ? (line) => process.stderr.write(`${line}\n`) : undefined,
  })
  const end = ender(starting)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0))
  const world = await starting
  say(`Practice: ${world.pageUrl}`)
  say('Press Ctrl-C to end it.')
  world.bot.ended.then((code) => {
    say(`The bot ended with ${code}. Its last words:\n${world.bot.lines().slice(-20).join('\n')}`)
    end(1)
  })
}

try {
  await main()
} catch (error) {
  process.stderr.write(`Practice did not start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  process.exit()
}
