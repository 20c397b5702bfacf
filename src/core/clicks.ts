import { UserError } from './errors.ts'
import type { OperationState } from './operation.ts'
import { ownOperation } from './operation-refusals.ts'
import type { Incoming } from './ports/intake.ts'
import type { Offer, Offers } from './ports/records.ts'
import type { RegistryReader, ResolvedLine } from './ports/registry.ts'
import { quote } from './tokens.ts'
import { orAborted } from './waiting.ts'

/** How long the database may take to say what a button stands for, in milliseconds. */
const LOOK_UP_WITHIN_MS = 500

/** What a click or a submission asks for: a command line, and where it is decided. */
export interface Meaning {
  readonly line: string
  /** An operation is decided in its own channel, on whatever surface the click was. Undefined: where it was clicked. */
  readonly channel?: string
  /** The outbox id of the message that the answer takes the place of. */
  readonly replaces: string | null
}

/** An operation as a decision about it needs it. */
export interface DecidedOperation {
  readonly channel: string
  readonly digest: string
  readonly state: OperationState
  readonly requester: { readonly person: string }
}

export interface ClickDependencies {
  readonly offers: Offers
  readonly operations: { find(id: string): Promise<DecidedOperation | null> }
  readonly registry: Pick<RegistryReader, 'format'>
}

type Click = NonNullable<Incoming['click']>

/**
 * What a click means, read from the database: Slack carries nothing but an id and the digest of what was shown. A button of
 * an operation names the operation; every other names a stored line; a form's fields are the arguments of its command.
 * Throws `UserError`: `EXPIRED` for what is not known, `STALE_PLAN` for what does not match what was shown.
 */
export async function meaningOf(
  dependencies: ClickDependencies,
  click: Click,
  person: string,
): Promise<Meaning> {
  if (click.action === 'form') return filledIn(dependencies, click)
  const [value, id = '', digest = ''] = OPERATION_VALUE.exec(click.value) ?? []
  if (value !== undefined) return decided(dependencies, click, { id, digest, person })
  const offer = await offered(dependencies, click)
  return { line: offer.line, replaces: baseAction(offer.action) === 'refresh' ? offer.message : null }
}

/** `<operation>.<first 16 of the plan's digest>` (docs/CONTRACT.md): an operation's id has ten characters, a line's sixteen. */
const OPERATION_VALUE = /^([0-9a-z]{10})\.([0-9a-f]{16})$/

/** Those without a digest are about the operation as a whole, not about what was shown of its plan. */
const LINES: Readonly<Record<string, (id: string, digest: string) => string>> = {
  confirm: (id, digest) => `ops confirm ${id} ${digest}`,
  cancel: (id) => `ops cancel ${id}`,
  approve: (id, digest) => `ops decide ${id} ${digest}`,
  deny: (id, digest) => `ops decide ${id} ${digest} --deny`,
  undo: (id) => `ops undo ${id}`,
  review: (id) => `ops review ${id}`,
}
/** What another person than the requester decides, as a click and as a command. */
const OF_ANOTHER = {
  clicks: new Set(['approve', 'deny', 'decide']),
  commands: new Set(['ops decide', 'ops approve', 'ops deny']),
}

async function decided(
  { operations }: ClickDependencies,
  click: Click,
  { id, digest, person }: { id: string; digest: string; person: string },
): Promise<Meaning> {
  const action = baseAction(click.action)
  const lineOf = action === 'decide' ? verdictOf(click) : LINES[action]
  if (lineOf === undefined) throw unknownButton()
  const operation = await inTime(operations.find(id))
  if (operation === null) throw unknownButton()
  if (!operation.digest.startsWith(digest)) {
    throw new UserError(
      'STALE_PLAN',
      'This button does not match the plan that was shown with it. Nothing was done.',
    )
  }
  // Whoever asked learns that, and not which role they lack: with it they could not decide either.
  if (OF_ANOTHER.clicks.has(action) && isOwn(operation, person))
    throw ownOperation({ id, digest: operation.digest })
  return { line: lineOf(id, digest), channel: operation.channel, replaces: null }
}

/** Whoever types a decision about what they asked for learns the same as with a click. While it cannot be looked up, nothing is said. */
export async function assertOfAnother(
  { operations }: Pick<ClickDependencies, 'operations'>,
  { command, args }: Pick<ResolvedLine, 'command' | 'args'>,
  person: string,
): Promise<void> {
  if (!OF_ANOTHER.commands.has(command.name)) return
  const { operation: id } = Object(args) as { readonly operation?: unknown }
  if (typeof id !== 'string') return
  const operation = await inTime(operations.find(id)).catch(() => null)
  if (operation !== null && isOwn(operation, person)) throw ownOperation({ id, digest: operation.digest })
}

function isOwn({ requester, state }: DecidedOperation, person: string): boolean {
  return requester.person === person && state === 'awaiting'
}

/** What was chosen in the decision's modal, with why. */
function verdictOf({ fields }: Click): (id: string, digest: string) => string {
  const { verdict, reason } = fields ?? {}
  if (verdict !== 'approve' && verdict !== 'deny') {
    throw new UserError('BAD_ARGUMENT', 'Choose whether you approve or deny it.')
  }
  const why = typeof reason === 'string' && reason.trim() !== '' ? ` --reason ${quote(reason)}` : ''
  return (id, digest) => `ops ${verdict} ${id} ${digest}${why}`
}

/** `<channel>.<command>`: who may do it is decided from the person's roles in that channel, as if it were typed there. */
const FORM_VALUE = /^([CG][A-Z0-9]{2,30})\.([a-z][a-z -]{0,60})$/

function filledIn({ registry }: ClickDependencies, { value, fields = {} }: Click): Meaning {
  const [, channel, command] = FORM_VALUE.exec(value) ?? []
  if (channel === undefined || command === undefined) throw unknownButton()
  const given = Object.fromEntries(Object.entries(fields).filter(([, field]) => field.length > 0))
  return { line: registry.format(command, given), channel, replaces: null }
}

async function offered({ offers }: ClickDependencies, { action, value }: Click): Promise<Offer> {
  const [id = '', digest = ''] = value.split('.')
  const offer = /^[0-9a-z]{1,64}$/.test(id) ? await inTime(offers.find(id)) : null
  if (!offer || offer.action !== action) throw unknownButton()
  if (offer.digest !== digest) {
    throw new UserError('STALE_PLAN', 'This button does not match what was shown with it. Nothing was done.')
  }
  return offer
}

function unknownButton(): UserError {
  return new UserError('EXPIRED', 'This button is not known any more. Ask again for a fresh one.')
}

/** The second button of one action in a row is `refresh.2` (core/seal.ts). */
function baseAction(action: string): string {
  return action.replace(/\.\d+$/, '')
}

/** A database that hangs must not keep Slack waiting: past this the person is told. */
function inTime<Result>(work: Promise<Result>): Promise<Result> {
  return orAborted(work, AbortSignal.timeout(LOOK_UP_WITHIN_MS)).catch((thrown) => {
    throw new UserError(
      'UNAVAILABLE',
      'What this button does could not be looked up. Nothing was done. Try again.',
      { cause: thrown },
    )
  })
}
