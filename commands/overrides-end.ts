import { z } from 'zod'
import { localTime } from '../src/blocks/builders.ts'
import { holdersOf, namesOf, roleIn } from '../src/core/access-rules.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineChange } from '../src/core/change.ts'
import { UserError } from '../src/core/errors.ts'
import type { Override } from '../src/core/operation.ts'
import type { Plan } from '../src/core/plan.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { reaches } from '../src/core/roles.ts'
import { objectName } from '../src/core/steps.ts'
import { planOf } from './shared/changes/plan.ts'
import { operationId } from './shared/operation-arguments.ts'
import { overrideHere } from './shared/overrides.ts'

export const overridesEnd = defineChange({
  name: 'overrides end',
  summary: 'Give back now what an operation took out of git’s care, before its time is over.',
  examples: ['overrides end 4f7k2m9x0q'],
  args: z.object({ operation: operationId }),
  positional: ['operation'],
  family: 'changes',
  role: 'member',
  asks: 'admin',

  read: ({ operation }, ports, ask) => readOverride(operation, ports, ask),
  plan: (_args, override, ask) => endPlan(override, ask),
})

/** It is its owner's to end, and an admin's of its channel; asked again whenever it is planned. */
async function readOverride(
  operation: string,
  { operations, access }: Pick<ReadPorts, 'operations' | 'access'>,
  { actor, channel }: Ask,
): Promise<Override> {
  const override = overrideHere(await operations.overrides(), operation, channel)
  const snapshot = await access.snapshot()
  if (override.owner === actor.user || reaches(roleIn(snapshot, actor.user, channel), 'admin'))
    return override
  const owner = snapshot.users.get(override.owner)?.name ?? override.owner
  const admins = holdersOf(snapshot, 'admin', channel)
  const who = admins.length === 0 ? '' : ` Who can do it as an admin: ${namesOf(snapshot, admins)}.`
  throw new UserError(
    'NO_ROLE',
    `This was taken out of git’s care by ${owner}: they, or an admin of this channel, give it back.${who}`,
    { suggestions: ['overrides'], ...(who === '' ? {} : { askFor: `overrides end ${operation}` }) },
  )
}

function endPlan({ steps, target, until, failure }: Override, { zone = 'UTC' }: Ask): Plan {
  const names = [...new Set(steps.map(({ ref }) => objectName(ref)))].join(', ')
  const next = localTime(new Date(failure?.nextAt ?? until), zone)
  return planOf({
    headline: `Give ${names} back to Flux now`,
    target,
    steps,
    warnings: [
      {
        code: 'GIT_RETURNS',
        text: 'What was changed by hand meanwhile and differs from git becomes what git has, at once.',
      },
    ],
    facts: [`Without this, Bakery does it by itself at ${next}.`],
  })
}
