import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/kubernetes.ts'
import type { Check } from '../../src/core/health.ts'
import type { HealthReader } from '../../src/core/ports/health.ts'
import { createHealth } from '../../src/health/report.ts'
import { type ControlPlane, controlPlaneNeeds, startControlPlane } from '../support/controlplane.ts'
import { examplePlatform } from '../support/platform.ts'
import { describeWith } from '../support/programs.ts'
import { ports } from './fixtures.ts'

const NAME = 'health-crasher'
const NAMESPACE = 'bakery-ia'

describeWith(controlPlaneNeeds, 'health of a real cluster', () => {
  let plane: ControlPlane
  let cluster: Kubernetes
  let health: HealthReader

  beforeAll(async () => {
    plane = await startControlPlane()
    const made = createKubernetes({
      kubeconfigPath: plane.kubeconfig,
      namespace: NAMESPACE,
      log: { warn: () => undefined },
    })
    if (!made) throw new Error('the kubeconfig was not found')
    cluster = made
    cluster.start()
    const clock = { now: () => new Date() }
    health = createHealth(
      ports({ cluster: cluster.reader, platform: examplePlatform(), clock, metrics: null }),
    )
  }, 240_000)

  afterAll(async () => {
    await plane?.kubectl('delete', 'deployment', NAME, '-n', NAMESPACE, '--ignore-not-found')
    await cluster?.stop()
  }, 60_000)

  const checksOf = async (area: Check['area']) =>
    (await health.report([area], AbortSignal.timeout(10_000))).checks
  const aboutCrasher = async (area: Check['area']) =>
    (await checksOf(area)).find(({ target }) => target === NAME)

  it('has all 18 services and 14 databases of the guide as workloads that are available', async () => {
    const checks = await checksOf('deployments')
    const platform = examplePlatform()
    for (const { name } of [...platform.services, ...platform.databases]) {
      expect(checks.find(({ target }) => target === name)).toMatchObject({ target: name, status: 'ok' })
    }
  }, 60_000)

  it('knows its nodes as ready', async () => {
    const checks = await checksOf('nodes')
    expect(checks.filter(({ facts }) => facts.ready === true).length).toBeGreaterThan(0)
  }, 60_000)

  it('shows a crash loop with its last words as the next step, and its end', async () => {
    await plane.kubectl('create', 'deployment', NAME, '--image=busybox', '-n', NAMESPACE)
    await until(async () => (await aboutCrasher('deployments'))?.facts.available === 1)
    expect(await aboutCrasher('pods')).toBeUndefined()

    await behave('crash-loop')
    await until(async () => (await aboutCrasher('pods'))?.facts.kind === 'crash loop')
    expect(await aboutCrasher('pods')).toMatchObject({
      area: 'pods',
      status: 'critical',
      reason: expect.stringContaining('crash'),
      next: `logs ${NAME} --since 1h --previous`,
    })

    await behave('out-of-memory')
    await until(async () => (await aboutCrasher('pods'))?.reason.includes('OOMKilled') === true)

    await behave('image-missing')
    await until(async () => (await aboutCrasher('pods'))?.facts.kind === 'image')
    expect(await aboutCrasher('pods')).toMatchObject({ status: 'critical', next: `events ${NAME}` })

    await plane.kubectl('delete', 'deployment', NAME, '-n', NAMESPACE)
    await until(async () => (await aboutCrasher('deployments')) === undefined)
  }, 180_000)

  async function behave(behaviour: string): Promise<void> {
    const annotations = { 'platform.test/behaviour': behaviour }
    const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } })
    await plane.kubectl('patch', 'deployment', NAME, '-n', NAMESPACE, '-p', patch)
  }
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100)
}
