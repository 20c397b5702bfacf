import { z } from 'zod'
import { count } from '../src/blocks/builders.ts'
import { defineChange } from '../src/core/change.ts'
import type { Plan } from '../src/core/plan.ts'
import type { Step } from '../src/core/steps.ts'
import { nothingToDo, planOf } from './shared/changes/plan.ts'
import { severalReplaced } from './shared/changes/several.ts'
import { databaseNow, isStateful, type Target, targetOf, workloadsOf } from './shared/changes/target.ts'

/** Operations of more steps than this are no restart any more. */
const MOST = 100

export const restartAll = defineChange({
  name: 'restart all',
  summary: 'Restart every service in waves, databases last and only when asked for.',
  examples: ['restart all', 'restart all --with-databases', 'restart all --component cache'],
  args: z.object({
    withDatabases: z
      .boolean()
      .default(false)
      .describe('also databases, Redis and RabbitMQ: last, one at a time'),
    component: z
      .string()
      .regex(/^[a-z0-9][-a-z0-9]{0,62}$/, 'must be a component such as database, cache or microservice')
      .optional()
      .describe('only workloads whose label app.kubernetes.io/component says so'),
  }),
  family: 'changes',
  role: 'member',

  async read({ component }, ports, _ask, signal) {
    const all = (await workloadsOf(ports).all(signal)).filter(
      (one) => component === undefined || one.component === component,
    )
    return Promise.all(
      all.map(async (one) => targetOf(one, await databaseNow(one.ref.name, ports, signal), ports)),
    )
  },

  plan: (args, targets) => restartAllPlan(args, targets),
})

interface Wave {
  readonly title: string
  readonly targets: readonly Target[]
}

function restartAllPlan(
  { withDatabases, component }: { withDatabases: boolean; component?: string | undefined },
  found: readonly Target[],
): Plan {
  const also = withDatabases || component !== undefined
  const waves = wavesOf(found.filter((one) => canRestart(one) && (also || !isStateful(one))))
  const restarted = waves.flatMap(({ targets }) => targets)
  const left = found.filter((one) => !restarted.includes(one)).toSorted(byName)
  const title = component === undefined ? 'services' : `workloads of the component ${component}`
  const target = component === undefined ? 'all' : `all of ${component}`
  if (restarted.length === 0) return nothingToDo(`There are no ${title} to restart`, target)
  const chosen = restarted.slice(0, MOST)
  return planOf({
    headline: `Restart ${count(chosen.length, 'workload')} one after the other, in ${count(waves.length, 'wave')}`,
    target,
    steps: chosen.map(
      ({ workload }): Step => ({ kind: 'restart', ref: workload.ref, template: workload.template }),
    ),
    workloads: chosen.map(({ workload }) => workload),
    warnings: severalReplaced(chosen),
    facts: [
      ...(waves.length > 1 ? waveSentences(waves, chosen.length) : []),
      ...leftOut(left, also),
      'It stops at the first that does not come back.',
    ],
    ...(also || left.every((one) => !isStateful(one)) ? {} : { instead: ['--with-databases'] }),
    watch: chosen.map(({ workload }) => workload.ref),
  })
}

function canRestart({ workload: { paused, replicas } }: Target): boolean {
  return !paused && replicas > 0
}

/** Services together by component, what keeps state alone and last: brokers, caches, then databases. */
const LAST = ['broker', 'queue', 'cache', 'database']

function wavesOf(targets: readonly Target[]): readonly Wave[] {
  const stateless = targets.filter((one) => !isStateful(one))
  const components = [
    ...new Set(stateless.map(({ workload }) => workload.component ?? 'without a component')),
  ].sort()
  const stateful = targets.filter(isStateful).toSorted((a, b) => rank(a) - rank(b) || byName(a, b))
  return [
    ...components.map((title) => ({
      title,
      targets: stateless
        .filter(({ workload }) => (workload.component ?? 'without a component') === title)
        .toSorted(byName),
    })),
    ...(stateful.length === 0 ? [] : [{ title: 'what keeps state, one at a time', targets: stateful }]),
  ]
}

function rank({ workload, database }: Target): number {
  return LAST.indexOf(database === null ? (workload.component ?? '') : 'database')
}

function byName(a: Target, b: Target): number {
  return a.workload.ref.name.localeCompare(b.workload.ref.name)
}

/** Which of the steps are which wave: the steps themselves name the workloads. */
function waveSentences(waves: readonly Wave[], most: number): readonly string[] {
  let next = 1
  return waves.flatMap(({ title, targets }, index) => {
    const [from, to] = [next, Math.min(next + targets.length - 1, most)]
    next = to + 1
    if (from > to) return []
    const steps = from === to ? `step ${from}` : `steps ${from} to ${to}`
    return [`Wave ${index + 1}, ${title}: ${steps}.`]
  })
}

function leftOut(left: readonly Target[], also: boolean): readonly string[] {
  const stateful = left.filter((one) => !also && isStateful(one))
  const held = left.filter((one) => !stateful.includes(one))
  return [
    ...(stateful.length === 0
      ? []
      : [
          `Left alone, because they keep state: ${stateful.map(nameOf).join(', ')}. --with-databases takes them too.`,
        ]),
    ...(held.length === 0
      ? []
      : [`Left alone, because they are paused or run no pods: ${held.map(nameOf).join(', ')}.`]),
  ]
}

function nameOf({ workload }: Target): string {
  return workload.ref.name
}
