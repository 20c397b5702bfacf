import type { AccessSnapshot, Decision } from './access.ts'
import type { Actor, Ask } from './ask.ts'
import { assertOfAnother, type ClickDependencies, meaningOf } from './clicks.ts'
import type { Command } from './command.ts'
import type { Emergency } from './emergency.ts'
import { UserError } from './errors.ts'
import type { Admission, Identities, Incoming, Intake } from './ports/intake.ts'
import type { Offers, Receipt, Receipts, RecordedRequest } from './ports/records.ts'
import type { RegistryReader } from './ports/registry.ts'
import { fromSlack } from './tokens.ts'

/** Milliseconds within which a request is committed, or the person is told that it was not (docs/CONTRACT.md). */
const RECORD_WITHIN_MS = 1500
/** Of these, how long Slack may take to say who somebody is. */
const IDENTIFY_WITHIN_MS = 600

export interface IntakeDependencies {
  readonly registry: RegistryReader
  readonly access: { current(): AccessSnapshot }
  readonly receipts: Receipts
  readonly offers: Offers
  readonly operations: ClickDependencies['operations']
  readonly identities: Identities
  /** Several Slack ids can be one person. */
  readonly personOf: (user: string) => string
  /** Does what was recorded; never throws. */
  readonly run: (request: RecordedRequest) => Promise<void>
  /** What may still be done when Postgres is gone; null: nothing. */
  readonly emergency: Emergency | null
  /** Milliseconds since any moment, for deadlines: the time of day is the access records'. */
  readonly now: () => number
}

/**
 * The door behind which every request is the same, whichever way it came: who and what is made out, decided by one set of
 * rules, and committed with its audit row before anybody is told that it was heard. What is not committed never runs.
 */
export function createIntake(dependencies: IntakeDependencies): Intake {
  return {
    async admit(heard) {
      const deadline = dependencies.now() + RECORD_WITHIN_MS
      await identify(dependencies, heard)
      const meant = await understand(dependencies, heard)
      const incoming = inItsPlace(heard, meant)
      const left = Math.max(1, deadline - dependencies.now())
      const actor = (snapshot: AccessSnapshot) => actorOf(dependencies, incoming, snapshot)
      const invalid = invalidIn(incoming, meant)
      const source = {
        ...incoming.source,
        ...(meant.replaces !== null && { replaces: meant.replaces }),
        ...(invalid !== null && { told: true as const }),
      }
      const work = { line: meant.line, reply: incoming.reply, source }
      const request = {
        replayKeys: incoming.replayKeys,
        comesAgain: incoming.event !== undefined,
        surface: incoming.surface,
        actor: actor(dependencies.access.current()),
        channel: incoming.channel,
        command: meant.command?.name ?? null,
        target: meant.target,
        payload: payloadOf(incoming, meant.line),
        work,
        decide: (snapshot: AccessSnapshot) =>
          decide(dependencies, incoming, meant, actor(snapshot), snapshot),
      }
      const receipt = await dependencies.receipts.record(request, left)
      if (receipt.state === 'not-recorded')
        return notRecorded(dependencies, incoming, meant, request.actor, receipt)
      return admission(dependencies, receipt, request, invalid)
    },
  }
}

interface Meant {
  readonly line: string
  readonly command: Command | null
  readonly args: unknown
  readonly target: string | null
  /** Where it is decided, when that is not where it was clicked. */
  readonly channel: string | null
  /** The outbox id of the message that the answer takes the place of. */
  readonly replaces: string | null
  /** Why it cannot be understood; null when it can. */
  readonly problem: UserError | null
}

/** A person or a channel as Slack writes a mention of it, with its id. */
const MENTION = /<([@#])([A-Z0-9]{2,64})(?:\|[^>]*)?>/g
const MENTIONS_LOOKED_UP = 4

/** Who asks and where, and whom and what the line names: a role can only be given to somebody whom Slack has described. */
async function identify({ access, identities }: IntakeDependencies, incoming: Incoming): Promise<void> {
  const { users, channels } = access.current()
  const { user, team, channel, line } = incoming
  const named = [...(line ?? '').matchAll(MENTION)]
    .slice(0, MENTIONS_LOOKED_UP)
    .map(([, sign, id = '']) =>
      sign === '@' ? { user: id, team, channel: null } : { user: '', team, channel: id },
    )
  const unknown = [{ user, team, channel }, ...named].filter(
    (one) =>
      (one.user !== '' && !users.has(one.user)) || (one.channel !== null && !channels.has(one.channel)),
  )
  await Promise.all(unknown.map((one) => identities.ensure(one, IDENTIFY_WITHIN_MS)))
}

const NOT_UNDERSTOOD = {
  ...{ line: '', command: null, args: null, target: null },
  ...{ channel: null, replaces: null, problem: null },
}

/** A decision belongs to its operation's channel, and a form to the one that it was opened from: a modal has none of its own. */
function inItsPlace(incoming: Incoming, { channel }: Meant): Incoming {
  if (channel === null || channel === incoming.channel) return incoming
  const { source: _elsewhere, ...rest } = incoming
  return { ...rest, channel, reply: { ...incoming.reply, channel } }
}

async function understand(dependencies: IntakeDependencies, incoming: Incoming): Promise<Meant> {
  if (incoming.event) return NOT_UNDERSTOOD
  try {
    if (incoming.misdirected !== undefined) throw notOurs(incoming.misdirected)
    const person = dependencies.personOf(incoming.user)
    const clicked = incoming.click && (await meaningOf(dependencies, incoming.click, person))
    const resolved = dependencies.registry.resolve(clicked?.line ?? fromSlack(incoming.line ?? ''))
    if (!clicked) await assertOfAnother(dependencies, resolved, person)
    return {
      ...resolved,
      channel: clicked?.channel ?? null,
      replaces: clicked?.replaces ?? null,
      problem: null,
    }
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    return { ...NOT_UNDERSTOOD, line: incoming.line ?? '', problem: thrown }
  }
}

type Invalid = NonNullable<Extract<Admission, { state: 'recorded' }>['invalid']> | null

/** A modal says what is wrong at the field that it is about: the one that the sentence names, else the first. */
function invalidIn({ surface, click }: Incoming, { problem }: Meant): Invalid {
  const blocks = Object.keys(click?.fields ?? {})
  const [first] = blocks
  if (surface !== 'modal' || problem?.code !== 'BAD_ARGUMENT' || first === undefined) return null
  const block = blocks.find((one) => new RegExp(`\\b${one}\\b`, 'i').test(problem.message)) ?? first
  return { block, message: problem.message }
}

/** Two installations that share an app would each be handed what was meant for the other. */
function notOurs(command: string): UserError {
  return new UserError(
    'UNKNOWN_COMMAND',
    `${command} belongs to another installation of Bakery than the one that heard it. Nothing was done.`,
  )
}

function actorOf(dependencies: IntakeDependencies, incoming: Incoming, snapshot: AccessSnapshot): Actor {
  const { user, team } = incoming
  return {
    team,
    user,
    person: dependencies.personOf(user),
    kind: snapshot.users.get(user)?.kind ?? 'unknown',
  }
}

function decide(
  { registry }: IntakeDependencies,
  incoming: Incoming,
  meant: Meant,
  actor: Actor,
  snapshot: AccessSnapshot,
): Decision {
  if (incoming.event) return { decision: 'allowed', role: null, rule: 'event' }
  const at = new Date(snapshot.now())
  const ask: Ask = { ref: '', surface: incoming.surface, actor, channel: incoming.channel, role: null, at }
  if (!meant.problem && meant.command) return registry.decide(meant.command, ask, snapshot)
  // Who may not even ask for help is refused for that, before anything is said about the line.
  const help = registry.commands().find((command) => command.name === 'help')
  const atTheDoor = help ? registry.decide(help, ask, snapshot) : null
  if (atTheDoor?.decision === 'refused') return atTheDoor
  const problem = meant.problem ?? new UserError('UNKNOWN_COMMAND', 'There is no such command.')
  return {
    decision: 'refused',
    code: problem.code,
    rule: 'the line must name a command and its arguments',
    message: problem.message,
    holders: [],
    suggestions: problem.suggestions,
  }
}

function payloadOf(incoming: Incoming, line: string): Record<string, unknown> {
  if (incoming.event) return { event: incoming.event }
  return incoming.click ? { line, ...incoming.click } : { line: incoming.line ?? '' }
}

function admission(
  dependencies: IntakeDependencies,
  receipt: Exclude<Receipt, { state: 'not-recorded' }>,
  request: Omit<RecordedRequest, 'id' | 'ref' | 'at' | 'decision'>,
  invalid: Invalid,
): Admission {
  if (receipt.state === 'duplicate') return { state: 'duplicate' }
  const { id, ref, at, decision } = receipt
  const { surface, actor, channel, command, work } = request
  return {
    state: 'recorded',
    ...(invalid !== null && decision.decision === 'refused' && { invalid }),
    run: () => dependencies.run({ id, ref, at, decision, surface, actor, channel, command, work }),
  }
}

function notRecorded(
  { emergency, access }: IntakeDependencies,
  incoming: Incoming,
  { command, args }: Meant,
  actor: Actor,
  { ref, reason }: Extract<Receipt, { state: 'not-recorded' }>,
): Admission {
  const { surface, channel } = incoming
  const ask: Ask = { ref, surface, actor, channel, role: 'owner', at: new Date(access.current().now()) }
  const saved = emergency?.({ incoming, command, args, ask })
  if (saved) return saved
  const text =
    `Bakery could not write this down, so it was not done: ${reason}. ` +
    `Try again in a moment.\nNOT_RECORDED · ref ${ref}`
  return { state: 'not-recorded', text, ref }
}
