import type { Bot } from '../../practice/bot.ts'
import type { Cell } from './cells.ts'
import { breaches } from './checker.ts'
import { evidenceOf, stateOf } from './evidence.ts'
import type { ChaosWorld } from './world.ts'

export interface CellResult {
  readonly cell: Cell
  /** Whether the process sent as many messages: else nothing happened to it. */
  readonly sprung: boolean
  readonly state: string
  readonly outcome: string | null
  readonly breaches: readonly string[]
}

/** Longer than the lease of a second, so that another process has taken over when a frozen one is revived. */
const FREEZE_MS = 2500
const DELAY_MS = 1500
/** What a revived process has left to do is done within this time. */
const LATE_MS = 700
const SPRING_MS = 12_000
const END_MS = 120_000
const OVER = new Set([
  ...['succeeded', 'failed', 'denied', 'expired', 'stale', 'revoked', 'cancelled', 'needs-human'],
])

/** Runs cells one after the other; the process that the next cell hurts is one that came back in the last. */
export function createRunner(world: ChaosWorld) {
  let victim: Bot | null = null
  return {
    async run(cell: Cell): Promise<CellResult> {
      victim ??= await world.bot('through')
      const bot = victim
      await until(() => knowsTheChannel(world), END_MS)
      const before = world.cluster.audit().length
      const { id, approve } = await world.propose(await lineFor(world, cell))
      const trap = setTrap(world, cell, bot)
      await approve()
      await Promise.race([trap.sprung, until(async () => OVER.has(await stateOf(world, id)), SPRING_MS)])
      world.proxies[cell.system].set(null)
      const sprung = trap.hasSprung()
      const back = comeBack(world, cell, sprung)
      await until(async () => OVER.has(await stateOf(world, id)), END_MS)
      const others = await back
      if (sprung && cell.fault === 'freeze') {
        // What the process still wanted to do when it was stopped, it does now.
        await trap.revived
        await new Promise((resolve) => setTimeout(resolve, LATE_MS))
      }
      const evidence = await evidenceOf(world, id, before)
      const { rows } = await world.admin.query('SELECT state, outcome FROM operation WHERE id = $1', [id])
      const result = { cell, sprung, ...rows[0], breaches: breaches(evidence) }
      victim = await survivors(cell, sprung, bot, others)
      return result
    },
    async close() {
      await victim?.kill()
    },
  }
}

function setTrap(world: ChaosWorld, cell: Cell, bot: Bot) {
  let sprung = false
  let tell = () => {}
  const heard = new Promise<void>((resolve) => {
    tell = resolve
  })
  let revive = () => {}
  const revived = new Promise<void>((resolve) => {
    revive = resolve
  })
  const { fault, message, moment, system } = cell
  world.proxies[system].set({
    ...{ message, moment, delayMs: DELAY_MS },
    cut: fault === 'kill' || fault === 'freeze' ? 'signal' : fault,
    sprung() {
      sprung = true
      if (fault === 'kill') process.kill(bot.pid, 'SIGKILL')
      if (fault === 'freeze') {
        process.kill(bot.pid, 'SIGSTOP')
        setTimeout(() => {
          process.kill(bot.pid, 'SIGCONT')
          revive()
        }, FREEZE_MS)
      }
      tell()
    },
  })
  return { sprung: heard, revived, hasSprung: () => sprung }
}

/** Two replicas are there afterwards: both new ones after a kill, else one beside the process that was hurt. */
async function comeBack(world: ChaosWorld, { fault }: Cell, sprung: boolean): Promise<readonly Bot[]> {
  if (!sprung) return []
  if (fault === 'kill') return Promise.all([world.bot('through'), world.bot('past')])
  return [await world.bot('through')]
}

/** One process goes on through the proxies; the others end as in a crash. */
async function survivors(
  { fault }: Cell,
  sprung: boolean,
  bot: Bot,
  others: readonly Bot[],
): Promise<Bot | null> {
  if (!sprung) return bot
  const [next, ...rest] = others
  await Promise.all(rest.map((one) => one.kill()))
  if (fault !== 'kill') await bot.kill()
  else await bot.kill().catch(() => undefined)
  return next ?? null
}

async function until(holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline && !(await holds()))
    await new Promise((resolve) => setTimeout(resolve, 50))
}

/** A line that has something to do in the world as it is; each kind has a service of its own. */
async function lineFor({ cluster }: ChaosWorld, { kind }: Cell): Promise<string> {
  const get = async (path: string) => {
    const response = await fetch(`${cluster.url}/${path}`, {
      headers: { authorization: `Bearer ${cluster.token}` },
    })
    return (await response.json()) as { spec: Record<string, unknown>; metadata: { labels?: object } }
  }
  const deployment = (name: string) => get(`apis/apps/v1/namespaces/bakery-ia/deployments/${name}`)
  switch (kind) {
    case 'scale': {
      const { spec } = await deployment('inventory-service')
      return `scale inventory-service ${spec.replicas === 1 ? 2 : 1}`
    }
    case 'restart':
      return 'restart production-service'
    case 'rollback': {
      // A new revision beside the ones that are kept.
      await newImage(cluster)
      return 'rollback sales-service --to 0'
    }
    case 'pause': {
      const { spec } = await deployment('recipes-service')
      return `rollout ${spec.paused === true ? 'resume' : 'pause'} recipes-service`
    }
    case 'autoscale': {
      const { spec } = await get(
        'apis/autoscaling/v2/namespaces/bakery-ia/horizontalpodautoscalers/orders-service-hpa',
      )
      return `hpa orders-service --max ${spec.maxReplicas === 5 ? 4 : 5}`
    }
    case 'delete-pod':
      return `pod delete ${cluster.podsOf('suppliers-service').find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name}`
    case 'evict':
      await podsOnNode3(cluster)
      return 'node drain node-3 --lose-data'
    case 'cordon': {
      const { spec } = await get('api/v1/nodes/node-2')
      return `node ${spec.unschedulable === true ? 'uncordon' : 'cordon'} node-2`
    }
    case 'suspend': {
      const { spec } = await get(
        'apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/bakery-ia',
      )
      return spec.suspend === true ? 'flux resume bakery-ia' : 'flux suspend bakery-ia --for 1h'
    }
    case 'exempt': {
      const { spec } = await deployment('training-service')
      return `scale training-service ${spec.replicas === 1 ? 2 : 1} --exempt`
    }
    default:
      await patch(
        cluster,
        'apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/bakery-ia',
        {
          spec: { suspend: false },
        },
      )
      return 'flux reconcile bakery-ia'
  }
}

/** Rolls another image out, so that there is an earlier revision to go back to. */
async function newImage(cluster: ChaosWorld['cluster']): Promise<void> {
  const path = `${cluster.url}/apis/apps/v1/namespaces/bakery-ia/deployments/sales-service`
  const headers = {
    authorization: `Bearer ${cluster.token}`,
    'content-type': 'application/strategic-merge-patch+json',
  }
  const image = `gitea.bakewise.ai/bakery/sales-service:1.4.${Date.now() % 100_000}`
  const body = JSON.stringify({
    spec: { template: { spec: { containers: [{ name: 'sales-service', image }] } } },
  })
  await fetch(path, { method: 'PATCH', headers, body })
  await until(async () => {
    const response = await fetch(path, { headers: { authorization: headers.authorization } })
    const { metadata, status } = (await response.json()) as Record<string, Record<string, number>>
    return (
      status?.observedGeneration === metadata?.generation && status?.availableReplicas === status?.replicas
    )
  }, 20_000)
}

/** A drained node takes pods again, and gets some. */
async function podsOnNode3(cluster: ChaosWorld['cluster']): Promise<void> {
  await patch(cluster, 'api/v1/nodes/node-3', { spec: { unschedulable: null } })
  const movable = ['pos-service', 'external-service', 'tenant-service']
  const onNode3 = () =>
    movable.flatMap((name) => cluster.podsOf(name)).filter(({ spec }) => spec.nodeName === 'node-3').length
  for (let tries = 0; tries < 20 && onNode3() === 0; tries += 1) {
    const [name = ''] = movable.slice(tries % movable.length)
    const [pod] = cluster.podsOf(name)
    if (pod !== undefined) cluster.deletePod(pod.metadata.name)
    await until(async () => {
      const [own, ...more] = cluster.podsOf(name)
      return own?.spec.nodeName !== undefined && more.length === 0
    }, 5000)
  }
}

async function patch({ url, token }: ChaosWorld['cluster'], path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' }
  await fetch(`${url}/${path}`, { method: 'PATCH', headers, body: JSON.stringify(body) })
}

/** A new installation has to hear of its channels first; until then it refuses, as it should. */
async function knowsTheChannel({ admin }: ChaosWorld): Promise<boolean> {
  const { rows } = await admin.query(`SELECT FROM slack_channel WHERE channel = 'C0OPERATIONS'`)
  return rows.length > 0
}
