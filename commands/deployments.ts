import { z } from 'zod'
import { count } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import { workload } from '../src/core/names.ts'
import type { Deployment } from '../src/core/ports/cluster.ts'
import { clusterOf, limit, problems } from './shared/arguments.ts'
import { listingAnswer } from './shared/listing.ts'

export const deployments = defineQuery({
  name: 'deployments',
  summary: 'List workloads: replicas wanted and available, rollout, image.',
  examples: ['deployments', 'deployments orders', 'deployments --problems'],
  args: z.object({ workload: workload.optional(), problems, limit: limit(60) }),
  positional: ['workload'],
  family: 'cluster',
  role: 'viewer',

  async read(args, ports, _ask, signal) {
    const { items, observedAt } = await clusterOf(ports).deployments(signal)
    const { namespace, timeZone: zone } = ports.platform
    const chosen = items.filter((one) => args.workload === undefined || one.name === args.workload)
    const found = chosen
      .filter((one) => !args.problems || hasProblem(one))
      .toSorted((a, b) => Number(hasProblem(b)) - Number(hasProblem(a)) || a.name.localeCompare(b.name))
    return { chosen: chosen.length, deployments: found, observedAt, zone, namespace }
  },

  render({ chosen, deployments: found, observedAt, zone, namespace }, args) {
    const where = args.workload ?? namespace
    const [only] = found
    const single = args.workload !== undefined && only !== undefined
    return listingAnswer({
      ...{ headline: headline(where, chosen, found), observedAt, zone, one: 'workload' },
      columns: [
        { title: 'Workload', min: 21 },
        { title: 'Up', align: 'right' },
        { title: 'State', min: 7 },
        { title: 'Image', min: 10 },
      ],
      rows: found
        .slice(0, args.limit)
        .map((one) => [
          one.name,
          `${one.available}/${one.desired}`,
          stateOf(one),
          tagOf(one.images[0] ?? ''),
        ]),
      total: found.length,
      notes: single ? singleNotes(only) : [],
      buttons: single
        ? [
            { line: `pods ${only.name}` },
            { line: `events ${only.name}` },
            { line: `logs ${only.name} --since 1h` },
          ]
        : [],
    })
  },

  data: ({ deployments: found, observedAt }) => ({ observedAt, deployments: found }),
})

function hasProblem({ available, desired, failure, paused }: Deployment): boolean {
  return available < desired || failure !== null || paused
}

function headline(where: string, chosen: number, found: readonly Deployment[]): string {
  if (chosen === 0) return `${where}: there is no such workload.`
  const [only, ...others] = found
  if (chosen === 1 && only && others.length === 0) {
    return `${only.name}: ${only.available} of ${count(only.desired, 'replica')} available.`
  }
  const wrong = found.filter(hasProblem).length
  const all = count(chosen, 'workload')
  return wrong === 0
    ? `${where}: ${all}, each with all replicas available.`
    : `${where}: ${wrong} of ${all} ${wrong === 1 ? 'has' : 'have'} a problem.`
}

function stateOf({ failure, paused, desired, available, rolling }: Deployment): string {
  if (failure) return 'failed'
  if (paused) return 'paused'
  if (rolling) return 'rolling'
  if (desired === 0) return 'off'
  return available < desired ? 'short' : 'ok'
}

/** What is behind the last colon or at sign: the tag, or the beginning of a digest. */
function tagOf(image: string): string {
  const digest = /@sha256:([0-9a-f]{12})/.exec(image)?.[1]
  if (digest) return digest
  const [, tag] = /:([^:/@]+)$/.exec(image) ?? []
  return tag ?? 'latest'
}

function singleNotes({ kind, managedBy, revision, failure, images }: Deployment): string[] {
  return [
    `${kind}, revision ${revision ?? 'unknown'}, ${managedBy ? `managed by Flux (${managedBy})` : 'not managed by Flux'}.`,
    ...(failure ? [`${failure.reason}: ${failure.message}`.slice(0, 500)] : []),
    ...images.slice(0, 3),
  ]
}
