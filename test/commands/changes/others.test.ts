import { describe, expect, it } from 'vitest'
import type { Operation } from '../../../src/core/operation.ts'
import type { Step } from '../../../src/core/steps.ts'
import { undoPlan } from '../../../src/operations/undo.ts'
import { expectUserError } from '../../support/expect-error.ts'
import {
  databaseFacts,
  fluxFacts,
  management,
  nodeFacts,
  nodePod,
  podFacts,
  workloadFacts,
} from '../../support/workloads.ts'
import { codesOf, planFor, planned, textOf } from './support.ts'

const pod = 'orders-service-7d9f8b6c5-abcde'

describe('a restart of everything', () => {
  const workloads = [
    workloadFacts({ name: 'gateway', component: 'gateway' }),
    workloadFacts(),
    workloadFacts({ name: 'auth-service' }),
    workloadFacts({ name: 'sales-service', paused: true }),
    workloadFacts({ name: 'redis', component: 'cache' }),
    databaseFacts({ name: 'orders-db' }),
    databaseFacts(),
  ]
  const restarted = (plan: { steps: readonly Step[] }) => plan.steps.map(({ ref }) => ref.name)

  it('goes in waves by component, and leaves alone what keeps state and what is paused', async () => {
    const plan = await planFor('restart all', { workloads })
    expect(restarted(plan)).toEqual(['gateway', 'auth-service', 'orders-service'])
    expect(plan.risk).toBe('destructive')
    expect(plan.instead).toEqual(['restart all --with-databases'])
    expect(plan.facts).toEqual([
      'Wave 1, gateway: step 1.',
      'Wave 2, microservice: steps 2 to 3.',
      'Left alone, because they keep state: auth-db, orders-db, redis. --with-databases takes them too.',
      'Left alone, because they are paused or run no pods: sales-service.',
      'It stops at the first that does not come back.',
    ])
  })

  it('takes databases only when asked for, last and one at a time', async () => {
    const plan = await planFor('restart all --with-databases', { workloads })
    expect(restarted(plan)).toEqual([
      'gateway',
      'auth-service',
      'orders-service',
      'redis',
      'auth-db',
      'orders-db',
    ])
    expect(codesOf(plan)).toEqual(['CUTS_CONNECTIONS', 'SINGLE_REPLICA'])
    expect(textOf(plan, 'CUTS_CONNECTIONS')).toMatch(/auth-db.*orders-db/s)
  })

  it('says of each kind of trouble what it is and whom it is about, in whole sentences, however many there are', async () => {
    const names = [...Array(40).keys()].map((n) => `kept-${n}-db`)
    const kept = names.map((name) => databaseFacts({ ref: { ...databaseFacts().ref, name, uid: name } }))
    const plan = await planFor('restart all --with-databases', { workloads: [...workloads, ...kept] })
    for (const { text } of plan.warnings) expect(text).toMatch(/\.$/)
    const cut = textOf(plan, 'CUTS_CONNECTIONS')
    expect(cut).toMatch(
      /^Every connection is cut, one workload after the other: redis, auth-db \(24\), kept-0-db, /,
    )
    expect(cut).toMatch(
      /2 transactions are open and will be rolled back, the longest for .* in auth-db\. These use them: /,
    )
    const away = textOf(plan, 'SINGLE_REPLICA')
    for (const name of ['auth-db', 'orders-db', ...names]) expect(away).toContain(name)
    expect(away.match(/The same goes for/g)).toHaveLength(1)
  })

  it('counts what differs too much to be said of many workloads', async () => {
    const stuck = [...Array(20).keys()].map((n) =>
      workloadFacts({
        ref: { ...workloadFacts().ref, name: `service-${n}`, uid: `${n}` },
        rolling: true,
        failure: { reason: 'ProgressDeadlineExceeded', message: `no progress for ${n + 2} min` },
      }),
    )
    const text = textOf(await planFor('restart all', { workloads: stuck }), 'ALREADY_ROLLING')
    expect(text).toMatch(/A rollout of service-0 stands still.* And 12 more like that\.$/)
  })

  it('takes one component alone, as the guide’s label does', async () => {
    const cache = await planFor('restart all --component cache', { workloads })
    expect(restarted(cache)).toEqual(['redis'])
    expect(cache.facts).not.toContainEqual(expect.stringContaining('Wave'))
    expect(await planFor('restart all --component mail', { workloads })).toMatchObject({
      steps: [],
      warnings: [],
    })
  })
})

describe('the deletion of a pod', () => {
  it('is a change where its workload makes another', async () => {
    const plan = await planFor(`pod delete ${pod}`, { pods: [podFacts()], workloads: [workloadFacts()] })
    expect(plan).toMatchObject({
      risk: 'change',
      warnings: [],
      steps: [{ kind: 'delete-pod', workload: 'orders-service' }],
    })
  })

  it('needs a second person where nobody makes it again', async () => {
    const plan = await planFor(`pod delete ${pod}`, { pods: [podFacts({ workload: null, alone: true })] })
    expect(plan.risk).toBe('destructive')
    expect(codesOf(plan)).toEqual(['ALONE'])
  })

  it('names what is gentler for a database, and what it cuts', async () => {
    const facts = { pods: [podFacts({ workload: 'auth-db' })], workloads: [databaseFacts()] }
    const plan = await planFor(`pod delete ${pod}`, facts)
    expect(plan.risk).toBe('destructive')
    expect(codesOf(plan)).toEqual(['SINGLE_REPLICA', 'CUTS_CONNECTIONS'])
    expect(plan.instead).toEqual(['restart auth-db'])
  })

  it('says that no disruption budget is asked', async () => {
    const budgets = [{ name: 'orders', allowed: 0, says: '1 of 1 must be there' }]
    const facts = { pods: [podFacts()], workloads: [workloadFacts({ budgets })] }
    expect(codesOf(await planFor(`pod delete ${pod}`, facts))).toEqual(['BUDGET'])
  })
})

describe('a node', () => {
  it('is kept from new pods, and let in again, and nothing is done twice', async () => {
    const cordon = await planFor('node cordon node-2', { nodes: [nodeFacts()] })
    expect(cordon).toMatchObject({
      risk: 'change',
      steps: [{ kind: 'cordon', cordoned: true }],
      warnings: [],
    })
    expect(await planFor('node uncordon node-2', { nodes: [nodeFacts()] })).toMatchObject({ steps: [] })
    const last = await planFor('node cordon node-2', { nodes: [nodeFacts({ others: 0 })] })
    expect(codesOf(last)).toEqual(['NO_ROOM'])
  })

  it('is drained with what keeps state last, and needs a second person', async () => {
    const pods = [
      nodePod('auth-db-77-a', { component: 'database' }),
      nodePod('orders-service-7d9-b'),
      nodePod('node-exporter-c', { stays: 'DaemonSet' }),
    ]
    const facts = { nodes: [nodeFacts({ pods })], workloads: [databaseFacts(), workloadFacts()] }
    const plan = await planFor('node drain node-2', facts)
    expect(plan.steps.map(({ kind, ref }) => `${kind} ${ref.name}`)).toEqual([
      'cordon node-2',
      'evict orders-service-7d9-b',
      'evict auth-db-77-a',
    ])
    expect(plan.risk).toBe('destructive')
    expect(codesOf(plan)).toEqual(['CUTS_CONNECTIONS', 'SINGLE_REPLICA'])
    expect(plan.facts).toContain('1 pod stays (DaemonSet).')
  })

  it('is not drained of what would be gone for good unless that is said', async () => {
    const pods = [
      nodePod('lonely-a', { alone: true, workload: null }),
      nodePod('cache-b-c', { losesData: true }),
    ]
    const facts = { nodes: [nodeFacts({ pods })] }
    const refused = await planFor('node drain node-2', facts)
    expect(refused.steps).toEqual([])
    expect(codesOf(refused)).toEqual(['ALONE', 'LOSES_DATA'])
    expect(refused.instead).toEqual(['node drain node-2 --force --lose-data'])
    const forced = await planFor('node drain node-2 --force --lose-data', facts)
    expect(forced.steps).toHaveLength(3)
    expect(codesOf(forced)).toEqual(['ALONE', 'LOSES_DATA'])
  })

  it('says which budgets make it wait, when nothing else takes pods, and what it cannot see', async () => {
    const budgets = [{ name: 'orders', allowed: 0, says: '1 of 1 must be there' }]
    const node = nodeFacts({
      pods: [nodePod('orders-service-7d9-b', { budgets })],
      others: 0,
      everywhere: false,
    })
    expect(codesOf(await planFor('node drain node-2', { nodes: [node] }))).toEqual([
      'NO_ROOM',
      'BUDGET',
      'UNSEEN',
    ])
  })

  it('has only to be cordoned when no pod has to leave it', async () => {
    const plan = await planFor('node drain node-2', { nodes: [nodeFacts()] })
    expect(plan.steps).toMatchObject([{ kind: 'cordon' }])
    expect(await planFor('node drain node-2', { nodes: [nodeFacts({ cordoned: true })] })).toMatchObject({
      steps: [],
    })
  })
})

describe('Flux', () => {
  it('is suspended for an hour when nothing is said, with its end in the plan, by two persons', async () => {
    const plan = await planFor('flux suspend bakery-ia', { flux: [fluxFacts()] })
    expect(plan).toMatchObject({ risk: 'destructive', resume: { afterSeconds: 3600 } })
    expect(codesOf(plan)).toEqual(['FLUX_SUSPENDED'])
  })

  it('is resumed with the word that everything made by hand goes', async () => {
    const plan = await planFor('flux resume flux-system/bakery-ia', {
      flux: [fluxFacts({ suspended: true })],
    })
    expect(plan).toMatchObject({ risk: 'change', steps: [{ kind: 'suspend', suspended: false }] })
    expect(codesOf(plan)).toEqual(['GIT_RETURNS'])
  })

  it('looks at the source first and then at what is made of it', async () => {
    const plan = await planFor('flux reconcile bakery-ia', { flux: [fluxFacts()] })
    expect(plan.steps.map(({ ref }) => ref.kind)).toEqual(['GitRepository', 'Kustomization'])
    const held = await planFor('flux reconcile bakery-ia', { flux: [fluxFacts({ suspended: true })] })
    expect(held).toMatchObject({ steps: [], instead: ['flux resume bakery-ia'] })
  })

  it('asks which of two is meant', async () => {
    const flux = [fluxFacts(), fluxFacts({ ref: { ...fluxFacts().ref, kind: 'HelmRelease' } })]
    await expectUserError(planned('flux resume bakery-ia', { flux }), 'BAD_ARGUMENT', /Say which with --kind/)
    const one = await planFor('flux suspend bakery-ia --kind HelmRelease', { flux })
    expect(one.steps).toMatchObject([{ ref: { kind: 'HelmRelease' } }])
  })
})

describe('an undo', () => {
  const { ref } = workloadFacts()
  const scaled: Step = { kind: 'scale', ref: { ...ref, kind: 'Deployment' }, from: 1, to: 2 }
  const operation = (changes: Partial<Operation> = {}, step: Step = scaled): Operation =>
    ({
      ...{ id: '4f7k2m9x0q', channel: 'C0OPERATIONS', state: 'succeeded', undoneBy: null },
      plan: {
        headline: 'Scale orders-service from 1 to 2',
        target: 'orders-service',
        risk: 'change',
        steps: [step],
        warnings: [],
      },
      steps: [
        {
          n: 0,
          step,
          state: 'done',
          before: null,
          auditIds: [],
          intentAt: null,
          settledAt: null,
          says: null,
        },
      ],
      ...changes,
    }) as Operation
  const world = (
    found: Operation | null,
    changes: Parameters<typeof workloadFacts>[0] = {},
    by: Operation | null = null,
  ) => ({
    workloads: [workloadFacts(changes)],
    ports: {
      operations: {
        find: async (id: string) => (id === found?.id ? found : by),
        list: async () => [],
        freezes: async () => [],
        overrides: async () => [],
      },
      planner: { plan: () => Promise.reject(new Error('not asked')), undo: undoPlan },
    },
  })

  it('puts back what was changed, and says that it belongs to that operation', async () => {
    const plan = await planFor('ops undo 4f7k2m9x0q', world(operation()))
    expect(plan).toMatchObject({
      undoes: '4f7k2m9x0q',
      steps: [{ kind: 'scale', from: 2, to: 1 }],
      warnings: [],
    })
  })

  it('says what Flux does with it, and that somebody changed it since then', async () => {
    const plan = await planFor(
      'ops undo 4f7k2m9x0q',
      world(operation(), { replicas: 3, managedBy: management() }),
    )
    expect(codesOf(plan)).toEqual(['CHANGED_SINCE', 'UNDONE_BY_FLUX'])
    expect(textOf(plan, 'UNDONE_BY_FLUX')).not.toContain('--exempt')
  })

  it('says that what it gives back to Flux becomes what git has, also what it has just put back', async () => {
    const flux = {
      kind: 'Kustomization',
      namespace: 'flux-system',
      name: 'bakery-ia',
      uid: 'uid-flux',
    } as const
    const held: readonly Step[] = [
      { kind: 'exempt', ref, exempted: true },
      { kind: 'suspend', ref: flux, suspended: true },
    ]
    for (const step of held) {
      const plan = await planFor('ops undo 4f7k2m9x0q', world(operation({}, step)))
      expect(codesOf(plan)).toEqual(['GIT_RETURNS'])
      expect(textOf(plan, 'GIT_RETURNS')).toContain(`Flux has ${step.ref.kind}/${step.ref.name} again`)
    }
  })

  it('says what a rollout that is held again does not do', async () => {
    const resumed: Step = { kind: 'pause', ref: { ...ref, kind: 'Deployment' }, paused: false }
    expect(codesOf(await planFor('ops undo 4f7k2m9x0q', world(operation({}, resumed))))).toEqual(['PAUSED'])
  })

  it.each([
    ['there is none', null],
    ['it belongs to another channel', operation({ channel: 'C0OTHER' })],
  ] as [string, Operation | null][])('is refused where %s', async (_why, found) => {
    await expectUserError(
      planned('ops undo 4f7k2m9x0q', world(found)),
      'BAD_ARGUMENT',
      /no operation .* in this channel/,
    )
  })

  it('stops where there is nothing to put back, or not yet, or not any more', async () => {
    const restart: Step = { kind: 'restart', ref, template: 't' }
    expect(codesOf(await planFor('ops undo 4f7k2m9x0q', world(operation({}, restart))))).toEqual([
      'NOTHING_TO_UNDO',
    ])
    const running = await planFor('ops undo 4f7k2m9x0q', world(operation({ state: 'running' })))
    expect(running).toMatchObject({
      steps: [],
      warnings: [{ code: 'UNDER_WAY' }],
      instead: ['ops cancel 4f7k2m9x0q'],
    })
    const twice = operation({ undoneBy: 'aaaaaaaaaa' })
    const by = (state: Operation['state']) => operation({ id: 'aaaaaaaaaa', state })
    const undone = await planFor('ops undo 4f7k2m9x0q', world(twice, {}, by('succeeded')))
    expect(undone).toMatchObject({ steps: [], warnings: [] })
    // It is planned once more before it runs: that it is under way itself is no reason against it.
    const again = await planned('ops undo 4f7k2m9x0q', world(twice, {}, by('running')))
    expect(again.digest).toBe((await planned('ops undo 4f7k2m9x0q', world(operation()))).digest)
  })
})
