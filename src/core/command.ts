import type { z } from 'zod'
import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import type { Code } from './codes.ts'
import type { Status } from './health.ts'
import type { Plan } from './plan.ts'
import type { Desk } from './ports/desk.ts'
import type { ReadPorts } from './ports/index.ts'
import type { Family, Role } from './roles.ts'

/** What every command says of itself: help, docs/COMMANDS.md, authorisation and the manifest are made of it. */
export interface CommandFacts<Shape extends z.ZodObject = z.ZodObject> {
  /** As typed: one or two words, `health`, `roles grant`. */
  readonly name: string
  /** One sentence with a full stop. */
  readonly summary: string
  /** Real lines without `/bakery`, at least one; each parses (a test says so). */
  readonly examples: readonly string[]
  /** Every argument with a `.describe(...)`; keys are what `--key` and `key=value` name. */
  readonly args: Shape
  /** The keys that may be given by place, in order. A last key whose schema is an array takes the rest. */
  readonly positional?: readonly (keyof z.infer<Shape> & string)[]
  readonly family: Family
  /** The least role, in the channel, that may use it. Null: anyone who is not refused as a person. */
  readonly role: Role | null
  /** What it is to do, for whoever lacks the role: its name says nothing to them, as they have only clicked. */
  readonly deed?: string
  /** A higher one, where these arguments need it; null: `role` is enough. */
  roleFor?(args: z.infer<Shape>): Role | null
  /** `deed`, where these arguments make it another one. */
  deedFor?(args: z.infer<Shape>): string | undefined
  /** Whom somebody asks who may not do it, where its role is not enough for everybody's; `role` when not given. */
  readonly asks?: Role
  /** Its one argument is everything after its name, as it was typed: for lines of other programs. */
  readonly verbatim?: true
}

/** A command that only reads: `read` asks the world, `render` and `data` are pure. */
export interface QuerySpec<Shape extends z.ZodObject, Facts> extends CommandFacts<Shape> {
  /** Milliseconds after which `signal` aborts and what is not known yet is unknown; 10,000 when not given. */
  readonly deadlineMs?: number
  read(args: z.infer<Shape>, ports: ReadPorts, ask: Ask, signal: AbortSignal): Promise<Facts>
  render(facts: Facts, args: z.infer<Shape>, ask: Ask): Answer
  /** The same as JSON, for `--json` and the terminal. The facts themselves when not given. */
  data?(facts: Facts, args: z.infer<Shape>): unknown
  /** How it is, for the terminal's exit code; `ok` when not given. */
  status?(facts: Facts): Status
}

/**
 * A command that changes Bakery's own records (grants, bindings, jobs) and nothing outside: `act` runs inside the one
 * transaction that also writes the audit outcome and the messages, so it must do nothing but use `desk`.
 */
export interface AdminSpec<Shape extends z.ZodObject, Result> extends RecordFacts<Shape, Result> {
  act(args: z.infer<Shape>, desk: Desk, ask: Ask): Promise<Result>
  /** Has Bakery's records brought up to date before the transaction is begun; what cannot be asked stays as it was. */
  before?(args: z.infer<Shape>, ports: ReadPorts, ask: Ask): Promise<void>
}

/** The same for a decision that rests on the world as it is now: `read` asks it first, before the transaction is begun. */
export interface DecisionSpec<Shape extends z.ZodObject, Found, Result> extends RecordFacts<Shape, Result> {
  read(args: z.infer<Shape>, ports: ReadPorts, ask: Ask, signal: AbortSignal): Promise<Found>
  act(args: z.infer<Shape>, desk: Desk, ask: Ask, found: Found): Promise<Result>
}

interface RecordFacts<Shape extends z.ZodObject, Result> extends CommandFacts<Shape> {
  render(result: Result, args: z.infer<Shape>, ask: Ask): Answer
  /** Why it was not done although something else was (a new plan is shown instead); null when it was done. */
  refused?(result: Result): Code | null
  /** What the security channel is told of it; nothing when not given. */
  announce?(result: Result, args: z.infer<Shape>, ask: Ask): Answer | null
  /** What it was done to, for the audit row. */
  target?(args: z.infer<Shape>): string
}

/** What running a query gives: the answer for Slack, the data for a terminal. */
export interface QueryOutcome {
  readonly answer: Answer
  readonly data: unknown
  readonly status: Status
}
export interface AdminOutcome {
  readonly answer: Answer
  readonly announcement: Answer | null
  readonly target: string | null
  /** Null: it was done. */
  readonly code: Code | null
}

export interface Query extends CommandFacts {
  readonly kind: 'query'
  /** `args` are the values that `args.parse` gave. */
  run(args: unknown, ports: ReadPorts, ask: Ask, signal: AbortSignal): Promise<QueryOutcome>
}
export interface Admin extends CommandFacts {
  readonly kind: 'admin'
  /** Asks what has to be known before the transaction; gives what is done inside it. */
  prepare(
    args: unknown,
    ports: ReadPorts,
    ask: Ask,
    signal: AbortSignal,
  ): Promise<(desk: Desk) => Promise<AdminOutcome>>
}
/** An administrative command that asks nothing outside. */
export interface OwnAdmin extends Admin {
  run(args: unknown, desk: Desk, ask: Ask): Promise<AdminOutcome>
}
/** A command that changes the platform (change.ts): it says what would be done, and never does it. */
export interface Change extends CommandFacts {
  readonly kind: 'change'
  plan(args: unknown, ports: ReadPorts, ask: Ask, signal: AbortSignal): Promise<Plan>
}
/** A command with its private types sealed in, so that the registry is one plain list. */
export type Command = Query | Admin | Change

export const DEFAULT_DEADLINE_MS = 10_000

/** Seals a query. Only values parsed by its own `args` reach `read`: `run` parses again, which is how the types hold. */
export function defineQuery<Shape extends z.ZodObject, Facts>(
  spec: QuerySpec<Shape, Facts>,
): Query & { readonly spec: QuerySpec<Shape, Facts> } {
  return {
    ...factsOf(spec),
    kind: 'query',
    spec,
    async run(raw, ports, ask, signal) {
      const args = spec.args.parse(raw)
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(spec.deadlineMs ?? DEFAULT_DEADLINE_MS)])
      const found = await spec.read(args, ports, ask, deadline)
      return {
        answer: spec.render(found, args, ask),
        data: spec.data ? spec.data(found, args) : found,
        status: spec.status?.(found) ?? 'ok',
      }
    },
  }
}

/** Seals an administrative command. */
export function defineAdmin<Shape extends z.ZodObject, Result>(
  spec: AdminSpec<Shape, Result>,
): OwnAdmin & { readonly spec: AdminSpec<Shape, Result> } {
  const run = async (raw: unknown, desk: Desk, ask: Ask) => {
    const args = spec.args.parse(raw)
    return adminOutcome(spec, await spec.act(args, desk, ask), args, ask)
  }
  return {
    ...factsOf(spec),
    kind: 'admin',
    spec,
    run,
    async prepare(raw, ports, ask) {
      await spec.before?.(spec.args.parse(raw), ports, ask)
      return (desk) => run(raw, desk, ask)
    },
  }
}

/** Seals a decision. */
export function defineDecision<Shape extends z.ZodObject, Found, Result>(
  spec: DecisionSpec<Shape, Found, Result>,
): Admin & { readonly spec: DecisionSpec<Shape, Found, Result> } {
  return {
    ...factsOf(spec),
    kind: 'admin',
    spec,
    async prepare(raw, ports, ask, signal) {
      const args = spec.args.parse(raw)
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEFAULT_DEADLINE_MS)])
      const found = await spec.read(args, ports, ask, deadline)
      return async (desk) => adminOutcome(spec, await spec.act(args, desk, ask, found), args, ask)
    },
  }
}

function adminOutcome<Shape extends z.ZodObject, Result>(
  spec: RecordFacts<Shape, Result>,
  result: Result,
  args: z.infer<Shape>,
  ask: Ask,
): AdminOutcome {
  return {
    answer: spec.render(result, args, ask),
    announcement: spec.announce?.(result, args, ask) ?? null,
    target: spec.target?.(args) ?? null,
    code: spec.refused?.(result) ?? null,
  }
}

/** What a command says of itself, without its private types. */
export function factsOf<Shape extends z.ZodObject>(spec: CommandFacts<Shape>): CommandFacts {
  const { name, summary, examples, args, family, role, deed, asks, roleFor, deedFor, verbatim } = spec
  const positional = [...(spec.positional ?? [])] as never[]
  return {
    ...{ name, summary, examples, args, family, role, positional },
    ...(deed && { deed }),
    ...(asks && { asks }),
    ...(roleFor && { roleFor: (given: z.infer<z.ZodObject>) => roleFor(given as z.infer<Shape>) }),
    ...(deedFor && { deedFor: (given: z.infer<z.ZodObject>) => deedFor(given as z.infer<Shape>) }),
    ...(verbatim && { verbatim }),
  }
}
