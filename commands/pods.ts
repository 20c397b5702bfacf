import { z } from 'zod'
import { count } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import { workload } from '../src/core/names.ts'
import type { Pod } from '../src/core/ports/cluster.ts'
import { clusterOf, limit, problems } from './shared/arguments.ts'
import { age, listingAnswer, podName } from './shared/listing.ts'
import { hasProblem, podState, readyOf, restartsOf } from './shared/pod-state.ts'

/** What a line of 45 columns leaves for the name: all but four gaps, `1/1`, restarts, age and the longest state. */
function nameColumns(shown: readonly Pod[]): number {
  const [least, most] = [5, 10]
  const state = Math.max(least, ...shown.map((pod) => Math.min(most, podState(pod).length)))
  return 45 - 4 - 3 - 3 - 4 - state
}

export const pods = defineQuery({
  name: 'pods',
  summary: 'List pods with their state, restarts and age.',
  examples: ['pods', 'pods orders', 'pods --problems', 'pods --sort restarts'],
  args: z.object({
    workload: workload.optional(),
    problems,
    node: z.string().min(1).max(253).optional().describe('only pods on this node'),
    sort: z.enum(['state', 'name', 'restarts', 'age']).default('state').describe('what comes first'),
    limit: limit(40),
  }),
  positional: ['workload'],
  family: 'cluster',
  role: 'viewer',

  async read(args, ports, _ask, signal) {
    const { items, observedAt } = await clusterOf(ports).pods(signal)
    const now = ports.clock.now()
    const { namespace, timeZone: zone } = ports.platform
    const chosen = items
      .filter((pod) => args.workload === undefined || pod.workload === args.workload)
      .filter((pod) => args.node === undefined || pod.node === args.node)
    const listed = chosen.filter((pod) => !args.problems || hasProblem(pod, now))
    return { chosen: chosen.length, pods: sorted(listed, args.sort, now), observedAt, now, zone, namespace }
  },

  render({ chosen, pods: found, observedAt, now, zone, namespace }, args) {
    const where = args.workload ?? namespace
    const shown = found.slice(0, args.limit)
    const columns = nameColumns(shown)
    return listingAnswer({
      ...{ headline: headline(where, chosen, found, args.problems), observedAt, zone, one: 'pod' },
      columns: [
        { title: 'Pod', keep: 'end', min: 12 },
        { title: 'Up', align: 'right' },
        { title: 'State', min: 5 },
        { title: 'Rst', align: 'right', min: 3 },
        { title: 'Age', align: 'right', min: 3 },
      ],
      rows: shown.map((pod) => [
        podName(pod.name, pod.workload, columns),
        readyOf(pod),
        podState(pod),
        restartsOf(pod),
        age(pod.createdAt, now),
      ]),
      total: found.length,
      buttons: args.workload
        ? [{ line: `logs ${args.workload} --since 1h` }, { line: `events ${args.workload}` }]
        : [],
    })
  },

  data: ({ pods: found, observedAt }) => ({ observedAt, pods: found }),
})

function headline(where: string, chosen: number, found: readonly Pod[], onlyProblems: boolean): string {
  if (chosen === 0) return `${where} has no pods.`
  const ready = found.filter((pod) => pod.ready).length
  if (!onlyProblems) return `${where}: ${ready} of ${count(chosen, 'pod')} ready.`
  return found.length === 0
    ? `${where}: none of ${count(chosen, 'pod')} has a problem.`
    : `${where}: ${found.length} of ${count(chosen, 'pod')} ${found.length === 1 ? 'has' : 'have'} a problem.`
}

type Order = 'state' | 'name' | 'restarts' | 'age'

function sorted(found: readonly Pod[], order: Order, now: Date): readonly Pod[] {
  const byName = (a: Pod, b: Pod) => a.name.localeCompare(b.name)
  const orders: Record<Order, (a: Pod, b: Pod) => number> = {
    state: (a, b) => Number(hasProblem(b, now)) - Number(hasProblem(a, now)),
    name: () => 0,
    restarts: (a, b) => restartsOf(b) - restartsOf(a),
    age: (a, b) => b.createdAt.getTime() - a.createdAt.getTime(),
  }
  return found.toSorted((a, b) => orders[order](a, b) || byName(a, b))
}
