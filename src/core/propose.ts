import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import { commonArguments } from './change.ts'
import { UserError } from './errors.ts'
import type { Operation } from './operation.ts'
import type { Plan } from './plan.ts'
import type { Planned, Planner } from './ports/planner.ts'
import type { Journal, RecordedRequest } from './ports/records.ts'
import { messageFor, outcomeOf } from './request-messages.ts'
import type { Role } from './roles.ts'

/** What is shown of a plan, as pure functions of data (src/views/operations). */
export interface ProposalViews {
  /** For the requester alone, who confirms it or lets it be. */
  preview(facts: { operation: Operation; planned: Planned; zone: string }): Answer
  /** Something has to be chosen first. */
  choice(facts: { planned: Planned }): Answer
  /** Everything is as it was asked for. */
  unchanged(facts: { planned: Planned }): Answer
}

export interface ProposalDependencies {
  readonly planner: Planner
  readonly journal: Journal
  readonly views: ProposalViews
  readonly ports: { readonly platform: { readonly environment: string; readonly timeZone: string } }
}

export interface AskedChange {
  readonly request: RecordedRequest
  /** In its one form. */
  readonly line: string
  /** The values that the command's `args.parse` gave. */
  readonly args: unknown
  readonly ask: Ask
}

/**
 * Plans a change and proposes it. Nothing of the platform is touched: the operation is stored with the preview or the card
 * in the transaction that ends the request. Throws `UserError` where the plan says that it cannot be done.
 */
export async function proposeChange(
  { planner, journal, views, ports }: ProposalDependencies,
  { request, line, args, ask }: AskedChange,
  signal: AbortSignal,
): Promise<void> {
  const common = commonArguments(args)
  if (common.breakGlass) assertMayBreakGlass(ask.role, common.reason)
  const planned = await planner.plan(line, ask, signal)
  const { plan, digest, command } = planned
  if (plan.steps.length === 0) {
    const said = nothingToDo(views, planned)
    return journal.finish(request, outcomeOf('done', plan.target), [messageFor(request, said)])
  }
  if (ask.channel === null) {
    throw new UserError('NOT_BOUND', 'A change belongs to a channel, where others see it.')
  }
  const proposal = {
    ...{
      command,
      line: planned.line,
      plan: asShown(planned),
      digest,
      requester: ask.actor,
      channel: ask.channel,
    },
    ...{ environment: ports.platform.environment, reason: common.reason ?? null, ref: ask.ref },
    breakGlass: common.breakGlass && plan.risk === 'destructive' ? (common.reason ?? null) : null,
    confirmWithinSeconds: common.confirmWithin ?? null,
    undoes: plan.undoes ?? null,
  }
  await journal.perform(request, async (desk) => {
    const operation = await desk.operations.propose(proposal)
    // What others decide about stands in the channel as a card, which the desk puts there.
    const messages =
      operation.state === 'planned'
        ? [messageFor(request, views.preview({ operation, planned, zone: ports.platform.timeZone }))]
        : []
    const payload = { operation: operation.id, digest, codes: plan.warnings.map(({ code }) => code) }
    return { outcome: { ...outcomeOf('done', plan.target), payload }, messages }
  })
}

/** The stored plan shows what the API server says of it, where the command itself has nothing to show. */
function asShown({ plan, rehearsed }: Planned): Plan {
  return plan.differences === undefined && rehearsed.length > 0 ? { ...plan, differences: rehearsed } : plan
}

/** A warning without a step is the reason why there is none. */
export function nothingToDo(views: ProposalViews, planned: Planned): Answer {
  const { headline, warnings, choices = [], instead = [] } = planned.plan
  if (choices.length > 0) return views.choice({ planned })
  if (warnings.length === 0) return views.unchanged({ planned })
  const why = warnings.map(({ text }) => text).join(' ')
  throw new UserError('BAD_ARGUMENT', `${headline}. ${why}`, { suggestions: instead })
}

function assertMayBreakGlass(role: Role | null, reason: string | undefined): void {
  if (role !== 'owner') {
    throw new UserError(
      'NO_ROLE',
      'Only an owner may run something without a second person. Ask for it without --break-glass.',
    )
  }
  if (reason === undefined) {
    throw new UserError(
      'BAD_ARGUMENT',
      'Running something without a second person needs a reason, which is told to all owners: --reason "why".',
    )
  }
}
