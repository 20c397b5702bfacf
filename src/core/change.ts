import { z } from 'zod'
import type { Ask } from './ask.ts'
import { type Change, type CommandFacts, DEFAULT_DEADLINE_MS, factsOf } from './command.ts'
import { duration } from './names.ts'
import type { Plan } from './plan.ts'
import type { ReadPorts } from './ports/index.ts'

/** A command that changes the platform: `read` asks the world, `plan` is pure. Neither can change anything. */
export interface ChangeSpec<Shape extends z.ZodObject, Facts> extends CommandFacts<Shape> {
  /** Milliseconds after which `signal` aborts; 10,000 when not given. */
  readonly deadlineMs?: number
  read(args: z.infer<Shape>, ports: ReadPorts, ask: Ask, signal: AbortSignal): Promise<Facts>
  /** The same facts give the same plan. May throw `UserError` for arguments that go against each other. */
  plan(args: z.infer<Shape>, facts: Facts, ask: Ask): Plan
}

/** Seconds: shorter than this nobody can look, longer than this nobody remembers. */
const CONFIRM_WITHIN = { least: 60, most: 3600 }

/** What every change takes besides its own arguments. */
const CHANGE_ARGS = {
  reason: z.string().trim().min(3).max(300).optional().describe('why, in your words, for the record'),
  confirmWithin: duration
    .refine(
      (seconds) => seconds >= CONFIRM_WITHIN.least && seconds <= CONFIRM_WITHIN.most,
      'must be between 1m and 1h',
    )
    .optional()
    .describe(
      'undo it by itself, where it can be undone, unless somebody confirms within this span, 1m to 1h',
    ),
  breakGlass: z
    .boolean()
    .default(false)
    .describe('run what needs a second person without one: owners, with --reason, reviewed afterwards'),
}
const common = z.object(CHANGE_ARGS)
export type CommonArguments = z.infer<typeof common>

/** What the values that a change's `args.parse` gave say of every change. */
export function commonArguments(args: unknown): CommonArguments {
  return common.parse(args)
}

/** Seals a change. As with a query, only values parsed by its own `args` reach `read` and `plan`. */
export function defineChange<Shape extends z.ZodObject, Facts>(
  spec: ChangeSpec<Shape, Facts>,
): Change & { readonly spec: ChangeSpec<Shape, Facts> } {
  return {
    ...factsOf(spec),
    args: spec.args.extend(CHANGE_ARGS),
    // Only an owner does without a second person: whoever is none learns who is, and can ask them.
    roleFor: (args) => (commonArguments(args).breakGlass ? 'owner' : null),
    deedFor: (args) =>
      commonArguments(args).breakGlass ? 'Running something without a second person' : undefined,
    kind: 'change',
    spec,
    async plan(raw, ports, ask, signal) {
      const args = spec.args.parse(raw)
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(spec.deadlineMs ?? DEFAULT_DEADLINE_MS)])
      return spec.plan(args, await spec.read(args, ports, ask, deadline), ask)
    },
  }
}
