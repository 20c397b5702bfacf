import { z } from 'zod'
import { defineQuery } from '../src/core/command.ts'
import { workload } from '../src/core/names.ts'
import { OPEN_STATES, type Operation } from '../src/core/operation.ts'
import { type Named, operationsList } from '../src/views/operations/listing.ts'
import { namedOf } from './shared/operation-names.ts'

export const opsList = defineQuery({
  name: 'ops list',
  summary: 'List the changes that were asked for in this channel, newest first.',
  examples: ['ops list', 'ops list --open', 'ops list --service orders-service --limit 5'],
  args: z.object({
    open: z.boolean().default(false).describe('only what has not ended'),
    service: workload.optional().describe('only changes of this service'),
    limit: z.coerce.number().int().min(1).max(30).default(10).describe('at most so many'),
  }),
  family: 'changes',
  role: 'viewer',

  async read(
    { open, service, limit },
    ports,
    { channel },
  ): Promise<{ operations: readonly Operation[]; named: Named }> {
    const operations = await ports.operations.list({
      limit,
      ...(open ? { states: OPEN_STATES } : {}),
      ...(service === undefined ? {} : { target: service }),
      ...(channel === null ? {} : { channel }),
    })
    return { operations, named: await namedOf(ports) }
  },

  render: ({ operations, named }, { open }) =>
    operationsList({ operations, what: open ? 'open operation' : 'operation' }, named),

  data: ({ operations }) => operations,
})
