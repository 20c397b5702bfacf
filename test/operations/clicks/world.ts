import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '../../../practice/cluster/objects.ts'
import { platformManifests } from '../../../practice/cluster/platform.ts'
import { NAMESPACE } from '../../../practice/cluster/platform-names.ts'
import { DEPLOYMENTS } from '../../../practice/cluster/resources.ts'
import { type PracticeCluster, startCluster } from '../../../practice/cluster/start.ts'
import { accounts, accountsKubeconfig } from '../../../practice/systems/accounts.ts'
import type { Actor } from '../../../src/core/ask.ts'
import { DIGEST_SHOWN, type Plan } from '../../../src/core/plan.ts'
import { type Opened, open } from '../../store/opened.ts'
import { decisions } from '../../store/operations-support.ts'
import { proposalOf } from '../../support/operations.ts'
import type { Answered, Clicks } from './replica.ts'

export const CHANNEL = 'C0OPERATIONS'
const REPLICAS = 3
const marco: Actor = { team: 'T0BAKERY', user: 'U0MARCO', person: 'marco', kind: 'member' }

/** Operations that wait for approval, people who click, and three processes that hear them. */
export interface ClicksWorld {
  readonly opened: Opened
  readonly cluster: PracticeCluster
  /** Proposes to hold the rollout of the n-th Deployment, which needs so many approvals. */
  propose(n: number, approvals: 1 | 2): Promise<Proposed>
  /** Everybody clicks at once, spread over the replicas; resolves when each has been answered. */
  clickAll(operation: Proposed): Promise<void>
  close(): Promise<void>
}

export interface Proposed {
  readonly id: string
  readonly digest: string
  readonly object: string
}

/** So many Deployments to change, and so many people who may approve that. */
export async function openClicks(size: { operations: number; people: number }): Promise<ClicksWorld> {
  const own = Array.from({ length: size.operations }, (_, n) => deployment(nameOf(n)))
  const manifests = [...platformManifests(new Date()), ...own]
  const [opened, cluster] = await Promise.all([
    open(),
    accounts().then((users) => startCluster({ users, manifests })),
  ])
  const folder = mkdtempSync(join(tmpdir(), 'bakery-clicks-'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, accountsKubeconfig(cluster))
  const env = {
    PATH: process.env.PATH,
    PLATFORM_FILE: 'platform.example.yaml',
    DATABASE_URL: opened.database.botUrl,
    KUBECONFIG: kubeconfig,
    LOG_LEVEL: process.env.CLICKS_LOG ?? 'error',
  }
  const replicas = await Promise.all(Array.from({ length: REPLICAS }, () => startReplica(env)))
  const people = await seedClickers(opened, size.people)
  const decide = decisions(opened)
  return {
    ...{ opened, cluster },
    async propose(n, approvals) {
      const found = cluster.store.get(DEPLOYMENTS, NAMESPACE, nameOf(n))
      if (found === undefined) throw new Error(`the practice cluster has no Deployment ${nameOf(n)}`)
      const { name, uid } = found.metadata
      const line = `rollout pause ${name}`
      const command = 'rollout pause'
      const facts = { line, command, requester: marco, channel: CHANNEL }
      const { id, digest } = await decide((desk) =>
        desk.propose(proposalOf(planOf(name, uid, approvals), facts)),
      )
      return { id, digest: digest.slice(0, DIGEST_SHOWN), object: name }
    },
    async clickAll({ id, digest }) {
      const usersOf = (place: number) => people.filter((_, index) => index % REPLICAS === place)
      await Promise.all(
        replicas.map((replica, place) =>
          replica.click({ operation: id, digest, channel: CHANNEL, users: usersOf(place) }),
        ),
      )
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.stop()))
      await cluster.stop()
      await opened.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const nameOf = (n: number) => `clicked-${String(n).padStart(4, '0')}`

/** Without pods: that its rollout is held is true as soon as it is written. */
function deployment(name: string): Manifest {
  const labels = { 'app.kubernetes.io/name': name }
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: NAMESPACE, labels } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'busybox:1' }] } },
    },
  }
}

function planOf(name: string, uid: string, approvals: 1 | 2): Plan {
  return {
    ...{ headline: `Hold the rollout of ${name}`, target: name, risk: 'destructive', warnings: [] },
    steps: [{ kind: 'pause', ref: { kind: 'Deployment', namespace: NAMESPACE, name, uid }, paused: true }],
    approvals,
  }
}

async function seedClickers({ admin }: Opened, many: number): Promise<readonly string[]> {
  const people = Array.from({ length: many }, (_, n) => `U0CLICK${String(n).padStart(2, '0')}`)
  const values = [people, CHANNEL]
  await admin.query(
    `INSERT INTO slack_user (user_id, team, name, kind)
     SELECT id, 'T0BAKERY', lower(id), 'member' FROM unnest($1::text[] || 'U0MARCO'::text) AS id`,
    [people],
  )
  await admin.query(
    `INSERT INTO slack_channel (channel, name, shared, archived) VALUES ($1, 'operations', false, false)`,
    [CHANNEL],
  )
  await admin.query(
    `INSERT INTO role_grant (user_id, channel, role, granted_by)
     SELECT id, $2, 'admin', 'U0OLIVIA' FROM unnest($1::text[]) AS id`,
    values,
  )
  return people
}

interface Replica {
  click(clicks: Clicks): Promise<void>
  stop(): Promise<void>
}

async function startReplica(env: NodeJS.ProcessEnv): Promise<Replica> {
  const child = fork(new URL('./replica.ts', import.meta.url), { env, execArgv: [] })
  const ended = once(child, 'exit')
  const answered = answers(child)
  await answered(null)
  return {
    async click(clicks) {
      const answer = answered(clicks.operation)
      child.send(clicks)
      await answer
    },
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

/** Waits for what the replica says; when it ends before, that is an error. */
function answers(child: ChildProcess): (operation: string | null) => Promise<void> {
  const waiting = new Map<string | null, { resolve: () => void; reject: (error: Error) => void }>()
  child.on('message', ({ operation }: Answered) => {
    waiting.get(operation)?.resolve()
    waiting.delete(operation)
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`a replica ended with ${code}`))
  })
  return (operation) => new Promise((resolve, reject) => waiting.set(operation, { resolve, reject }))
}
