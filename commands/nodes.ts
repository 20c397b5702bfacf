import { z } from 'zod'
import { count, localTimes } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import type { Check, Fact } from '../src/core/health.ts'
import { isWrong } from '../src/core/health-troubles.ts'
import { problems } from './shared/arguments.ts'
import { listingAnswer } from './shared/listing.ts'

export const nodes = defineQuery({
  name: 'nodes',
  summary: 'List nodes: readiness, CPU, memory, free disk, pressure.',
  examples: ['nodes', 'nodes --problems'],
  args: z.object({ problems }),
  family: 'cluster',
  role: 'viewer',

  async read(_args, ports, _ask, signal) {
    const { checks, status } = await ports.health.report(['nodes'], signal)
    return { checks, status, zone: ports.platform.timeZone, now: ports.clock.now() }
  },

  render({ checks, zone, now }, args) {
    const found = checks.filter((check) => check.facts.ready !== undefined)
    const shown = found.filter((check) => !args.problems || isWrong(check))
    const [first] = checks
    return listingAnswer({
      ...{ headline: headline(found, checks), one: 'node', zone },
      observedAt: first ? new Date(first.observedAt) : now,
      columns: [
        { title: 'Node', min: 10, keep: 'end' },
        { title: 'State', min: 9 },
        { title: 'CPU', align: 'right' },
        { title: 'Mem', align: 'right' },
        { title: 'Free', align: 'right' },
      ],
      rows: shown.map(({ target, facts }) => [
        target,
        stateOf(facts),
        part(facts.cpuPercent),
        part(facts.memoryPercent),
        part(facts.diskFreePercent),
      ]),
      total: shown.length,
      notes: [
        ...(found.length > 0
          ? [
              'CPU and memory: used, of what the node gives to pods. Free: the fullest disk.',
              ...checks
                .filter((check) => check.reason !== '')
                .map(({ target, reason }) => `${target}: ${localTimes(reason, zone)}.`),
            ]
          : []),
      ],
      buttons: [
        ...(found.length > 0 ? [{ line: 'top --nodes' }] : []),
        { label: 'Refresh', line: 'nodes', action: 'refresh' },
      ],
    })
  },

  data: ({ checks }) => ({ checks }),
  status: ({ status }) => status,
})

function headline(found: readonly Check[], checks: readonly Check[]): string {
  const why = checks.find(isWrong)?.reason
  if (found.length === 0) return `The nodes cannot be seen${why ? `: ${why}` : ''}.`
  const ready = found.filter((check) => check.facts.ready === true).length
  const wrong = found.filter(isWrong).length
  const also = wrong > 0 ? `, ${wrong} not well` : ''
  return `${ready} of ${count(found.length, 'node')} ready${also}.`
}

function stateOf({ ready, schedulable }: Check['facts']): string {
  if (!ready) return 'not ready'
  return schedulable ? 'ready' : 'cordoned'
}

function part(value: Fact | undefined): string {
  return typeof value === 'number' ? `${Math.round(value)} %` : '-'
}
