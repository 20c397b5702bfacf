import { z } from 'zod'
import { defineQuery } from '../src/core/command.ts'
import type { Freeze, Override } from '../src/core/operation.ts'
import type { Named } from '../src/views/operations/listing.ts'
import { overridesList } from '../src/views/operations/overrides.ts'
import { namedOf } from './shared/operation-names.ts'

interface Standing {
  readonly overrides: readonly Override[]
  readonly freezes: readonly Freeze[]
  readonly named: Named
}

export const overrides = defineQuery({
  name: 'overrides',
  summary: 'List what was taken out of git’s care, until when and by whom, and which changes are frozen.',
  examples: ['overrides'],
  args: z.object({}),
  family: 'changes',
  role: 'viewer',

  async read(_args, ports, { channel }): Promise<Standing> {
    const [all, freezes, named] = await Promise.all([
      ports.operations.overrides(),
      ports.operations.freezes(),
      namedOf(ports),
    ])
    const here = channel === null ? all : all.filter((override) => override.channel === channel)
    return { overrides: here, freezes, named }
  },

  render: (standing) => overridesList(standing, standing.named),

  data: ({ overrides: found, freezes }) => ({ overrides: found, freezes }),
})
