import { opsApprove } from '../../../commands/ops-approve.ts'
import { jobs } from '../../../scheduled/index.ts'
import { terminalConfig } from '../../../src/config.ts'
import type { Actor } from '../../../src/core/ask.ts'
import type { Planner } from '../../../src/core/ports/planner.ts'
import { createRunner } from '../../../src/core/runner.ts'
import { openExecution } from '../../../src/execution.ts'
import { createReleases } from '../../../src/lifecycle.ts'
import { createLog } from '../../../src/log.ts'
import { operationSettings } from '../../../src/operation-settings.ts'
import { personOf } from '../../../src/people.ts'
import { openPorts } from '../../../src/ports.ts'
import { startStore } from '../../../src/start-store.ts'
import { createStore } from '../../../src/store/store.ts'
import { choice, preview, unchanged } from '../../../src/views/operations/preview.ts'
import { failure, refusalBurst, refusalIn } from '../../../src/views/refusal.ts'

/**
 * A replica without its doors: the bot's own store, runner, commands and engine in a process of its own, told by its parent who
 * clicks. Slack says that everybody is there, and the plan is the one that was proposed: neither is what is tested.
 */

/** What the parent sends: this operation is approved by each of these at the same moment. */
export interface Clicks {
  readonly operation: string
  readonly digest: string
  readonly channel: string
  readonly users: readonly string[]
}

/** What comes back: `null` once when it can work, then each operation whose clicks have all been answered. */
export interface Answered {
  readonly operation: string | null
}

const RECORD_MS = 60_000
const TEAM = 'T0BAKERY'
/** What a request has only once it is recorded. */
const UNRECORDED = { ref: '', role: null, at: new Date() }

const config = terminalConfig()
const log = createLog(config.logLevel)
const releases = createReleases()
const { platform } = config
const store = releases.add(
  createStore({
    ...{ ...config, url: config.databaseUrl, personOf: personOf(platform), log },
    operations: operationSettings(platform),
  }),
  (opened) => opened.stop(),
)
const attestation = { attest: async () => ({ kind: 'member', inChannel: true }) as const }
const opened = openPorts({ config, store, jobs, log, releases, mode: 'once', attestation })
const { registry, objects } = opened
const planner: Planner = {
  undo: opened.ports.planner.undo,
  async plan(line) {
    const { rows } = await store.pool.query('SELECT command, plan, digest FROM operation WHERE line = $1', [
      line,
    ])
    const [{ command, plan, digest }] = rows
    return { command, line, plan, digest, rehearsed: [] }
  },
}
const ports = { ...opened.ports, planner }
const runner = createRunner({
  ...{ registry, ports, log, journal: store.journal, dialogs: null },
  views: { refusal: refusalIn(platform.timeZone), failure, refusalBurst, preview, choice, unchanged },
  securityChannel: platform.channels.security,
})
const { engine } = openExecution({ config, store, ports, objects, log })

async function click({ operation, digest, channel }: Clicks, user: string): Promise<void> {
  const actor: Actor = { team: TEAM, user, person: user, kind: 'member' }
  const line = `ops approve ${operation} ${digest}`
  const work = { line, reply: { team: TEAM, user, channel, responseUrl: null, triggerId: null } }
  const surface = 'button'
  const request = { surface, actor, channel, command: opsApprove.name, work } as const
  const receipt = await store.receipts.record(
    {
      ...request,
      replayKeys: [`${operation}:${user}`],
      target: null,
      payload: { line },
      decide: (snapshot) => registry.decide(opsApprove, { ...request, ...UNRECORDED }, snapshot),
    },
    RECORD_MS,
  )
  if (receipt.state !== 'recorded') throw new Error(`a click was not recorded: ${JSON.stringify(receipt)}`)
  await runner.run({ ...request, ...receipt })
}

async function answer(clicks: Clicks): Promise<void> {
  await Promise.all(clicks.users.map((user) => click(clicks, user)))
  tell({ operation: clicks.operation })
}

function tell(answered: Answered): void {
  process.send?.(answered)
}

// A click that was not answered ends the process, and the parent sees that.
process.on('message', (clicks: Clicks) => void answer(clicks))
process.on('disconnect', async () => {
  await engine?.stop()
  await releases.releaseAll()
})
await startStore(store, platform, log, new AbortController().signal)
engine?.start()
tell({ operation: null })
