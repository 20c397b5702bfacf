import { z } from 'zod'
import type { Ask } from '../src/core/ask.ts'
import { defineQuery } from '../src/core/command.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { mayOf, type ToDecide, toDecide } from '../src/core/to-decide.ts'
import { approvalsList, type Named } from '../src/views/operations/listing.ts'
import { namedOf } from './shared/operation-names.ts'

const MOST = 20

export const approvals = defineQuery({
  name: 'approvals',
  summary: 'List what waits for your decision in this channel.',
  examples: ['approvals'],
  args: z.object({}),
  family: 'changes',
  role: 'viewer',

  async read(_args, ports, ask): Promise<{ toDecide: ToDecide; named: Named }> {
    return { toDecide: await decisionsHere(ports, ask), named: await namedOf(ports) }
  },

  render: ({ toDecide: found, named }) => approvalsList(found, named),

  data: ({ toDecide: found }) => found,
})

/** A terminal sees everything that is open, and decides about none of it. */
async function decisionsHere({ operations, access, registry }: ReadPorts, ask: Ask): Promise<ToDecide> {
  const { channel, actor, surface } = ask
  const may = surface === 'terminal' ? () => true : mayOf(registry, ask, await access.snapshot())
  const where = { limit: MOST, ...(channel === null ? {} : { channel }) }
  return toDecide(operations, { person: actor.person, may }, where)
}
