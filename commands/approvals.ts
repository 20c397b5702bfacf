import { z } from 'zod'
import type { Ask } from '../src/core/ask.ts'
import { defineQuery } from '../src/core/command.ts'
import type { Operation } from '../src/core/operation.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { approvalsList, type Named, type ToDecide } from '../src/views/operations/listing.ts'
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
    return { toDecide: await toDecide(ports, ask), named: await namedOf(ports) }
  },

  render: ({ toDecide: found, named }) => approvalsList(found, named),

  data: ({ toDecide: found }) => found,
})

const NOTHING: ToDecide = { awaiting: [], unreviewed: [], unresolved: [] }

/** Nobody decides about what they asked for themselves, and nobody twice. A terminal sees everything that is open. */
async function toDecide({ operations, access, registry }: ReadPorts, ask: Ask): Promise<ToDecide> {
  const { channel, actor } = ask
  const here = { limit: MOST, ...(channel === null ? {} : { channel }) }
  if (ask.surface !== 'terminal') {
    const approve = registry.commands().find(({ name }) => name === 'ops approve')
    const allowed = approve && registry.decide(approve, ask, await access.snapshot()).decision === 'allowed'
    if (allowed !== true) return NOTHING
  }
  const [awaiting, unreviewed, unresolved] = await Promise.all([
    operations.list({ ...here, states: ['awaiting'] }),
    operations.list({ ...here, unreviewed: true }),
    operations.list({ ...here, states: ['needs-human'] }),
  ])
  const others = ({ requester }: Operation) => requester.person !== actor.person
  return {
    awaiting: awaiting
      .filter(others)
      .filter(({ reviews }) => !reviews.some(({ person }) => person === actor.person)),
    unreviewed: unreviewed.filter(others),
    unresolved: unresolved.filter(others),
  }
}
