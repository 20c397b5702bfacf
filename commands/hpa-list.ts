import { z } from 'zod'
import { count } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import { workloadsOf } from './shared/changes/target.ts'
import { listingAnswer } from './shared/listing.ts'

export const hpaList = defineQuery({
  name: 'hpa list',
  summary: 'List the autoscalers with their bounds and what they want now.',
  examples: ['hpa list'],
  args: z.object({}),
  family: 'cluster',
  role: 'viewer',

  async read(_args, ports, _ask, signal) {
    const { items, observedAt } = await workloadsOf(ports).autoscalers(signal)
    return { autoscalers: items, observedAt, zone: ports.platform.timeZone }
  },

  render({ autoscalers, observedAt, zone }) {
    const pinned = autoscalers.filter(({ current, bounds }) => current >= bounds.max).length
    const troubled = autoscalers.filter(({ trouble }) => trouble !== null).length
    const notes = [
      ...(pinned > 0 ? [`${pinned} at the maximum`] : []),
      ...(troubled > 0 ? [`${troubled} cannot measure`] : []),
    ]
    return listingAnswer({
      headline: `${count(autoscalers.length, 'autoscaler')}${notes.length > 0 ? `: ${notes.join(', ')}` : ''}.`,
      ...{ observedAt, zone, one: 'autoscaler' },
      columns: [
        { title: 'Service', min: 12 },
        { title: 'Min', align: 'right' },
        { title: 'Max', align: 'right' },
        { title: 'Now', align: 'right' },
        { title: 'Want', align: 'right' },
        { title: 'By', min: 5 },
      ],
      rows: autoscalers.map(({ target, bounds, current, desired, trouble, metrics }) => [
        target.name,
        String(bounds.min),
        String(bounds.max),
        String(current),
        String(desired),
        trouble ?? metrics.join(', '),
      ]),
      total: autoscalers.length,
      buttons: [],
    })
  },

  data: ({ autoscalers, observedAt }) => ({ observedAt, autoscalers }),
  status: ({ autoscalers }) => (autoscalers.some(({ trouble }) => trouble !== null) ? 'warning' : 'ok'),
})
