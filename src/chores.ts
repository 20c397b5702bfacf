import { createCheckpointer } from './audit/checkpointer.ts'
import type { Spool } from './audit/spool.ts'
import type { BotConfig } from './config.ts'
import type { Answer } from './core/answer.ts'
import type { Identities } from './core/ports/intake.ts'
import { PRIORITIES } from './core/ports/records.ts'
import type { Runner } from './core/runner.ts'
import type { Logger } from './log.ts'
import { personOf } from './people.ts'
import type { Chore } from './schedule/background.ts'
import { sweep as removeOld } from './store/retention.ts'
import type { Store } from './store/store.ts'
import { checkpointRefused } from './views/checkpoint.ts'

export interface ChoresOptions {
  readonly config: BotConfig
  readonly store: Store
  readonly runner: Runner
  readonly spool: Spool | null
  readonly log: Logger
  readonly identities: Identities & { sweep(signal: AbortSignal): Promise<void> }
}

const ABANDONED_AT_ONCE = 20
const MEET_WITHIN_MS = 5000

/** What every process does in the background. Each may run in all replicas at once. */
export function choresOf(options: ChoresOptions): readonly Chore[] {
  const { config, store, spool, identities } = options
  const { schedules, timeZone: zone } = config.platform
  return [
    { name: 'recovery', when: { everyMs: config.leaseSeconds * 500 }, run: () => recover(options) },
    { name: 'spool', when: { everyMs: 5000 }, run: async () => spool?.drain((row) => chain(options, row)) },
    { name: 'acquaintance', when: { everyMs: 60_000 }, run: () => meet(store, identities) },
    { name: 'mirror', when: { cron: schedules.accessMirror, zone }, atStart: true, run: identities.sweep },
    { name: 'checkpoint', when: { cron: schedules.auditCheckpoint, zone }, run: checkpoints(options) },
    { name: 'retention', when: { cron: schedules.retention, zone }, run: () => removeOld(store.pool) },
  ]
}

/** Learns who those are that hold a role or a channel and were never seen, so that a request of theirs need not wait for Slack. */
async function meet({ access }: Store, identities: Identities): Promise<void> {
  const { grants, bindings, users, channels } = access.current()
  const strangers = new Set(grants.flatMap(({ user }) => (user !== null && !users.has(user) ? [user] : [])))
  for (const user of strangers) await identities.ensure({ user, team: '', channel: null }, MEET_WITHIN_MS)
  const places = [...bindings.keys()].filter((channel) => !channels.has(channel))
  for (const channel of places) await identities.ensure({ user: '', team: '', channel }, MEET_WITHIN_MS)
}

/** Answers what a process that died had taken on. */
async function recover({ store, runner, log }: ChoresOptions): Promise<void> {
  const found = await store.journal.abandoned(ABANDONED_AT_ONCE)
  if (found.length > 0)
    log.info({ requests: found.length }, 'requests of a process that is gone are taken over')
  await Promise.all(found.map((request) => runner.run(request)))
}

type SpooledRow = Parameters<Parameters<Spool['drain']>[0]>[0]

/** What was done while the database was gone, in the name of who asked; `at` of the row is later than that of the payload. */
function chain({ config, store }: ChoresOptions, { ref, actor, at, ...row }: SpooledRow): Promise<void> {
  const person = personOf(config.platform)(actor.slice(actor.indexOf('/') + 1))
  const by = { actor, person, ref }
  return store.journal.note({ ...row, kind: 'spool', target: null, code: null, payload: { at }, by })
}

function checkpoints({ config, store, log }: ChoresOptions): () => Promise<void> {
  const { keyFile, checkpointDir } = config.audit
  if (keyFile === null || checkpointDir === null) return async () => undefined
  const checkpointer = createCheckpointer({
    chain: store.audit,
    folder: checkpointDir,
    keyFile,
    now: () => new Date(),
  })
  return async () => {
    const result = await checkpointer.checkpoint()
    if (result.state !== 'refused') return
    log.error(
      { reason: result.reason },
      'the audit chain does not extend what was signed: no checkpoint was written',
    )
    await tell(config, store, checkpointRefused(result.reason))
  }
}

/** Tells the security channel, once an hour over all replicas. */
function tell({ platform }: BotConfig, { journal }: Store, answer: Answer): Promise<void> {
  const hour = Math.floor(Date.now() / 3_600_000)
  return journal.note(
    {
      kind: 'checkpoint',
      command: null,
      channel: null,
      target: null,
      decision: 'refused',
      code: null,
      payload: {},
    },
    [
      {
        key: `checkpoint:refused:${hour}`,
        destination: { to: 'channel', channel: platform.channels.security },
        priority: PRIORITIES.notice,
        answer,
      },
    ],
  )
}
