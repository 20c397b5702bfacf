import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Bot, startBot } from '../../practice/bot.ts'
import { type PracticeCluster, startCluster } from '../../practice/cluster/start.ts'
import { type PracticeSlack, startSlack } from '../../practice/slack/start.ts'
import { accounts, accountsKubeconfig } from '../../practice/systems/accounts.ts'
import { jobs } from '../../scheduled/index.ts'
import { terminalConfig } from '../../src/config.ts'
import type { Actor, Ask } from '../../src/core/ask.ts'
import { createReleases } from '../../src/lifecycle.ts'
import { createLog } from '../../src/log.ts'
import { operationSettings } from '../../src/operation-settings.ts'
import { personOf } from '../../src/people.ts'
import { openPorts } from '../../src/ports.ts'
import { createStore } from '../../src/store/store.ts'
import { done, received } from '../store/opened.ts'
import { createTestDatabase } from '../support/database.ts'
import type { System } from './cells.ts'
import { type CountingProxy, startCountingProxy, targetOf, through } from './proxy.ts'

/** Everything that a crash can happen in: real processes, a real PostgreSQL, and a proxy in front of each system. */
export interface ChaosWorld {
  readonly cluster: PracticeCluster
  readonly slack: PracticeSlack
  readonly admin: pg.Client
  readonly proxies: Readonly<Record<System, CountingProxy>>
  /** The bot as `npm start` runs it. Through the proxies, or past them. */
  bot(way: 'through' | 'past'): Promise<Bot>
  /** Plans the line as Marco and proposes it; gives how to approve it. */
  propose(line: string): Promise<{ readonly id: string; approve(): Promise<void> }>
  close(): Promise<void>
}

const CHANNEL = 'C0OPERATIONS'
const marco: Actor = { team: 'T0BAKERY', user: 'U0MARCO', person: 'marco', kind: 'member' }
const ana: Actor = { team: 'T0BAKERY', user: 'U0ANA', person: 'ana', kind: 'member' }

export async function openChaos(): Promise<ChaosWorld> {
  const signingSecret = randomBytes(16).toString('hex')
  const [database, cluster, slack] = await Promise.all([
    createTestDatabase(),
    accounts().then((users) => startCluster({ users })),
    startSlack({ signingSecret, rateLimits: false }),
  ])
  const folder = mkdtempSync(join(tmpdir(), 'bakery-chaos-'))
  const proxies = {
    postgres: await startCountingProxy(targetOf(database.botUrl)),
    kubernetes: await startCountingProxy(targetOf(cluster.url)),
    slack: await startCountingProxy(targetOf(slack.apiUrl)),
  }
  const direct = accountsKubeconfig(cluster)
  const kubeconfigs = { past: join(folder, 'past'), through: join(folder, 'through') }
  writeFileSync(kubeconfigs.past, direct)
  writeFileSync(
    kubeconfigs.through,
    direct.replaceAll(cluster.url, through(cluster.url, proxies.kubernetes).replace(/\/$/, '')),
  )
  const shared = {
    PLATFORM_FILE: 'platform.example.yaml',
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: signingSecret,
    LEASE_SECONDS: '1',
    LOG_LEVEL: process.env.CHAOS_LOG ?? 'error',
  }
  const environment = {
    past: {
      ...shared,
      DATABASE_URL: database.botUrl,
      SLACK_API_URL: slack.apiUrl,
      KUBECONFIG: kubeconfigs.past,
    },
    through: {
      ...shared,
      DATABASE_URL: through(database.botUrl, proxies.postgres),
      SLACK_API_URL: through(slack.apiUrl, proxies.slack),
      KUBECONFIG: kubeconfigs.through,
    },
  }
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const desk = openDesk(environment.past)

  return {
    ...{ cluster, slack, admin, proxies },
    async bot(way) {
      const onLine =
        process.env.CHAOS_LOG === undefined ? undefined : (line: string) => console.error(way, line)
      const bot = await startBot({ env: environment[way], onLine })
      await bot.ready(30_000)
      return bot
    },
    propose: async (line) => (await desk).propose(line),
    async close() {
      await (await desk).close()
      await admin.end()
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()))
      await slack.stop()
      await cluster.stop()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The people of the story, at a desk of their own that no fault reaches. */
async function openDesk(environment: Readonly<Record<string, string>>) {
  const config = terminalConfig(environment)
  const log = createLog('silent')
  const releases = createReleases()
  const { platform } = config
  const store = createStore({
    ...{ ...config, url: config.databaseUrl, personOf: personOf(platform), log },
    operations: operationSettings(platform),
  })
  releases.add(store, (opened) => opened.stop())
  const attestation = { attest: async () => ({ kind: 'member', inChannel: true }) as const }
  const { ports } = openPorts({ config, store, jobs, log, releases, mode: 'once', attestation })
  let started: Promise<void> | null = null
  const decide = async (act: Parameters<typeof store.journal.perform>[1]) =>
    store.journal.perform(await received(store, { actor: marco, channel: CHANNEL }), act)
  return {
    async propose(line: string) {
      started ??= store.start()
      await started
      const ask: Ask = {
        ...{
          ref: 'K7M2Q9XA',
          surface: 'slash',
          actor: marco,
          channel: CHANNEL,
          role: 'member',
          at: new Date(),
        },
      }
      const {
        command,
        plan,
        digest,
        line: whole,
      } = await ports.planner.plan(line, ask, AbortSignal.timeout(10_000))
      if (plan.steps.length === 0) throw new Error(`“${line}” has nothing to do: ${JSON.stringify(plan)}`)
      let id = ''
      await decide(async (desk) => {
        const operation = await desk.operations.propose({
          ...{ command, line: whole, plan, digest, requester: marco, channel: CHANNEL },
          ...{ environment: platform.environment, reason: 'chaos', ref: 'K7M2Q9XA' },
          ...{ breakGlass: null, confirmWithinSeconds: null, undoes: null },
        })
        id = operation.id
        return { outcome: done, messages: [] }
      })
      return {
        id,
        approve: () =>
          decide(async (desk) => {
            if (plan.risk === 'change') await desk.operations.confirm(id, digest, marco)
            else await desk.operations.approve(id, digest, ana, null)
            return { outcome: done, messages: [] }
          }),
      }
    },
    close: () => releases.releaseAll(),
  }
}
