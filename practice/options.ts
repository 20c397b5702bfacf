import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

const PORT = 4700
const MOST_SEEDS = 999_999

const USAGE = `npm run practice -- [--port N] [--seed N] [--cluster practice|current] [--log]

  --port N   where the page is; the next free port when that one is taken (${PORT})
  --seed N   repeats a story: the same figures at the same hour, the same names of pods; a new one every time by default
  --cluster  practice (the default), or current: the cluster of your kubeconfig's current context, which is only read
  --log      show what the bot logs`

export interface Options {
  /** Where the page is; 0: any free port. */
  readonly port: number
  readonly seed: number
  readonly cluster: 'practice' | 'current'
  /** Whether to show what the bot logs. */
  readonly log: boolean
}

/** What `npm run practice` was told; the text to print instead where that was asked for. Throws on what it does not take. */
export function options(args: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      seed: { type: 'string' },
      cluster: { type: 'string', default: 'practice' },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return USAGE
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
