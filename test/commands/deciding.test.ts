import { expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { opsApprove } from '../../commands/ops-approve.ts'
import { DependencyError } from '../../src/core/errors.ts'
import type { Operation } from '../../src/core/operation.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import { proposalOf } from '../support/operations.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, snapshotOf } from '../support/snapshot.ts'

const proposal = proposalOf()
const operation = { ...proposal, id: '4f7k2m9x0q', state: 'awaiting' } as unknown as Operation
const ask = askOf({ user: 'UANA', person: 'UANA', role: 'admin', channel: proposal.channel })

/** The plan is made at once, and fails; Slack takes its time. */
function bothGoWrong() {
  const events: string[] = []
  const signals: AbortSignal[] = []
  const ports: Partial<ReadPorts> = {
    operations: { find: async () => operation } as never,
    planner: {
      plan: async (_line, _ask, signal) => {
        events.push('planned')
        signals.push(signal)
        throw new DependencyError({ dependency: 'kubernetes', operation: 'get', message: 'It is away.' })
      },
      undo: () => proposal.plan,
    },
    attestation: {
      async attest() {
        await new Promise((resolve) => setTimeout(resolve, 20))
        events.push('asked')
        return { kind: 'deactivated', inChannel: true }
      },
    },
  }
  return { ports: ownPorts(snapshotOf({}), commands, ports), events, signals }
}

it('the plan is made while Slack is asked, and Slack’s no is what is said when both go wrong', async () => {
  const { ports, events, signals } = bothGoWrong()
  const args = { operation: operation.id, digest: operation.digest.slice(0, 16) }
  const deciding = opsApprove.prepare(args, ports, ask, AbortSignal.timeout(5000))
  await expect(deciding).rejects.toMatchObject({ code: 'DEACTIVATED' })
  expect(events).toEqual(['planned', 'asked'])
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
})
