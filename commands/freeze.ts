import { z } from 'zod'
import { commandButton } from '../src/blocks/builders.ts'
import { defineDecision } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { assertStillHolds } from '../src/core/grants.ts'
import { duration } from '../src/core/names.ts'
import type { Freeze } from '../src/core/operation.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { freezeSentence } from '../src/views/operations/listing.ts'
import { noticeOf, resultOf } from './shared/answers.ts'
import { assertThere, frozenTarget, isEverything, secondsUntil, serviceOrAll } from './shared/freezes.ts'

interface Meant {
  readonly target: string | null
  readonly seconds: number | null
}

export const freeze = defineDecision({
  name: 'freeze',
  summary: 'Stop changes of a service, or all changes, for a while.',
  examples: [
    'freeze orders-service --for 2h --reason "Christmas sales"',
    'freeze all --until 18:00 --reason "an incident"',
  ],
  args: z.object({
    service: serviceOrAll,
    for: duration.optional().describe('how long, such as 2h; until somebody ends it when not given'),
    until: z.string().max(40).optional().describe('instead: a time such as 18:00, or 2026-11-24T18:00:00Z'),
    reason: z.string().trim().min(3).max(300).describe('why; every refusal names it'),
  }),
  positional: ['service'],
  family: 'changes',
  role: 'admin',
  roleFor: ({ service }) => (isEverything(service) ? 'owner' : null),

  async read({ service, for: span, until }, ports, _ask, signal): Promise<Meant> {
    const target = frozenTarget(service, ports)
    await assertThere(target, ports, signal)
    return { target, seconds: spanOf(span, until, ports) }
  },

  async act({ reason }, desk, ask, { target, seconds }): Promise<Freeze> {
    await assertStillHolds(desk, ask, target === null ? 'owner' : 'admin')
    return desk.operations.freeze(target, seconds, reason, ask.actor)
  },

  render(frozen, _args, { actor, zone = 'UTC' }) {
    const line = frozen.target === null ? 'unfreeze' : `unfreeze ${frozen.target}`
    const sentence = freezeSentence(frozen, actor.person, zone)
    return resultOf(sentence, commandButton({ action: 'undo', label: 'End the freeze', line }))
  },

  announce: (frozen, _args, ask) =>
    noticeOf(freezeSentence(frozen, ask.actor.person, ask.zone ?? 'UTC'), 'Frozen', ask),

  target: ({ service = 'all' }) => service,
})

function spanOf(span: number | undefined, until: string | undefined, ports: ReadPorts): number | null {
  if (until === undefined) return span ?? null
  if (span !== undefined) {
    throw new UserError('BAD_ARGUMENT', 'Say --for or --until, not both. Nothing was frozen.')
  }
  const seconds = secondsUntil(until, ports.clock.now(), ports.platform.timeZone)
  if (seconds !== null) return seconds
  throw new UserError(
    'BAD_ARGUMENT',
    `“${until}” is no time to come. Say a time of day such as 18:00, or a moment such as 2026-11-24T18:00:00Z. Nothing was frozen.`,
  )
}
