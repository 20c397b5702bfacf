import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { type PracticeCluster, startCluster } from '../../practice/cluster/start.ts'
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/kubernetes.ts'
import type { Operation } from '../../src/core/operation.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { Planner } from '../../src/core/ports/planner.ts'
import { createPlanner } from '../../src/operations/plan.ts'
import { createRehearsal } from '../../src/operations/rehearse.ts'
import { readScene } from '../../src/operations/scene.ts'
import { preview } from '../../src/views/operations/preview.ts'
import { ASK, answeringDatabases, codesOf, registry } from '../commands/changes/support.ts'
import { assertHarmless } from '../support/hostile.ts'
import { ownPorts } from '../support/ports.ts'
import { snapshotOf } from '../support/snapshot.ts'

let cluster: PracticeCluster
let kubernetes: Kubernetes
let planner: Planner
const folder = mkdtempSync(join(tmpdir(), 'bakery-plans-'))

beforeAll(async () => {
  cluster = await startCluster()
  const kubeconfigPath = join(folder, 'kubeconfig')
  writeFileSync(kubeconfigPath, cluster.kubeconfig())
  const made = createKubernetes({ kubeconfigPath, namespace: 'bakery-ia', log: { warn() {} }, mode: 'once' })
  if (made === null) throw new Error('there is no kubeconfig')
  kubernetes = made
  const { reader, rehearser } = kubernetes.objects
  const ports: ReadPorts = ownPorts(snapshotOf({}), commands, {
    workloads: kubernetes.workloads,
    databases: answeringDatabases(),
  })
  planner = createPlanner({
    registry,
    ports: () => ports,
    rehearse: createRehearsal({
      scene: (step, signal) => readScene(reader, step, 'before', null, signal),
      rehearser,
      now: () => new Date(),
      scrub: (text) => text,
    }),
  })
})
afterAll(async () => {
  await kubernetes?.stop()
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const plan = (line: string) => planner.plan(line, { ...ASK, at: new Date() }, AbortSignal.timeout(20_000))

describe('on the practice platform', () => {
  it('a scale under Flux says when it is undone, and what the API server would make of it', async () => {
    const { plan: made, rehearsed } = await plan('scale inventory 2')
    expect(made.steps).toMatchObject([{ kind: 'scale', from: 1, to: 2, ref: { name: 'inventory-service' } }])
    expect(codesOf(made)).toEqual(['UNDONE_BY_FLUX'])
    expect(rehearsed).toContainEqual({
      what: 'Deployment/inventory-service spec.replicas',
      was: '1',
      becomes: '2',
    })
  })

  it('the guide’s own scale is refused with the autoscaler’s maximum, and the bounds can be changed', async () => {
    const { plan: refused } = await plan('scale orders-service 5')
    expect(refused).toMatchObject({ steps: [], instead: ['hpa orders-service --max 5'] })
    const { plan: bounds, rehearsed } = await plan('hpa orders-service --max 5')
    expect(bounds.steps).toMatchObject([
      { kind: 'autoscale', from: { min: 1, max: 3 }, to: { min: 1, max: 5 } },
    ])
    expect(rehearsed.map(({ what }) => what)).toEqual([
      'HorizontalPodAutoscaler/orders-service-hpa spec.maxReplicas',
    ])
  })

  it('a restart of a database names what it cuts and what its strategy would do', async () => {
    const { plan: made } = await plan('restart auth-db')
    expect(made.risk).toBe('destructive')
    expect(codesOf(made)).toContain('CUTS_CONNECTIONS')
    expect(made.steps).toMatchObject([{ kind: 'restart', ref: { kind: 'Deployment', name: 'auth-db' } }])
  })

  it('a restart of a service is a change that Flux leaves alone', async () => {
    const { plan: made, rehearsed } = await plan('restart gateway')
    expect(made).toMatchObject({ risk: 'change', steps: [{ kind: 'restart' }] })
    expect(codesOf(made)).not.toContain('UNDONE_BY_FLUX')
    expect(rehearsed).toEqual([])
    expect(made.facts).toContain('The API server would accept it (1 dry run).')
  })

  it('a rollback shows the revisions to choose from, and what one of them changes', async () => {
    const { plan: choice } = await plan('rollback inventory')
    const [first] = choice.choices ?? []
    if (first === undefined) {
      expect(codesOf(choice)).toEqual(['NO_SUCH_REVISION'])
      return
    }
    const { plan: made } = await plan(first.line)
    expect(made.steps).toMatchObject([{ kind: 'rollback', ref: { name: 'inventory-service' } }])
    expect(codesOf(made)).toContain('UNDONE_BY_FLUX')
    expect(made.differences).not.toEqual([])
  })

  it('a drain lists what leaves, what stays and what waits', async () => {
    const { plan: refused } = await plan('node drain node-2')
    const { plan: made } = await plan('node drain node-2 --force --lose-data')
    expect(made.risk).toBe('destructive')
    expect(made.steps[0]).toMatchObject({ kind: 'cordon', cordoned: true })
    expect(made.steps.slice(1).every(({ kind }) => kind === 'evict')).toBe(true)
    expect(made.steps.length).toBeGreaterThan(1)
    expect(refused.steps.length === 0 || refused.steps.length === made.steps.length).toBe(true)
  })

  it('a restart of all goes through every service and no database, one plan', async () => {
    const { plan: made } = await plan('restart all')
    const names = made.steps.map(({ ref }) => ref.name)
    expect(names).toContain('gateway')
    expect(names.filter((name) => name.endsWith('-db'))).toEqual([])
    const { plan: all } = await plan('restart all --with-databases')
    expect(all.steps.at(-1)?.ref.name).toMatch(/-db$/)
  })

  it('Flux is suspended with a change, rehearsed, and resumed by the plan', async () => {
    const { plan: made } = await plan('scale inventory 2 --suspend-flux 1h')
    expect(made.steps.map(({ kind }) => kind)).toEqual(['suspend', 'scale'])
    expect(made.resume?.steps).toMatchObject([{ kind: 'suspend', suspended: false }])
    const { plan: exempted } = await plan('scale inventory 2 --exempt')
    expect(exempted.steps.map(({ kind }) => kind)).toEqual(['exempt', 'scale'])
  })

  it('gives the same digest when nothing has changed, and another when something has', async () => {
    const line = 'scale inventory 2'
    const [one, again] = [await plan(line), await plan(`${line} --reason "for the test"`)]
    expect(again.digest).toBe(one.digest)
    const other = await plan('scale inventory 3')
    expect(other.digest).not.toBe(one.digest)
  })

  it('every preview is one that Slack takes, and nothing was written by any of it', async () => {
    for (const line of [
      'restart all --with-databases',
      'node drain node-2 --force --lose-data',
      'scale inventory 2',
    ]) {
      const planned = await plan(line)
      const operation = { id: '4f7k2m9x0q', expiresAt: new Date().toISOString(), confirmWithinSeconds: null }
      assertHarmless(
        preview({
          operation: { ...operation, ...planned } as unknown as Operation,
          planned,
          zone: 'Europe/Madrid',
        }),
      )
    }
    const written = cluster.audit().filter(({ requestURI }) => !requestURI.includes('dryRun=All'))
    expect(written).toEqual([])
    expect(cluster.audit().length).toBeGreaterThan(0)
  })
})
