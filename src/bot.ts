import { jobs } from '../scheduled/index.ts'
import { createSpool, type Spool } from './audit/spool.ts'
import { choresOf } from './chores.ts'
import type { BotConfig } from './config.ts'
import type { AccessSnapshot } from './core/access.ts'
import { createEmergency } from './core/emergency.ts'
import { createIntake } from './core/intake.ts'
import type { Intake } from './core/ports/intake.ts'
import { createRunner, type Runner } from './core/runner.ts'
import { openExecution } from './execution.ts'
import { listenFault } from './faults.ts'
import type { Releases } from './lifecycle.ts'
import type { Logger } from './log.ts'
import { createProcessMetrics } from './metrics.ts'
import { operationSettings } from './operation-settings.ts'
import { ownerIds, personOf } from './people.ts'
import { openPorts } from './ports.ts'
import { probeRoutes } from './readiness.ts'
import { createBackground } from './schedule/background.ts'
import { createScheduler } from './schedule/scheduler.ts'
import { showHome } from './show-home.ts'
import { createSlack, type SlackOptions } from './slack/app.ts'
import { startStore } from './start-store.ts'
import { createProbe } from './store/probe.ts'
import { createStore, type Store } from './store/store.ts'
import { choice, preview, unchanged } from './views/operations/preview.ts'
import { failureIn, refusalBurst, refusalIn } from './views/refusal.ts'

/** SIGTERM to exit takes at most 25 s (docs/CONTRACT.md): this is what work under way may have of it. */
const DRAIN_MS = 12_000
const SLACK_STOP_MS = 6000
const STARTING = 'Bakery’s own database has not been reached yet'

/** A running bot: where it listens, and when it can work. */
export interface Bot {
  readonly port: number
  /** Resolves when the database is there and current; rejects with `ConfigurationError` when its schema is not. */
  readonly ready: Promise<void>
}

/** Puts the parts together and starts them. What was opened is in `releases`, to be released in reverse. */
export async function startBot(config: BotConfig, log: Logger, releases: Releases): Promise<Bot> {
  const { platform } = config
  const metrics = createProcessMetrics()
  const store = releases.add(
    createStore({
      ...{ ...config, url: config.databaseUrl, personOf: personOf(platform), log },
      operations: operationSettings(platform),
    }),
    (opened) => opened.stop(),
  )
  const { ports, registry, objects } = openPorts({
    ...{ config, store, jobs, log, releases, mode: 'watch' },
    attestation: { attest: (user, channel) => slack.attestation.attest(user, channel) },
  })
  const runner = createRunner({
    ...{ registry, ports, log, journal: store.journal, observe: metrics.observe },
    dialogs: { open: (trigger, dialog) => slack.dialogs.open(trigger, dialog) },
    views: {
      refusal: refusalIn(platform.timeZone),
      failure: failureIn(platform.timeZone),
      ...{ refusalBurst, preview, choice, unchanged },
    },
    securityChannel: platform.channels.security,
  })
  releases.add(runner, (opened) => opened.drain(DRAIN_MS))
  const stopping = new AbortController()
  releases.add(stopping, (opened) => opened.abort(new Error('the process stops')))
  const spool = config.audit.checkpointDir === null ? null : createSpool(config.audit.checkpointDir)
  const state = { starting: true }
  const probe = createProbe({ pool: store.pool, now: ports.clock.now })
  const slack = createSlack({
    ...config,
    ...{ outbox: store.outbox, mirror: store.mirror, log, metrics: metrics.registry },
    mirrored: (user) => store.access.current().users.get(user),
    routes: probeRoutes(
      [() => (state.starting ? [STARTING] : []), () => slack.problems(), probe],
      metrics.registry,
    ),
    home: (user) => showHome({ ports, slack: () => slack, log }, user, stopping.signal),
    intake: (door) => intakeOf({ config, store, ports, registry, runner, spool, log, ...door }),
  })
  const port = await slack.start().catch((thrown) => {
    throw listenFault(thrown, config.host, config.port)
  })
  releases.add(slack, (opened) => opened.stop(SLACK_STOP_MS))

  const ready = startStore(store, platform, log, stopping.signal).then(() => {
    if (stopping.signal.aborted) return
    state.starting = false
    // The first look opens every connection: better now than while somebody waits.
    void ports.health.report([], stopping.signal)
    const { identities } = slack
    const { engine, chores: ofChanges } = openExecution({ config, store, ports, objects, log })
    const chores = [...choresOf({ config, store, runner, spool, log, identities }), ...ofChanges]
    if (engine !== null) releases.add(engine, (opened) => opened.stop()).start()
    releases.add(createBackground(chores, log), (opened) => opened.stop()).start()
    releases.add(clockOf({ config, store, ports, log }), (opened) => opened.stop()).start()
  })
  return { port, ready }
}

type IntakeParts = Pick<ReturnType<typeof openPorts>, 'ports' | 'registry'> &
  Parameters<SlackOptions['intake']>[0] & {
    readonly config: BotConfig
    readonly store: Store
    readonly runner: Runner
    readonly spool: Spool | null
    readonly log: Logger
  }

function intakeOf({
  config,
  store,
  ports,
  registry,
  runner,
  spool,
  log,
  identities,
  tell,
}: IntakeParts): Intake {
  const { platform } = config
  const emergency = spool && { ports, log, tell, owners: ownerIds(platform), spool: spool.append }
  return createIntake({
    ...{
      registry,
      identities,
      run: runner.run,
      receipts: store.receipts,
      offers: store.offers,
      operations: store.operations,
    },
    access: { current: () => currentRecords(store) },
    personOf: personOf(platform),
    emergency: emergency && createEmergency(emergency),
    now: () => performance.now(),
  })
}

function clockOf({ config, store, ports, log }: Pick<IntakeParts, 'config' | 'store' | 'ports' | 'log'>) {
  const { platform } = config
  return createScheduler({
    ...{ jobs, ports, log, store: store.jobs, zone: platform.timeZone },
    expressionOf: (job) => platform.schedules[job.schedule],
    channelOf: (job) => platform.channels[job.channel],
  })
}

/** The access records as last read; before the database was ever reached, nobody holds anything. */
function currentRecords({ access }: Store): AccessSnapshot {
  try {
    return access.current()
  } catch {
    return NOTHING_KNOWN
  }
}

const NOTHING_KNOWN: AccessSnapshot = {
  version: 0n,
  grants: [],
  bindings: new Map(),
  users: new Map(),
  channels: new Map(),
  groups: new Map(),
  now: Date.now,
}
