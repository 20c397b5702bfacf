import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DependencyError } from '../../../src/core/errors.ts'
import type { Management, WorkloadFacts } from '../../../src/core/ports/workloads.ts'
import { expectUserError } from '../../support/expect-error.ts'
import { seedOf } from '../../support/hostile.ts'
import { NOW } from '../../support/snapshot.ts'
import {
  autoscaler,
  databaseFacts,
  databaseState,
  fluxFacts,
  management,
  revision,
  workloadFacts,
} from '../../support/workloads.ts'
import { ASK, answeringDatabases, codesOf, planFor, planned, textOf } from './support.ts'

const orders = (changes: Partial<WorkloadFacts> = {}) => ({ workloads: [workloadFacts(changes)] })
const authDb = (changes: Partial<WorkloadFacts> = {}) => ({ workloads: [databaseFacts(changes)] })
const fluxed = { managedBy: management() }

type Row = readonly [
  what: string,
  line: string,
  facts: { workloads: WorkloadFacts[] },
  expected: {
    codes: readonly string[]
    risk?: 'change' | 'destructive'
    stops?: true
    instead?: readonly string[]
  },
]

const ROWS: readonly Row[] = [
  ['a restart of a stateless service', 'restart orders', orders(), { codes: [], risk: 'change' }],
  ['a restart that Flux leaves alone', 'restart orders', orders(fluxed), { codes: [], risk: 'change' }],
  [
    'a restart while it is paused',
    'restart orders',
    orders({ paused: true }),
    { codes: ['PAUSED'], stops: true, instead: ['rollout resume orders-service'] },
  ],
  ['a restart during a rollout', 'restart orders', orders({ rolling: true }), { codes: ['ALREADY_ROLLING'] }],
  [
    'a restart of what stands still',
    'restart orders',
    orders({ rolling: true, failure: { reason: 'ProgressDeadlineExceeded', message: 'no progress' } }),
    { codes: ['ALREADY_ROLLING'] },
  ],
  [
    'a restart that the quota has no room for',
    'restart orders',
    orders({ room: { nodes: 4, quota: { name: 'compute', resource: 'limits.memory', pods: 0 } } }),
    { codes: ['QUOTA'] },
  ],
  [
    'a restart that no node has room for',
    'restart orders',
    orders({ room: { nodes: 0, quota: null } }),
    { codes: ['NO_ROOM'] },
  ],
  [
    'a restart of the only pod, which ends first',
    'restart orders',
    orders({ replicas: 1, strategy: 'Recreate' }),
    { codes: ['SINGLE_REPLICA'], risk: 'change' },
  ],
  ['a restart of the only pod, rolling', 'restart orders', orders({ replicas: 1 }), { codes: [] }],
  [
    'a restart of a database',
    'restart auth-db',
    authDb(),
    { codes: ['CUTS_CONNECTIONS', 'SINGLE_REPLICA'], risk: 'destructive' },
  ],
  [
    'a restart of a database that rolls',
    'restart auth-db',
    authDb({ strategy: 'RollingUpdate' }),
    { codes: ['SECOND_POSTMASTER', 'CUTS_CONNECTIONS'], risk: 'destructive' },
  ],
  [
    'a restart of Redis',
    'restart redis',
    { workloads: [workloadFacts({ name: 'redis', component: 'cache', replicas: 1, strategy: 'Recreate' })] },
    { codes: ['CUTS_CONNECTIONS', 'SINGLE_REPLICA'], risk: 'destructive' },
  ],
  [
    'a restart of a StatefulSet that changes on deletion',
    'restart orders',
    orders({
      strategy: 'OnDelete',
      ref: { kind: 'StatefulSet', namespace: 'bakery-ia', name: 'orders-service', uid: 'u' },
    }),
    { codes: ['ON_DELETE'], risk: 'destructive' },
  ],
  ['more pods', 'scale orders 3', orders(), { codes: [], risk: 'change' }],
  ['no pods', 'scale orders 0', orders(), { codes: ['ZERO_REPLICAS'], risk: 'destructive' }],
  [
    'the guide’s own five pods under an autoscaler of at most three',
    'scale orders 5',
    orders({ autoscaler: autoscaler() }),
    { codes: ['AUTOSCALED'], stops: true, instead: ['hpa orders-service --max 5'] },
  ],
  [
    'fewer pods than the autoscaler allows',
    'scale orders 1',
    orders({ autoscaler: autoscaler({ bounds: { min: 2, max: 3 } }) }),
    { codes: ['AUTOSCALED'], stops: true, instead: ['hpa orders-service --min 1'] },
  ],
  [
    'a number within the autoscaler’s bounds',
    'scale orders 3',
    orders({ autoscaler: autoscaler() }),
    { codes: ['AUTOSCALED'], instead: ['hpa orders-service --min 3'] },
  ],
  [
    'no pods under an autoscaler',
    'scale orders 0',
    orders({ autoscaler: autoscaler() }),
    { codes: ['AUTOSCALED', 'ZERO_REPLICAS'], risk: 'destructive' },
  ],
  [
    'more pods than the quota holds',
    'scale orders 9',
    orders({ room: { nodes: 3, quota: { name: 'compute', resource: 'cpu', pods: 4 } } }),
    { codes: ['QUOTA', 'NO_ROOM'] },
  ],
  [
    'a number that git has another of',
    'scale orders 3',
    orders(fluxed),
    {
      codes: ['UNDONE_BY_FLUX'],
      instead: ['scale orders-service 3 --suspend-flux 1h', 'scale orders-service 3 --exempt'],
    },
  ],
  [
    'a number that git does not say',
    'scale orders 3',
    orders({ managedBy: management({ owns: { replicas: false, template: true } }) }),
    { codes: [] },
  ],
  [
    'a number while Flux is suspended',
    'scale orders 3',
    orders({ managedBy: management({ suspended: true }) }),
    { codes: [] },
  ],
  [
    'a number of a Helm release that lets drift be',
    'scale orders 3',
    orders({ managedBy: management({ correctsDrift: false }) }),
    { codes: [] },
  ],
  [
    'a second database on one volume',
    'scale auth-db 2',
    authDb(),
    { codes: ['SECOND_POSTMASTER'], risk: 'destructive' },
  ],
  [
    'a database that is switched off',
    'scale auth-db 0',
    authDb(),
    { codes: ['ZERO_REPLICAS', 'CUTS_CONNECTIONS'], risk: 'destructive' },
  ],
  [
    'a DaemonSet',
    'scale orders 3',
    orders({ ref: { kind: 'DaemonSet', namespace: 'bakery-ia', name: 'orders-service', uid: 'u' } }),
    { codes: ['NOT_SCALABLE'], stops: true },
  ],
  ['a rollback', 'rollback orders --to 6', orders(), { codes: [], risk: 'change' }],
  [
    'a rollback under Flux',
    'rollback orders --to 6',
    orders(fluxed),
    {
      codes: ['UNDONE_BY_FLUX'],
      instead: [
        'rollback orders-service --to 6 --suspend-flux 1h',
        'rollback orders-service --to 6 --exempt',
      ],
    },
  ],
  [
    'a rollback while it is paused',
    'rollback orders --to 6',
    orders({ paused: true }),
    { codes: ['PAUSED'], stops: true, instead: ['rollout resume orders-service'] },
  ],
  [
    'a rollback to what there is not',
    'rollback orders --to 4',
    orders(),
    {
      codes: ['NO_SUCH_REVISION'],
      stops: true,
      instead: ['rollback orders-service --to 6', 'rollback orders-service --to 5'],
    },
  ],
  [
    'a rollback without any earlier revision',
    'rollback orders',
    orders({ revisions: [revision({ number: 7, template: 'template-7' })] }),
    { codes: ['NO_SUCH_REVISION'], stops: true },
  ],
  [
    'a rollback to what runs',
    'rollback orders --to 5',
    orders(),
    { codes: ['SAME_REVISION'], stops: true, instead: ['rollback orders-service --to 6'] },
  ],
  [
    'a rollback of a database that rolls',
    'rollback auth-db --to 6',
    authDb({ strategy: 'RollingUpdate' }),
    { codes: ['SECOND_POSTMASTER', 'CUTS_CONNECTIONS'], risk: 'destructive' },
  ],
  [
    'a higher maximum',
    'hpa orders --max 5',
    orders({ autoscaler: autoscaler() }),
    { codes: [], risk: 'change' },
  ],
  [
    'bounds that git has others of',
    'hpa orders --max 5',
    orders({ autoscaler: autoscaler({ managedBy: management() }) }),
    { codes: ['UNDONE_BY_FLUX'] },
  ],
  [
    'bounds of an autoscaler that cannot measure',
    'hpa orders --max 5',
    orders({ autoscaler: autoscaler({ trouble: 'FailedGetResourceMetric' }) }),
    { codes: ['NOT_MEASURED'] },
  ],
  [
    'a maximum that no node has room for',
    'hpa orders --max 50',
    orders({ autoscaler: autoscaler() }),
    { codes: ['NO_ROOM'] },
  ],
  [
    'bounds of what has no autoscaler',
    'hpa orders --max 5',
    orders(),
    { codes: ['NOT_AUTOSCALED'], stops: true, instead: ['scale orders-service 5'] },
  ],
  ['a pause', 'rollout pause orders', orders(), { codes: ['PAUSED'], risk: 'change' }],
  ['a resumption', 'rollout resume orders', orders({ paused: true }), { codes: [], risk: 'change' }],
  [
    'a pause of a StatefulSet',
    'rollout pause orders',
    orders({ ref: { kind: 'StatefulSet', namespace: 'bakery-ia', name: 'orders-service', uid: 'u' } }),
    { codes: ['NOT_PAUSABLE'], stops: true },
  ],
]

describe('the plan of', () => {
  it.each(ROWS)('%s: %s', async (_what, line, facts, { codes, risk, stops, instead }) => {
    const plan = await planFor(line, facts)
    expect(codesOf(plan)).toEqual(codes)
    expect(plan.steps.length === 0).toBe(stops === true)
    if (risk !== undefined) expect(plan.risk).toBe(risk)
    if (instead !== undefined) expect(plan.instead).toEqual(instead)
    for (const { text } of plan.warnings) expect(text).toMatch(/^\S.*\.$/s)
  })
})

describe('a plan', () => {
  it.each([
    ['scale orders 2', 'orders-service is already set to 2 pods'],
    ['rollout resume orders', 'orders-service is not paused'],
  ])('has nothing to do where everything is as asked for: %s', async (line, headline) => {
    expect(await planFor(line, orders())).toMatchObject({ headline, steps: [], warnings: [] })
  })

  it('says what a restart of a database cuts, and who uses it', async () => {
    const plan = await planFor('restart auth-db', authDb())
    expect(textOf(plan, 'CUTS_CONNECTIONS')).toBe(
      '24 connections to auth-db are cut. 1 transaction is open and will be rolled back, the longest for 6 min 40 s. auth-service uses it.',
    )
  })

  it('can restart a database that does not answer, and says so', async () => {
    const fault = new DependencyError({
      dependency: 'postgres',
      operation: 'connect',
      message: 'connection refused',
    })
    const databases = { ...answeringDatabases(), state: () => Promise.reject(fault) }
    const plan = await planFor('restart auth-db', { ...authDb(), databases })
    expect(plan.steps).toHaveLength(1)
    expect(textOf(plan, 'CUTS_CONNECTIONS')).toContain('cannot be told: connection refused')
  })

  it('names the Kustomization, its interval, when it looks next, and what git has', async () => {
    const { warnings } = await planFor('scale orders 3', orders(fluxed))
    expect(warnings[0]?.text).toContain(
      'Kustomization/bakery-ia puts it back as git has it within 10 min, at the latest 2026-11-23 06:08 CET (05:08 UTC). Git has 2 replicas.',
    )
  })

  it('suspends Flux first, changes, and resumes it by itself', async () => {
    const plan = await planFor('scale orders 3 --suspend-flux 2h', orders(fluxed))
    expect(plan.steps.map((step) => [step.kind, 'suspended' in step ? step.suspended : null])).toEqual([
      ['suspend', true],
      ['scale', null],
    ])
    expect(plan.resume).toMatchObject({ afterSeconds: 7200, steps: [{ kind: 'suspend', suspended: false }] })
    expect(plan.risk).toBe('destructive')
    expect(codesOf(plan)).toEqual(['FLUX_SUSPENDED', 'GIT_WANTS'])
  })

  it('exempts the one object first, and gives it back by itself', async () => {
    const plan = await planFor('rollback orders --to 6 --exempt --for 1h', orders(fluxed))
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['exempt', 'rollback'])
    expect(plan.resume).toMatchObject({ afterSeconds: 3600, steps: [{ kind: 'exempt', exempted: false }] })
    expect(plan.risk).toBe('change')
    expect(codesOf(plan)).toEqual(['GIT_WANTS'])
  })

  it('exempts the autoscaler and not its workload when its bounds change', async () => {
    const facts = orders({ autoscaler: autoscaler({ managedBy: management() }), ...fluxed })
    const plan = await planFor('hpa orders --max 5 --exempt', facts)
    expect(plan.steps).toMatchObject([
      { kind: 'exempt', ref: { kind: 'HorizontalPodAutoscaler' } },
      { kind: 'autoscale', from: { min: 1, max: 3 }, to: { min: 1, max: 5 } },
    ])
  })

  it('does not exempt what Helm installs, nor suspend twice, nor suspend what Flux does not manage', async () => {
    const helm = management({ ref: { ...management().ref, kind: 'HelmRelease' } })
    const stopped = await planFor('scale orders 3 --exempt', orders({ managedBy: helm }))
    expect(stopped).toMatchObject({ steps: [], warnings: [{ code: 'NOT_EXEMPTABLE' }] })
    const twice = await planFor(
      'scale orders 3 --suspend-flux 1h',
      orders({ managedBy: management({ suspended: true }) }),
    )
    expect(twice.steps.map(({ kind }) => kind)).toEqual(['scale'])
    expect(twice.resume).toBeUndefined()
    const free = await planFor('scale orders 3 --suspend-flux 1h', orders())
    expect(free.steps.map(({ kind }) => kind)).toEqual(['scale'])
    expect(free.facts).toContain('Flux does not manage orders-service: it is left alone.')
  })

  it.each([
    ['scale orders 3 --exempt --suspend-flux 1h', /one of them is enough/],
    ['scale orders 3 --for 1h', /--for says how long --exempt lasts/],
    ['hpa orders', /Say which bound changes/],
    ['hpa orders --min 4', /add --max 4/],
    ['scale orders 3 --suspend-flux 30d', /at most 7d/],
    ['scale orders 101', /at most 100/],
    ['scale orders -1', /at least 0|one word too many|has no flag/],
    ['scale orders three', /whole number/],
    ['scale orders 2.5', /whole number/],
    ['rollback orders --to x', /number of a revision/],
    ['rollback orders --to -1', /number of a revision|needs a value/],
    ['restart ordres', /no service or database/],
    ['restart', /workload/],
    ['restart nobody-has-this', /There is no/],
    ['node drain "node 2"', /whole name of a node/],
    ['pod delete ../etc', /whole name of a pod/],
    ['flux suspend nobody', /Flux has nothing called/],
    ['restart all --component "a b"', /must be a component/],
  ])('refuses arguments that go against each other or mean nothing: %s', async (line, says) => {
    await expectUserError(planned(line, orders({ autoscaler: autoscaler() })), 'BAD_ARGUMENT', says)
  })

  it('offers the nearest of Flux’s objects, as a line of the same command', async () => {
    const facts = { ...orders(), flux: [fluxFacts()] }
    for (const verb of ['suspend', 'resume', 'reconcile']) {
      const thrown = await planned(`flux ${verb} bakery`, facts).catch((problem: unknown) => problem)
      expect(thrown).toMatchObject({ suggestions: [`flux ${verb} bakery-ia`] })
    }
  })

  it('shows the revisions to choose from when none is named, each as a line', async () => {
    const plan = await planFor('rollback orders', orders())
    expect(plan).toMatchObject({
      headline: 'orders-service runs revision 7: to which one?',
      steps: [],
      choices: [
        {
          line: 'rollback orders-service --to 6',
          label: 'Revision 6, 1 d ago',
          differences: [{ what: 'image of app' }],
        },
      ],
    })
    expect(plan.facts?.[0]).toMatch(/kept 1 other revision, and 1 that is the same as what runs\./)
  })

  it('offers both bounds where the one that was named goes past the other', async () => {
    const problem = (line: string) =>
      planned(line, orders({ autoscaler: autoscaler() })).catch((thrown: unknown) => thrown)
    expect(await problem('hpa orders --min 4')).toMatchObject({
      suggestions: ['hpa orders-service --min 4 --max 4'],
    })
    expect(await problem('hpa orders --min 4 --max 2')).toMatchObject({
      message: expect.stringMatching(/It keeps between 1 and 3 now\.$/),
      suggestions: [],
    })
  })

  it('names the revisions that are kept, where the one that was asked for is not', async () => {
    expect(textOf(await planFor('rollback orders --to 99', orders()), 'NO_SUCH_REVISION')).toMatch(
      /^It has no revision 99\. Besides the one that runs, the cluster has kept the revisions 6, 5\.$/,
    )
    const revisions = [7, 6].map((number) => revision({ number, template: `template-${number}` }))
    expect(
      textOf(await planFor('rollback orders --to 99', orders({ revisions })), 'NO_SUCH_REVISION'),
    ).toMatch(/has kept revision 6\.$/)
  })

  it('does not say that git leaves a number alone which an autoscaler hides', async () => {
    const of = (replicasHidden: boolean) => {
      const owns = { replicas: false, template: true }
      return planFor('scale orders 3', orders({ managedBy: management({ owns, replicasHidden }) }))
    }
    expect((await of(true)).facts?.join(' ')).toMatch(
      /Whether git has a number of pods cannot be told: an autoscaler/,
    )
    expect((await of(true)).facts?.join(' ')).not.toContain('git says nothing of it')
    expect((await of(false)).facts?.join(' ')).toContain('git says nothing of it')
  })

  it('has nothing to choose from where all that is kept is what runs', async () => {
    const revisions = [7, 5].map((number) => revision({ number, template: 'template-7' }))
    const plan = await planFor('rollback orders', orders({ revisions }))
    expect(plan).toMatchObject({ steps: [], warnings: [{ code: 'SAME_REVISION' }] })
    expect(plan.choices).toBeUndefined()
  })

  it('takes the second highest revision for the one before, as kubectl does', async () => {
    const plan = await planFor('rollback orders --to 0', orders())
    expect(plan.steps).toMatchObject([
      { kind: 'rollback', from: 7, to: 6, fromTemplate: 'template-7', toTemplate: 'template-6' },
    ])
  })
})

describe('the digest', () => {
  const lines = [
    ...['restart orders', 'scale orders 3', 'scale orders 0', 'rollback orders --to 6', 'hpa orders --max 5'],
    ...['scale orders 3 --suspend-flux 1h', 'rollback orders --to 6 --exempt', 'rollout pause orders'],
  ]
  /** What a plan is made of. */
  const world = fc.record({
    replicas: fc.integer({ min: 0, max: 9 }),
    paused: fc.boolean(),
    component: fc.constantFrom('microservice', 'cache', null),
    strategy: fc.constantFrom('RollingUpdate', 'Recreate'),
    managedBy: fc.constantFrom(null, management(), management({ suspended: true })),
    autoscaler: fc.constantFrom(null, autoscaler(), autoscaler({ managedBy: management() })),
  })
  /** What goes stale by itself. */
  const moment = fc.record({
    ready: fc.nat(9),
    available: fc.nat(9),
    lastAppliedAt: fc.constantFrom(null, new Date(0), new Date(NOW)),
    current: fc.nat(3),
    at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    connections: fc.nat(500),
  })

  it('says what is approved and not when it was looked at, for any facts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...lines), world, moment, moment, async (line, facts, one, other) => {
        const at = (when: typeof one) => {
          const managed = (of: Management | null) => of && { ...of, lastAppliedAt: when.lastAppliedAt }
          const scaled = facts.autoscaler && {
            ...facts.autoscaler,
            current: when.current,
            managedBy: managed(facts.autoscaler.managedBy),
          }
          const { ready, available, connections } = when
          const workload = {
            ...facts,
            ready,
            available,
            managedBy: managed(facts.managedBy),
            autoscaler: scaled,
          }
          const ask = { ...ASK, at: new Date(when.at) }
          return planned(line, { ...orders(workload), databases: answeringDatabases({ connections }) }, ask)
        }
        const [first, second] = [await at(one), await at(other)]
        expect(second.digest).toBe(first.digest)
        expect(second.plan.steps).toEqual(first.plan.steps)
      }),
      { numRuns: 300, seed: seedOf('digests') },
    )
  })

  it('is the same for the same facts, whatever the times, the counts and the connections are', async () => {
    const one = await planned('scale auth-db 0', authDb(fluxed))
    const later = { ...authDb({ managedBy: management({ lastAppliedAt: null }), ready: 0 }) }
    const databases = answeringDatabases(databaseState({ connections: 99, longTransactions: [] }))
    const other = await planned('scale auth-db 0 --reason "once more"', { ...later, databases })
    expect(other.digest).toBe(one.digest)
  })

  it.each([
    ['another object of the same name', { ref: { ...workloadFacts().ref, uid: 'other' } }],
    ['another number of pods', { replicas: 4 }],
    ['an autoscaler since then', { autoscaler: autoscaler() }],
    ['Flux since then', fluxed],
  ] as [string, Partial<WorkloadFacts>][])('is another for %s', async (_what, changes) => {
    const before = await planned('scale orders 3', orders())
    const after = await planned('scale orders 3', orders(changes))
    expect(after.digest).not.toBe(before.digest)
  })

  it('is another when the template changed before a restart or a rollback', async () => {
    for (const line of ['restart orders', 'rollback orders --to 6']) {
      const before = await planned(line, orders())
      const after = await planned(line, orders({ template: 'template-8' }))
      expect(after.digest).not.toBe(before.digest)
    }
  })
})
