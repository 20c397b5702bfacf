import { randomBytes, randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeAfterUs } from '../child.ts'
import { defaultConsumption } from '../cluster/consumption.ts'
import { startCurrentCluster } from '../cluster/current.ts'
import { DATABASE_STEMS, type DatabaseStem } from '../cluster/platform-names.ts'
import { serviceLogs } from '../cluster/service-logs/source.ts'
import { type PracticeCluster, startCluster } from '../cluster/start.ts'
import { claimFolder } from '../leftovers.ts'
import { accounts, accountsKubeconfig } from './accounts.ts'
import { startAlertmanager } from './alertmanager.ts'
import { startCollector } from './collector.ts'
import { type PracticeDatabase, startDatabases } from './databases.ts'
import { createFaults, type Faults } from './faults.ts'
import { followPods } from './follow.ts'
import { observeCluster } from './observe.ts'
import { startPrometheus } from './prometheus.ts'
import { startRabbitmq } from './rabbitmq.ts'
import { startRedis } from './redis.ts'
import { createRestartLedger } from './restarts.ts'
import { startSignoz } from './signoz.ts'
import { hourOfDay, seededRandom } from './story/hours.ts'
import { createOutages, type Outages } from './story/outages.ts'
import { isBroken } from './story/traffic.ts'
import type { World } from './world.ts'

export interface PlatformOptions {
  /** `current`: the bot reads the cluster of the person's current context instead of the practice cluster. */
  readonly cluster?: 'practice' | 'current' | undefined
  /** Without databases it starts in a fraction of a second; all 14 by default. */
  readonly databases?: readonly DatabaseStem[]
  /** Told what has just become usable, for instance `14 databases`. */
  readonly onProgress?: (what: string) => void
  /** The same seed tells the same story: figures, names of pods, what is left to chance. A new one every time by default. */
  readonly seed?: number
  /** The story's time; the machine's by default. The cluster and the databases keep the machine's. */
  readonly now?: () => Date
}

export interface PracticePlatform extends Faults {
  /** What platform.example.yaml refers to, and KUBECONFIG: with these the bot finds everything. */
  readonly env: Readonly<Record<string, string>>
  readonly cluster: PracticeCluster
  readonly databases: readonly PracticeDatabase[]
  readonly outages: Outages
  readonly seed: number
  stop(): Promise<void>
}

const UP_MS = 3 * 86_400_000
/** RabbitMQ's user in platform.example.yaml. */
const RABBITMQ_USER = 'bakery'

/** What a pod uses follows how much its service is asked. */
const consumption: typeof defaultConsumption = (pod, at) => {
  const { cpu, memory } = defaultConsumption(pod, at)
  const busy = hourOfDay(at)
  return { cpu: cpu * (0.35 + 0.65 * busy), memory: memory * (0.85 + 0.15 * busy) }
}

export const newSeed = (): number => randomInt(1, 100_000)

const secret = () => randomBytes(12).toString('base64url')

/** Starts the whole operated platform: cluster, databases and every system around them. Throws when a part does not start. */
export async function startPlatform(options: PlatformOptions = {}): Promise<PracticePlatform> {
  const stack = new AsyncDisposableStack()
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    stack.defer(() => part.stop())
    return part
  }
  try {
    return await compose(options, stack, keep)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

type Keep = <T extends { stop(): Promise<void> }>(part: T) => T

async function compose(
  {
    cluster: which,
    databases: stems = DATABASE_STEMS,
    onProgress = () => {},
    seed = newSeed(),
    now = () => new Date(),
  }: PlatformOptions,
  stack: AsyncDisposableStack,
  keep: Keep,
): Promise<PracticePlatform> {
  const outages = createOutages(now)
  const ahead = () => now().getTime() - Date.now()
  /** When in the story something is that the cluster, which keeps the machine's time, says of its own. */
  const inStory = (at: Date) => new Date(at.getTime() + ahead())
  const logs = serviceLogs((workload, at) =>
    isBroken(workload, inStory(at), outages.all()) ? 'database' : null,
  )
  const cluster = keep(
    await startCluster({
      ...{ users: await accounts(), logs, random: seededRandom(seed) },
      consumption: (pod, at) => consumption(pod, inStory(at)),
    }),
  )
  stack.defer(observeCluster(cluster.store, outages))
  const restarts = createRestartLedger(cluster.store, now)
  stack.defer(restarts.stop)
  const current = which === 'current' ? keep(await startCurrentCluster(process.env)) : null
  onProgress(current ? `cluster: context ${current.context} at ${current.server}, only read` : 'cluster')

  const startedAt = new Date(now().getTime() - UP_MS)
  const systems = await startSystems(
    { now, ahead, outages: outages.all, seed, startedAt, store: cluster.store, restarts },
    keep,
  )
  onProgress('Prometheus, Alertmanager, SigNoz, collector, Redis, RabbitMQ')

  const databases = await startDatabases(stems)
  stack.defer(async () => {
    await Promise.all(databases.map((database) => database.stop()))
  })
  stack.defer(followPods(cluster, databases, outages))
  onProgress(`${databases.length} databases`)
  const folder = await mkdtemp(join(tmpdir(), 'bakery-practice-'))
  await claimFolder(folder)
  const callOff = removeAfterUs(folder)
  stack.defer(async () => {
    callOff()
    await rm(folder, { recursive: true, force: true })
  })
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, current?.kubeconfig() ?? accountsKubeconfig(cluster), { mode: 0o600 })
  return {
    env: { KUBECONFIG: kubeconfig, ...systems, ...Object.assign({}, ...databases.map(environmentOf)) },
    cluster,
    databases,
    outages,
    seed,
    ...createFaults({ cluster, databases, outages }),
    stop: () => stack.disposeAsync(),
  }
}

/** `AUTH_DB_ADDRESS`, `AUTH_DB_PASSWORD`. */
function environmentOf({ name, address, password }: PracticeDatabase): Record<string, string> {
  const prefix = name.toUpperCase().replaceAll('-', '_')
  return { [`${prefix}_ADDRESS`]: address, [`${prefix}_PASSWORD`]: password }
}

/** The systems that are neither cluster nor database, as the environment that leads to them. */
async function startSystems(world: World, keep: Keep): Promise<Record<string, string>> {
  const passwords = { redis: secret(), rabbitmq: secret(), signoz: secret() }
  const redis = keep(await startRedis(world, passwords.redis))
  const rabbitmq = keep(await startRabbitmq(world, { user: RABBITMQ_USER, password: passwords.rabbitmq }))
  const signoz = keep(await startSignoz(world, passwords.signoz))
  return {
    REDIS_ADDRESS: redis.address,
    REDIS_PASSWORD: passwords.redis,
    RABBITMQ_URL: rabbitmq.url,
    RABBITMQ_PASSWORD: passwords.rabbitmq,
    SIGNOZ_URL: signoz.url,
    SIGNOZ_API_KEY: passwords.signoz,
    PROMETHEUS_URL: keep(await startPrometheus(world)).url,
    ALERTMANAGER_URL: keep(await startAlertmanager(world)).url,
    COLLECTOR_URL: keep(await startCollector(world)).url,
  }
}
