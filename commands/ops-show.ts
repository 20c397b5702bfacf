import { z } from 'zod'
import { defineQuery } from '../src/core/command.ts'
import type { Operation } from '../src/core/operation.ts'
import type { Named } from '../src/views/operations/listing.ts'
import { operationShown } from '../src/views/operations/shown.ts'
import { operationHere } from './shared/decisions.ts'
import { operationId } from './shared/operation-arguments.ts'
import { namedOf } from './shared/operation-names.ts'

export const opsShow = defineQuery({
  name: 'ops show',
  summary: 'Show all of one change: its plan, who decided, each step with its writes, and how it stands.',
  examples: ['ops show 4f7k2m9x0q'],
  args: z.object({ operation: operationId }),
  positional: ['operation'],
  family: 'changes',
  role: 'viewer',

  async read({ operation: id }, ports, ask): Promise<{ operation: Operation; named: Named }> {
    return { operation: await operationHere(ports, id, ask), named: await namedOf(ports) }
  },

  render: ({ operation, named }) => operationShown(operation, named),

  data: ({ operation }) => operation,
})
