import { afterEach, beforeAll, expect, it } from 'vitest'
import { WriteFailure } from '../../src/core/ports/objects.ts'
import type { Revision, WorkloadFacts } from '../../src/core/ports/workloads.ts'
import { at } from '../../src/core/raw.ts'
import type { Step } from '../../src/core/steps.ts'
import { type ControlPlane, controlPlaneNeeds, startControlPlane } from '../support/controlplane.ts'
import { describeWith } from '../support/programs.ts'
import { annotationsOf, labelsOf, specOf, type Twins, templateOf, twins, workloadOf } from './twins/twin.ts'
import { eventually, now } from './world.ts'

describeWith(controlPlaneNeeds, 'what Bakery does and what kubectl does to its twin', () => {
  let plane: ControlPlane
  let pair: Twins
  beforeAll(async () => {
    plane = await startControlPlane()
  }, 240_000)
  afterEach(async () => {
    await pair.remove()
  }, 60_000)

  const settled = (name: string) =>
    eventually(
      60_000,
      () => pair.kubernetes.workloads.get(name, now()),
      ({ rolling, available, replicas, revision }) => !rolling && available === replicas && revision !== null,
    )

  async function sameSpecs(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'): Promise<void> {
    const [ours, theirs] = [await pair.object(kind, pair.ours), await pair.object(kind, pair.theirs)]
    expect(specOf(ours, pair.ours)).toEqual(specOf(theirs, pair.theirs))
    expect(annotationsOf(ours)).toEqual(annotationsOf(theirs))
  }

  function rollbackTo(number: number, facts: WorkloadFacts): Step {
    const to = facts.revisions.find((one): one is Revision => one.number === number)
    if (to === undefined || facts.revision === null) throw new Error(`revision ${number} is not kept`)
    return {
      ...{ kind: 'rollback', ref: facts.ref, from: facts.revision, to: number },
      ...{ fromTemplate: facts.template, toTemplate: to.template },
    }
  }

  it.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)(
    'restart a %s',
    async (kind) => {
      pair = twins(plane)
      const replicas = kind === 'DaemonSet' ? {} : { replicas: 2 }
      await pair.make((name) =>
        workloadOf(kind, name, { ...replicas, template: templateOf(name, 'busybox:1') }),
      )
      await settled(pair.theirs)
      const { ref, template } = await settled(pair.ours)
      await pair.kubectl('rollout', 'restart', `${kind.toLowerCase()}/${pair.theirs}`)
      await pair.run({ kind: 'restart', ref, template })
      await pair.kubectl('rollout', 'status', `${kind.toLowerCase()}/${pair.theirs}`, '--timeout=60s')
      await sameSpecs(kind)
      expect((await settled(pair.ours)).revision).toBe((await settled(pair.theirs)).revision)
    },
    120_000,
  )

  it('roll a Deployment back to a revision that is named', async () => {
    pair = twins(plane)
    const spec = (name: string) => ({ replicas: 2, template: templateOf(name, 'busybox:1') })
    await pair.make((name) => workloadOf('Deployment', name, spec(name)))
    await pair.both('annotate', 'deployment/NAME', 'kubernetes.io/change-cause=first', 'team/note=then')
    await Promise.all([settled(pair.ours), settled(pair.theirs)])
    for (const turn of ['2', '3']) {
      await pair.both('set', 'image', 'deployment/NAME', `main=busybox:${turn}`)
      await pair.both(
        'annotate',
        '--overwrite',
        'deployment/NAME',
        `kubernetes.io/change-cause=${turn}`,
        'team/note-',
      )
      await pair.both('rollout', 'status', 'deployment/NAME', '--timeout=60s')
    }
    await pair.kubectl('rollout', 'undo', `deployment/${pair.theirs}`, '--to-revision=1')
    await pair.run(rollbackTo(1, await settled(pair.ours)))
    await pair.kubectl('rollout', 'status', `deployment/${pair.theirs}`, '--timeout=60s')
    await Promise.all([settled(pair.ours), settled(pair.theirs)])
    await sameSpecs('Deployment')
    const numbers = async (name: string) => (await settled(name)).revisions.map(({ number }) => number)
    expect(await numbers(pair.ours)).toEqual([4, 3, 2])
    expect(await numbers(pair.theirs)).toEqual([4, 3, 2])
    expect((await settled(pair.ours)).images).toEqual(['busybox:1'])
  }, 180_000)

  it.each(['StatefulSet', 'DaemonSet'] as const)(
    'roll a %s back to a revision that is named',
    async (kind) => {
      pair = twins(plane)
      const resource = kind.toLowerCase()
      const replicas = kind === 'DaemonSet' ? {} : { replicas: 2, serviceName: 'none' }
      await pair.make((name) =>
        workloadOf(kind, name, { ...replicas, template: templateOf(name, 'busybox:1') }),
      )
      await Promise.all([settled(pair.ours), settled(pair.theirs)])
      for (const turn of ['2', '3']) {
        await pair.both('set', 'image', `${resource}/NAME`, `main=busybox:${turn}`)
        await pair.both('set', 'env', `${resource}/NAME`, `ONLY_IN=${turn}`)
        await pair.both('rollout', 'status', `${resource}/NAME`, '--timeout=90s')
      }
      await pair.kubectl('rollout', 'undo', `${resource}/${pair.theirs}`, '--to-revision=1')
      await pair.run(rollbackTo(1, await settled(pair.ours)))
      await pair.kubectl('rollout', 'status', `${resource}/${pair.theirs}`, '--timeout=90s')
      await sameSpecs(kind)
      expect((await settled(pair.ours)).images).toEqual(['busybox:1'])
    },
    240_000,
  )

  it('scale what an autoscaler holds, by its bounds', async () => {
    pair = twins(plane)
    const autoscaler = (name: string) => ({
      ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
      metadata: { name, namespace: 'bakery-ia', labels: labelsOf(name) },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: 1,
        maxReplicas: 3,
      },
    })
    await pair.make((name) =>
      workloadOf('Deployment', name, { replicas: 1, template: templateOf(name, 'busybox:1') }),
    )
    await pair.make(autoscaler)
    await pair.kubectl('scale', `deployment/${pair.theirs}`, '--replicas=5')
    const replicas = async (name: string) => at(await pair.object('Deployment', name), 'spec', 'replicas')
    await eventually(
      60_000,
      () => replicas(pair.theirs),
      (many) => many === 3,
    )

    const facts = await settled(pair.ours)
    if (facts.autoscaler === null) throw new Error('the autoscaler was not found')
    const { ref, bounds } = facts.autoscaler
    expect(bounds).toEqual({ min: 1, max: 3 })
    await pair.run({ kind: 'autoscale', ref, from: bounds, to: { min: 5, max: 6 } })
    const patch = JSON.stringify({ spec: { minReplicas: 5, maxReplicas: 6 } })
    await pair.kubectl('patch', 'hpa', pair.theirs, '-p', patch)
    for (const name of [pair.ours, pair.theirs]) {
      await eventually(
        60_000,
        () => replicas(name),
        (many) => many === 5,
      )
    }
    const [ours, theirs] = await Promise.all(
      [pair.ours, pair.theirs].map(async (name) =>
        specOf(await pair.object('HorizontalPodAutoscaler', name), name),
      ),
    )
    expect(ours).toEqual(theirs)
    await sameSpecs('Deployment')
  }, 180_000)

  it('drain a node as far as a budget allows, one pod after the other', async () => {
    pair = twins(plane)
    const nodes = { [pair.ours]: 'node-2', [pair.theirs]: 'node-3' }
    const place = (name: string) => ({ node: nodes[name] ?? '' })
    const budget = (name: string) => ({
      ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
      metadata: { name, namespace: 'bakery-ia', labels: labelsOf(name) },
      spec: { maxUnavailable: 1, selector: { matchLabels: { twin: name } } },
    })
    await pair.make((name) =>
      workloadOf('Deployment', name, { replicas: 3, template: templateOf(name, 'busybox:1', place(name)) }),
    )
    await pair.make(budget)
    await Promise.all([settled(pair.ours), settled(pair.theirs)])
    await eventually(
      30_000,
      () => settled(pair.ours),
      ({ budgets }) => budgets[0]?.allowed === 1,
    )

    const drained = pair.kubectl(
      ...['drain', 'node-3', '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=90s'],
      `--pod-selector=twin=${pair.theirs}`,
    )
    try {
      const refusals = await drain('node-2', pair.ours)
      await drained
      expect(refusals).toBeGreaterThan(0)
      for (const [name, node] of Object.entries(nodes)) {
        const { unschedulable, taints } = (await pair.object('Node', node)).spec as Record<string, unknown>
        expect([unschedulable, keysOf(taints)]).toEqual([true, ['node.kubernetes.io/unschedulable']])
        const facts = await pair.kubernetes.workloads.node(node, now())
        expect(facts.pods.filter(({ workload, stays }) => workload === name && stays === null)).toEqual([])
        expect((await settled(name)).available).toBe(3)
      }
    } finally {
      await drained.catch(() => undefined)
      await plane.kubectl('uncordon', 'node-2', 'node-3')
    }
  }, 240_000)

  /** Cordons, and evicts one pod after the other; how often the budget said not yet. */
  async function drain(name: string, workload: string): Promise<number> {
    const { workloads } = pair.kubernetes
    const node = await workloads.node(name, now())
    await pair.run({ kind: 'cordon', ref: node.ref, cordoned: true })
    let refusals = 0
    const leaving = node.pods.filter((pod) => pod.workload === workload && pod.stays === null)
    expect(leaving.length).toBeGreaterThan(1)
    for (const { ref } of leaving) {
      const evict = () =>
        pair.kubernetes.objects.writer.write({ verb: 'evict', ref }, now()).then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof WriteFailure) || error.status !== 429) throw error
            refusals += 1
            return false
          },
        )
      await eventually(60_000, evict, (gone) => gone)
    }
    return refusals
  }
})

const keysOf = (taints: unknown) => (taints as { key: string }[]).map(({ key }) => key)
