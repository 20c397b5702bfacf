import { z } from 'zod'
import { code, context, header, section, text } from '../src/blocks/builders.ts'
import type { Block } from '../src/blocks/types.ts'
import type { AccessSnapshot } from '../src/core/access.ts'
import type { Answer } from '../src/core/answer.ts'
import type { Actor, Ask } from '../src/core/ask.ts'
import { defineQuery } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { slackChannel, slackUser } from '../src/core/names.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import type { Planned } from '../src/core/ports/planner.ts'
import { planBlocks } from '../src/views/operations/plan.ts'
import { type Foreseen, foresee } from './shared/changes/foresee.ts'

interface Simulated {
  readonly foreseen: Foreseen
  readonly who: string
  readonly where: string
}

export const simulate = defineQuery({
  name: 'simulate',
  summary: 'Show what a command would do and whether somebody may use it, touching nothing.',
  examples: ['simulate "scale orders 3"', 'simulate "restart auth-db" --as @vera --in #operations'],
  args: z.object({
    command: z
      .array(z.string().max(1000))
      .min(1)
      .max(30)
      .describe('the command line, in quotes where it has flags'),
    as: slackUser.optional().describe('as this person instead of you'),
    in: slackChannel.optional().describe('in this channel instead of here'),
  }),
  positional: ['command'],
  family: 'changes',
  role: 'admin',

  async read({ command, as, in: channel }, ports, ask, signal): Promise<Simulated> {
    const snapshot = await ports.access.snapshot()
    const asked: Ask = {
      ...ask,
      surface: 'slash',
      actor: as === undefined ? ask.actor : actorOf(as, ask.actor.team, snapshot, ports.platform),
      channel: channel ?? ask.channel,
    }
    const line = command.join(' ')
    if (/^\s*simulate(\s|$)/i.test(line)) {
      throw new UserError(
        'BAD_ARGUMENT',
        'A simulation of a simulation is that simulation: leave the first word out.',
      )
    }
    const foreseen = await foresee(line, asked, ports, signal)
    return { foreseen, who: whoIs(asked.actor, snapshot), where: whereIs(asked.channel, snapshot) }
  },

  render: (simulated) => answerOf(simulated),
  data: ({ foreseen, who, where }) => ({ ...foreseen, who, where }),
})

function actorOf(
  user: string,
  team: string,
  { users }: AccessSnapshot,
  { people }: ReadPorts['platform'],
): Actor {
  const known = users.get(user)
  const person = people.find(({ slack }) => slack.includes(user))?.name ?? user
  return { team: known?.team ?? team, user, person, kind: known?.kind ?? 'unknown' }
}

function whoIs({ user, person }: Actor, { users }: AccessSnapshot): string {
  return users.get(user)?.name ?? person
}

function whereIs(channel: string | null, { channels }: AccessSnapshot): string {
  return channel === null ? 'without a channel' : `in #${channels.get(channel)?.name ?? channel}`
}

function answerOf({ foreseen, who, where }: Simulated): Answer {
  const { line, decision } = foreseen
  const allowed = decision.decision === 'allowed'
  const verdict = allowed ? 'may do this' : 'may not do this'
  return {
    kind: 'preview',
    audience: 'requester',
    text: `Simulation, nothing was done: ${who} ${verdict} ${where}: ${line}`,
    blocks: [
      header('Simulation'),
      section(text`${code(line)} by ${who} ${where}`),
      section(
        allowed
          ? text`*Allowed* by the rule “${decision.rule}”${decision.role === null ? '' : `, as ${decision.role}`}.`
          : text`*Refused* by the rule “${decision.rule}”: ${decision.message} ${decision.code}`,
      ),
      ...whatFollows(foreseen),
      context('Nothing was done, proposed or stored.'),
    ],
  }
}

function whatFollows({ decision, command, planned, problem }: Foreseen): readonly Block[] {
  if (decision.decision === 'refused') return []
  if (problem !== null) return [section(text`*No plan*: ${problem}`)]
  if (planned !== null) return [...planBlocks(planned), context(needsOf(planned))]
  return [
    section(
      command.kind === 'query'
        ? 'It only reads: it is answered at once.'
        : 'It changes Bakery’s own records, at once, and nothing of the platform.',
    ),
  ]
}

function needsOf({ plan, digest }: Planned): string {
  const shown = digest.slice(0, 16)
  if (plan.steps.length === 0) return 'Nothing would be proposed.'
  const steps = `${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}`
  const needs =
    plan.risk === 'change'
      ? 'the requester confirms it'
      : `${plan.approvals === 2 ? 'two other persons approve' : 'another person approves'} it`
  return `Risk ${plan.risk}: ${needs}. ${steps}, digest ${shown}.`
}
