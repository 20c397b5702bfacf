import { z } from 'zod'
import { count, preformatted, span } from '../src/blocks/builders.ts'
import type { Block } from '../src/blocks/types.ts'
import { defineQuery } from '../src/core/command.ts'
import { duration, workload } from '../src/core/names.ts'
import type { ClusterEvent } from '../src/core/ports/cluster.ts'
import { clusterOf, limit } from './shared/arguments.ts'
import { age, listingAnswer } from './shared/listing.ts'

/** A message of the cluster's can be a page long; the beginning names the cause. */
const MESSAGE_LENGTH = 240
const EVENTS_PER_BLOCK = 8

export const events = defineQuery({
  name: 'events',
  summary: 'List what the cluster reported, newest first.',
  examples: ['events', 'events orders --since 30m', 'events --type Warning --limit 50'],
  args: z.object({
    workload: workload.optional(),
    since: duration
      .default(3600)
      .describe('how far back, such as 30m; the cluster keeps events for about an hour'),
    type: z.enum(['Warning', 'Normal', 'all']).default('all').describe('Warning, Normal or all'),
    limit: limit(20),
  }),
  positional: ['workload'],
  family: 'cluster',
  role: 'viewer',

  async read(args, ports, _ask, signal) {
    const { items, observedAt } = await clusterOf(ports).events(signal)
    const now = ports.clock.now()
    const { namespace, timeZone: zone } = ports.platform
    const from = now.getTime() - args.since * 1000
    const found = items
      .filter((event) => event.at.getTime() >= from)
      .filter((event) => args.type === 'all' || event.type === args.type)
      .filter((event) => args.workload === undefined || belongsTo(event, args.workload))
      .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    return { events: found, observedAt, now, zone, namespace }
  },

  render({ events: found, observedAt, now, zone, namespace }, args) {
    const where = args.workload ?? namespace
    const warnings = found.filter((event) => event.type === 'Warning').length
    const last = `in the last ${span(args.since)}`
    const shown = found.slice(0, args.limit)
    return listingAnswer({
      headline:
        found.length === 0
          ? `${where}: no events ${last}.`
          : `${where}: ${count(found.length, 'event')} ${last}, ${count(warnings, 'warning')}.`,
      columns: [],
      rows: shown.map(({ reason }) => [reason]),
      body: eventBlocks(shown, now),
      ...{ total: found.length, one: 'event', observedAt, zone },
      buttons: args.workload
        ? [{ line: `pods ${args.workload}` }, { line: `logs ${args.workload} --since 1h` }]
        : [],
    })
  },

  data: ({ events: found, observedAt }) => ({ observedAt, events: found }),
})

/** Events name pods, ReplicaSets and the workload itself: all of them begin with the workload's name. */
function belongsTo({ object }: ClusterEvent, name: string): boolean {
  if (object === name) return true
  const rest = object.startsWith(`${name}-`) ? object.slice(name.length + 1) : ''
  return /^[a-z0-9]{4,10}(-[a-z0-9]{5})?$|^\d+$/.test(rest)
}

function eventBlocks(found: readonly ClusterEvent[], now: Date): readonly Block[] {
  const entries = found.map((event) => entryOf(event, now))
  return Array.from({ length: Math.ceil(entries.length / EVENTS_PER_BLOCK) }, (_, index) =>
    preformatted(entries.slice(index * EVENTS_PER_BLOCK, (index + 1) * EVENTS_PER_BLOCK).flat()),
  )
}

function entryOf({ type, reason, object, message, count: times, at }: ClusterEvent, now: Date): string[] {
  const often = times > 1 ? ` x${times}` : ''
  const said = [...withoutNames(message, object)]
  const cut = said.length > MESSAGE_LENGTH ? `${said.slice(0, MESSAGE_LENGTH).join('')}…` : said.join('')
  return [`${age(at, now)} ago  ${type} ${reason}${often}`, `  ${object}`, ...(cut ? [`  ${cut}`] : [])]
}

/** The kubelet names a pod with namespace and UID in each message; the line above says which one it is. */
function withoutNames(message: string, object: string): string {
  return message
    .replace(/(\S)_[-a-z0-9]+\([-0-9a-z]{5,36}\)/g, '$1')
    .replaceAll(` in pod ${object}`, '')
    .replaceAll(` pod=${object}`, '')
    .replace(/\s+/g, ' ')
    .trim()
}
