import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { autoscalerFor, projectAutoscaler } from '../../../src/adapters/kubernetes/autoscalers.ts'
import { budgetsFor } from '../../../src/adapters/kubernetes/budgets.ts'
import { templateDifferences } from '../../../src/adapters/kubernetes/differences.ts'
import { projectFlux } from '../../../src/adapters/kubernetes/flux.ts'
import { goDuration, managementOf } from '../../../src/adapters/kubernetes/management.ts'
import { nodeFacts } from '../../../src/adapters/kubernetes/node-facts.ts'
import { selectorText, selects } from '../../../src/adapters/kubernetes/selectors.ts'
import { exclusiveClaims } from '../../../src/adapters/kubernetes/volumes.ts'
import { workloadFacts } from '../../../src/adapters/kubernetes/workload-facts.ts'
import type { RawObject } from '../../../src/core/ports/objects.ts'

type Json = Record<string, unknown>

function object(name: string, metadata: Json = {}, rest: Json = {}): RawObject {
  const own = { name, namespace: 'bakery-ia', uid: `uid-${name}`, resourceVersion: '1', generation: 1 }
  return { metadata: { ...own, ...metadata }, ...rest }
}

const LABELS = {
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
}
const kustomization = (spec: Json = {}, status: Json = {}) =>
  object('apps', { namespace: 'flux-system' }, { spec: { interval: '10m', ...spec }, status })
const managed = (metadata: Json = {}) => object('orders', { labels: LABELS, ...metadata })

describe('who puts an object back as git has it', () => {
  it('is the Kustomization that its labels name, with its interval', () => {
    const history = [{ lastReconciled: '2026-11-23T05:00:00Z' }]
    expect(managementOf(managed(), kustomization({ suspend: true }, { history }))).toEqual({
      ref: { kind: 'Kustomization', namespace: 'flux-system', name: 'apps', uid: 'uid-apps' },
      ...{ intervalSeconds: 600, suspended: true, exempted: false, correctsDrift: true },
      ...{ owns: { replicas: true, template: true }, replicasHidden: false },
      gitReplicas: null,
      lastAppliedAt: new Date('2026-11-23T05:00:00Z'),
    })
  })

  it('is nobody when the labels are left over, or there are none', () => {
    expect(managementOf(managed(), null)).toBeNull()
    expect(managementOf(object('orders'), kustomization())).toBeNull()
  })

  it.each<[string, Json]>([
    ['a label', { labels: { ...LABELS, 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } }],
    ['an annotation', { annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } }],
    ['being told to leave it', { annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'Ignore' } }],
  ])('leaves it alone by %s', (_what, metadata) => {
    expect(managementOf(managed(metadata), kustomization())?.exempted).toBe(true)
  })

  it('owns what it has applied, and a number that somebody else has set may hide its own', () => {
    const entry = (manager: string, fields: Json, more: Json = {}) => ({
      ...{ manager, operation: 'Apply', fieldsV1: { 'f:spec': fields } },
      ...more,
    })
    const owns = (...managedFields: Json[]) => managementOf(managed({ managedFields }), kustomization())?.owns
    expect(
      owns(entry('kustomize-controller', { 'f:template': {} }), entry('bakery', { 'f:replicas': {} })),
    ).toEqual({
      ...{ replicas: true, template: true },
    })
    const byAutoscaler = entry('kube-controller-manager', { 'f:replicas': {} }, { subresource: 'scale' })
    expect(owns(entry('kustomize-controller', { 'f:template': {} }), byAutoscaler)).toEqual({
      replicas: false,
      template: true,
    })
    expect(owns(entry('kustomize-controller', { 'f:maxReplicas': {} }))).toEqual({
      replicas: true,
      template: false,
    })
    expect(owns(entry('other', {}))).toEqual({ replicas: true, template: true })
  })

  it('cannot tell whether git has a number that an autoscaler has set since Flux last looked', () => {
    const hidden = (time: string, ...others: Json[]) => {
      const scaled = { manager: 'kube-controller-manager', subresource: 'scale', operation: 'Update', time }
      const managedFields = [
        { manager: 'kustomize-controller', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:template': {} } } },
        { ...scaled, fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        ...others,
      ]
      const history = [{ lastReconciled: '2026-11-23T05:00:00Z' }]
      return managementOf(managed({ managedFields }), kustomization({}, { history }))?.replicasHidden
    }
    expect(hidden('2026-11-23T05:03:00Z')).toBe(true)
    expect(hidden('2026-11-23T04:57:00Z')).toBe(false)
    const own = { manager: 'kustomize-controller', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }
    expect(hidden('2026-11-23T05:03:00Z', own)).toBe(false)
  })

  it('tells the number that git has only while that is what runs', () => {
    const by = (manager: string) => ({
      ...managed({
        managedFields: [{ manager, operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
      }),
      spec: { replicas: 3 },
    })
    expect(managementOf(by('kustomize-controller'), kustomization())?.gitReplicas).toBe(3)
    expect(managementOf(by('bakery'), kustomization())?.gitReplicas).toBeNull()
  })

  it('of a Helm release puts drift right only when it looks for it', () => {
    const labels = { 'helm.toolkit.fluxcd.io/name': 'redis', 'helm.toolkit.fluxcd.io/namespace': 'bakery-ia' }
    const release = (mode: string) =>
      object('redis', {}, { spec: { interval: '1h', driftDetection: { mode } } })
    const by = (mode: string, more: Json = {}) =>
      managementOf(object('redis', { labels: { ...labels, ...more } }), release(mode))
    expect(by('enabled')).toMatchObject({
      correctsDrift: true,
      intervalSeconds: 3600,
      ref: { kind: 'HelmRelease' },
    })
    expect(by('warn')?.correctsDrift).toBe(false)
    expect(by('enabled', { 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' })?.exempted).toBe(true)
  })
})

describe('a duration as Go writes it', () => {
  it.each<[unknown, number | null]>([
    ['10m', 600],
    ['1h30m0s', 5400],
    ['1.5h', 5400],
    ['250ms', 0.25],
    ['', null],
    ['10', null],
    ['-5m', null],
    ['5 m', null],
    [600, null],
  ])('%s is %s s', (written, seconds) => {
    expect(goDuration(written)).toBe(seconds)
  })

  it('is never anything but a number or null', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue()), (written) => {
        const seconds = goDuration(written)
        return seconds === null || (Number.isFinite(seconds) && seconds >= 0)
      }),
    )
  })
})

describe('a disruption budget', () => {
  const budget = (spec: Json, status: Json, metadata: Json = {}) =>
    object('pdb', metadata, { spec: { selector: { matchLabels: { app: 'x' } }, ...spec }, status })
  const of = (one: RawObject, labels: Json = { app: 'x' }) => budgetsFor('bakery-ia', labels, [one])

  it('says what must stay and what may go', () => {
    const status = { observedGeneration: 1, disruptionsAllowed: 2 }
    expect(of(budget({ minAvailable: 1 }, status))).toEqual([
      { name: 'pdb', allowed: 2, says: 'at least 1 pod must stay; 2 may go now' },
    ])
    expect(of(budget({ maxUnavailable: '50%' }, status))[0]?.says).toBe(
      'at most 50% of the pods may be away; 2 may go now',
    )
  })

  it('lets none go while its controller has not looked', () => {
    expect(
      of(budget({ minAvailable: 1 }, { observedGeneration: 0, disruptionsAllowed: 5 }))[0]?.allowed,
    ).toBe(0)
    expect(of(budget({ minAvailable: 1 }, {}))[0]?.allowed).toBe(0)
  })

  it('is about the pods that it selects, in its namespace', () => {
    const status = { observedGeneration: 1, disruptionsAllowed: 1 }
    expect(of(budget({}, status), { app: 'y' })).toEqual([])
    expect(of(budget({}, status, { namespace: 'other' }))).toEqual([])
    expect(of(budget({ selector: {} }, status))).toHaveLength(1)
    expect(of(budget({ selector: null }, status))).toHaveLength(0)
  })
})

describe('a selector', () => {
  const selector = {
    matchLabels: { app: 'x' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
      { key: 'env', operator: 'NotIn', values: ['test'] },
      { key: 'app', operator: 'Exists' },
    ],
  }

  it('holds when all of it does', () => {
    expect(selects(selector, { app: 'x', tier: 'a' })).toBe(true)
    for (const labels of [
      { app: 'x' },
      { app: 'x', tier: 'a', old: '' },
      { tier: 'a' },
      { app: 'x', tier: 'b', env: 'test' },
    ]) {
      expect(selects(selector, labels)).toBe(false)
    }
    expect(selects({ matchExpressions: [{ key: 'a', operator: 'New' }] }, { a: '1' })).toBe(false)
  })

  it('is written as the API server reads it', () => {
    expect(selectorText(selector)).toBe('app=x,tier in (a,b),!old,env notin (test),app')
  })
})

describe('an autoscaler', () => {
  const hpa = (spec: Json, status: Json = {}) =>
    object(
      'orders-hpa',
      {},
      { spec: { scaleTargetRef: { kind: 'Deployment', name: 'orders' }, ...spec }, status },
    )

  it('is that of the workload which it names', () => {
    const all = [hpa({ maxReplicas: 3 })]
    expect(autoscalerFor('Deployment', 'orders', all)).toBe(all[0])
    expect(autoscalerFor('StatefulSet', 'orders', all)).toBeNull()
    expect(autoscalerFor('Deployment', 'order', all)).toBeNull()
  })

  it('says its bounds, by what it scales, and what is wrong', () => {
    const metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
      {
        type: 'Pods',
        pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '100' } },
      },
      { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '30' } } },
      { type: 'Brandnew' },
    ]
    const conditions = [
      { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale' },
      { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' },
    ]
    const status = { currentReplicas: 2, desiredReplicas: 3, conditions }
    expect(projectAutoscaler(hpa({ maxReplicas: 3, metrics }, status), null)).toMatchObject({
      ...{
        bounds: { min: 1, max: 3 },
        current: 2,
        desired: 3,
        trouble: 'FailedGetResourceMetric',
        managedBy: null,
      },
      metrics: ['cpu 80 %', 'rps 100 a pod', 'queue 30'],
    })
  })
})

describe('what differs between two templates', () => {
  const template = (container: Json, spec: Json = {}, metadata: Json = {}) => ({
    metadata,
    spec: { containers: [{ name: 'main', image: 'a:1', ...container }], ...spec },
  })

  it('is nothing for the same, and a restart is nothing', () => {
    const restarted = template({}, {}, { annotations: { 'kubectl.kubernetes.io/restartedAt': 'x' } })
    expect(templateDifferences(template({}), restarted)).toEqual([])
  })

  it('is named as people name it, what is looked for first at the top', () => {
    const resources = { limits: { memory: '1Gi' } }
    const probe = { httpGet: { path: '/live' } }
    const now = template(
      { image: 'a:2', resources, livenessProbe: probe, args: ['--fast'] },
      { serviceAccountName: 'x' },
    )
    expect(templateDifferences(now, template({}))).toEqual([
      { what: 'image', was: 'a:2', becomes: 'a:1' },
      { what: 'args', was: '["--fast"]', becomes: null },
      { what: 'resources', was: '{"limits":{"memory":"1Gi"}}', becomes: null },
      { what: 'livenessProbe', was: '{"httpGet":{"path":"/live"}}', becomes: null },
      { what: 'serviceAccountName', was: 'x', becomes: null },
    ])
  })

  it('names the container where there are several, and those that come and go', () => {
    const two = template(
      {},
      {
        containers: [
          { name: 'main', image: 'a:1' },
          { name: 'log', image: 'l:1' },
        ],
      },
    )
    const other = template({}, { containers: [{ name: 'main', image: 'a:2' }] })
    expect(templateDifferences(two, other)).toEqual([
      { what: 'image of main', was: 'a:1', becomes: 'a:2' },
      { what: 'container log', was: 'l:1', becomes: null },
    ])
  })

  it('shows values of the environment, and of secrets where they come from', () => {
    const secret = (name: string) => ({
      name: 'DB_PASSWORD',
      valueFrom: { secretKeyRef: { name, key: 'password' } },
    })
    const before = [
      secret('old'),
      { name: 'MODE', value: 'slow' },
      { name: 'API_TOKEN', value: 'hunter2secretvalue' },
    ]
    const after = [
      secret('new'),
      { name: 'MODE', value: 'fast' },
      { name: 'API_TOKEN', value: 'hunter3secretvalue' },
    ]
    const shown = templateDifferences(template({ env: before }), template({ env: after }))
    expect(shown).toEqual([
      { what: 'environment API_TOKEN', was: '[masked]', becomes: '[masked]' },
      {
        what: 'environment DB_PASSWORD',
        was: 'key password of Secret old',
        becomes: 'key password of Secret new',
      },
      { what: 'environment MODE', was: 'slow', becomes: 'fast' },
    ])
  })

  it('shows no secret that stands in a command, an argument or an annotation', () => {
    const canary = 'hunter2secretvalue'
    const now = template(
      { args: [`--password=${canary}`], env: [{ name: 'URL', value: `postgres://u:${canary}@db/x` }] },
      {},
      { annotations: { 'vault.example/token': canary } },
    )
    expect(JSON.stringify(templateDifferences(now, template({})))).not.toContain(canary)
  })

  it('is made of anything, and of nothing only for the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const shown = templateDifferences({ spec: one }, { spec: other })
        for (const { was, becomes } of shown) {
          expect((was ?? '').length).toBeLessThanOrEqual(160)
          expect((becomes ?? '').length).toBeLessThanOrEqual(160)
        }
        expect(templateDifferences({ spec: one }, { spec: one })).toEqual([])
      }),
    )
  })
})

describe('what would leave a node', () => {
  const node = (name: string, spec: Json = {}) =>
    object(
      name,
      { namespace: undefined },
      { spec, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
    )
  const owned = (kind: string) => ({ ownerReferences: [{ kind, name: 'x', uid: 'u', controller: true }] })
  const pod = (name: string, metadata: Json, rest: Json = {}) =>
    object(name, metadata, { status: { phase: 'Running' }, ...rest })

  it('is judged as kubectl drain does', () => {
    const pods = [
      pod('service', owned('ReplicaSet')),
      pod('daemon', owned('DaemonSet')),
      pod('static', { annotations: { 'kubernetes.io/config.mirror': 'abc' } }),
      pod('done', owned('Job'), { status: { phase: 'Succeeded' } }),
      pod('going', { ...owned('ReplicaSet'), deletionTimestamp: '2026-11-23T05:00:00Z' }),
      pod('alone', {}, { spec: { volumes: [{ name: 'cache', emptyDir: {} }] } }),
    ]
    const facts = nodeFacts(
      node('a', { unschedulable: true }),
      [node('a'), node('b'), node('c', { unschedulable: true })],
      pods,
      [],
      false,
    )
    expect(facts).toMatchObject({ cordoned: true, ready: true, others: 1, everywhere: false })
    expect(facts.pods.map(({ ref, stays, alone, losesData }) => [ref.name, stays, alone, losesData])).toEqual(
      [
        ['service', null, false, false],
        ['daemon', 'DaemonSet', false, false],
        ['static', 'mirror', true, false],
        ['done', 'finished', false, false],
        ['going', 'leaving', false, false],
        ['alone', null, true, true],
      ],
    )
  })
})

describe('what Flux says of itself', () => {
  const repository = object('source', { namespace: 'flux-system' })
  const ready = (status: string) => [
    { type: 'Ready', status, message: 'Applied', lastTransitionTime: '2026-11-23T05:00:00Z' },
  ]

  it('is believed for the present generation only', () => {
    const spec = { sourceRef: { kind: 'GitRepository', name: 'source' } }
    const flux = (status: Json) => projectFlux(kustomization(spec, status), 'Kustomization', [repository])
    expect(
      flux({ observedGeneration: 1, conditions: ready('True'), lastAppliedRevision: 'main@sha1:1' }),
    ).toMatchObject({
      ...{ ready: true, reason: null, appliedRevision: 'main@sha1:1', suspended: false },
      source: { kind: 'GitRepository', namespace: 'flux-system', name: 'source', uid: 'uid-source' },
      lastAppliedAt: new Date('2026-11-23T05:00:00Z'),
    })
    expect(flux({ observedGeneration: 1, conditions: ready('False') })).toMatchObject({
      ready: false,
      reason: 'Applied',
    })
    expect(flux({ observedGeneration: 0, conditions: ready('True') }).ready).toBeNull()
    expect(flux({ observedGeneration: 1, conditions: ready('Unknown') }).ready).toBeNull()
  })
})

describe('the facts about a workload', () => {
  const around = {
    ...{ autoscalers: [], budgets: [], quotas: [], claims: [], kept: [], nodes: null, loads: [] },
    ownerOf: () => null,
  }

  it('know the volumes that two pods cannot share', () => {
    const volumes = ['data', 'shared', 'gone'].map((claimName) => ({ persistentVolumeClaim: { claimName } }))
    const workload = object('orders-db', {}, { spec: { template: { spec: { volumes } } } })
    const claim = (name: string, mode: string, namespace = 'bakery-ia') =>
      object(name, { namespace }, { spec: { accessModes: [mode] } })
    const claims = [
      claim('data', 'ReadWriteOnce'),
      claim('shared', 'ReadWriteMany'),
      claim('gone', 'ReadWriteOnce', 'other'),
    ]
    expect(exclusiveClaims(workload, claims)).toEqual(['data'])
  })

  it('are made of anything that calls itself a workload', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (spec, status) => {
        const workload = object('x', {}, { spec, status } as Json)
        for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
          const facts = workloadFacts(workload, kind, { ...around, kept: [workload], claims: [workload] })
          expect(facts.ref).toEqual({ kind, namespace: 'bakery-ia', name: 'x', uid: 'uid-x' })
          expect(facts.room.nodes).toBeNull()
        }
      }),
    )
  })
})
