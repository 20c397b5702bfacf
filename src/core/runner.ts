import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import type { Code } from './codes.ts'
import type { Command } from './command.ts'
import { coerceError, DependencyError, UserError } from './errors.ts'
import { linesMeant } from './meant.ts'
import type { Dialogs } from './ports/dialogs.ts'
import type { ReadPorts } from './ports/index.ts'
import type { Journal, OutgoingMessage, RecordedRequest } from './ports/records.ts'
import { PRIORITIES } from './ports/records.ts'
import { type ProposalViews, proposeChange } from './propose.ts'
import { askOf, messageFor, outcomeOf } from './request-messages.ts'
import { waysOn } from './ways-on.ts'

/** What the runner says by itself, as pure functions of data (src/views). */
export interface RunnerViews extends ProposalViews {
  refusal(facts: {
    code: Code
    message: string
    suggestions: readonly string[]
    needs?: string
    askFor?: string
    ref: string
  }): Answer
  failure(facts: { message: string; ref: string }): Answer
  refusalBurst(facts: { person: string; count: number; minutes: number }): Answer
}

export interface RunnerDependencies {
  readonly registry: {
    resolve(line: string): { command: Command; args: unknown; target: string | null; line: string }
  }
  readonly ports: ReadPorts
  readonly journal: Journal
  /** Null: there is nobody to show a view to, so everything is said in messages. */
  readonly dialogs: Pick<Dialogs, 'open'> | null
  readonly views: RunnerViews
  /** Where Bakery tells of grants, revocations and bursts of refusals. */
  readonly securityChannel: string
  readonly log: Readonly<Record<'error' | 'warn' | 'info', (facts: object, message: string) => void>>
  readonly observe?: (facts: { command: string; outcome: string; seconds: number }) => void
}

type Refused = Parameters<RunnerViews['refusal']>[0] & {
  /** Slack ids of those who may do it here. */
  readonly holders: readonly string[]
}

/** Requests older than this are not answered after a crash: the person has asked again by then. */
const STILL_USEFUL_MS = 15 * 60_000
const BURST = { refusals: 5, minutes: 10, rows: 200 }
/** Codes that speak of somebody who goes beyond what is theirs, and not of a slip of the fingers or of bad timing. */
const OVERSTEPS: ReadonlySet<string> = new Set<Code>([
  'NOT_BOUND',
  'NO_ROLE',
  'GUEST',
  'EXTERNAL',
  'DEACTIVATED',
  'SELF_APPROVAL',
  'STALE_PLAN',
])

export interface Runner {
  /** Does a recorded request and commits its outcome with its messages. Never throws. */
  run(request: RecordedRequest): Promise<void>
  /** Resolves when nothing is under way, or when the time is over; says how many were left. */
  drain(withinMs: number): Promise<number>
}

export function createRunner(dependencies: RunnerDependencies): Runner {
  const underWay = new Set<Promise<void>>()
  const stop = new AbortController()
  return {
    run(request) {
      const done = attempt(dependencies, request, stop.signal)
      underWay.add(done)
      return done.finally(() => underWay.delete(done))
    },
    async drain(withinMs) {
      const all = Promise.all(underWay)
      const timer = AbortSignal.timeout(withinMs)
      await Promise.race([
        all,
        new Promise((resolve) => timer.addEventListener('abort', resolve, { once: true })),
      ])
      stop.abort(new Error('the process stops'))
      return underWay.size
    },
  }
}

async function attempt(
  dependencies: RunnerDependencies,
  request: RecordedRequest,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now()
  let outcome = 'done'
  try {
    outcome = await answer(dependencies, request, signal)
  } catch (thrown) {
    outcome = 'unfinished'
    const facts = { err: coerceError(thrown), ref: request.ref, command: request.command }
    dependencies.log.error(facts, 'a request could not be finished: it stays claimable')
  }
  dependencies.observe?.({
    command: request.command ?? 'none',
    outcome,
    seconds: (performance.now() - started) / 1000,
  })
}

async function answer(
  dependencies: RunnerDependencies,
  request: RecordedRequest,
  signal: AbortSignal,
): Promise<string> {
  const { journal, registry, ports, views } = dependencies
  const { decision, ref } = request
  if (decision.decision === 'refused') return refuse(dependencies, request, { ...decision, ref })
  if (request.command === null) {
    await journal.finish(request, outcomeOf('done'), [])
    return 'done'
  }
  if (ports.clock.now().getTime() - request.at.getTime() > STILL_USEFUL_MS) {
    const message = 'Bakery was restarted before it could answer this, and it is too long ago now. Ask again.'
    return refuse(dependencies, request, { code: 'UNAVAILABLE', message, suggestions: [], holders: [], ref })
  }
  const ask = { ...askOf(request), zone: ports.platform.timeZone }
  try {
    const { command, args, target, line } = registry.resolve(request.work.line)
    if (command.kind === 'admin') return await administer(dependencies, request, command, args, ask, signal)
    if (command.kind === 'change') {
      await proposeChange({ ...dependencies, planner: ports.planner }, { request, line, args, ask }, signal)
      return 'done'
    }
    const { answer: said } = await command.run(args, ports, ask, signal)
    const shown = await inDialog(dependencies, request, said)
    await journal.finish(request, outcomeOf('done', target), shown ? [] : [messageFor(request, said)])
    return 'done'
  } catch (thrown) {
    const problem = coerceError(thrown)
    if (problem instanceof UserError) {
      const { code, message, operation, meant, askFor } = problem
      const instead = meant === null ? [] : linesMeant(ports.registry, request.work.line, meant)
      const suggestions = [...problem.suggestions, ...instead]
      const asked = askFor === null ? {} : { askFor }
      const facts = { ...asked, code, message, suggestions, holders: [], ref }
      return refuse(dependencies, request, facts, operation)
    }
    dependencies.log.error({ err: problem, ref, command: request.command }, 'a request failed')
    const message =
      problem instanceof DependencyError
        ? problem.message
        : 'Something went wrong on Bakery’s side; the log has the cause'
    await journal.finish(request, outcomeOf('failed'), [messageFor(request, views.failure({ message, ref }))])
    return 'failed'
  }
}

/** Whether it was shown as a dialog; a request without a young trigger is answered with a message. */
async function inDialog(
  { dialogs }: RunnerDependencies,
  { work }: RecordedRequest,
  { dialog }: Answer,
): Promise<boolean> {
  const { triggerId } = work.reply
  if (dialogs === null || dialog === undefined || triggerId === null) return false
  return dialogs.open(triggerId, dialog)
}

async function administer(
  dependencies: RunnerDependencies,
  request: RecordedRequest,
  command: Extract<Command, { kind: 'admin' }>,
  args: unknown,
  ask: Ask,
  signal: AbortSignal,
): Promise<string> {
  const act = await command.prepare(args, dependencies.ports, ask, signal)
  let ended = 'done'
  await dependencies.journal.perform(request, async (desk) => {
    const { answer: said, announcement, target, code } = await act(desk)
    ended = code === null ? 'done' : 'refused'
    const messages = [messageFor(request, said)]
    if (announcement) {
      messages.push({
        key: `request:${request.id}:announcement`,
        destination: { to: 'channel', channel: dependencies.securityChannel },
        priority: PRIORITIES.notice,
        answer: announcement,
      })
    }
    const outcome = code === null ? outcomeOf('done', target) : { ...outcomeOf('refused', target), code }
    return { outcome, messages }
  })
  return ended
}

async function refuse(
  dependencies: RunnerDependencies,
  request: RecordedRequest,
  facts: Refused,
  operation: string | null = null,
): Promise<string> {
  const { code, message, needs, holders, ref } = facts
  const { suggestions, askFor, who } = await waysOn(dependencies.ports, askOf(request), facts.suggestions)
  const wanted = mayAsk(request, code, holders) ? request.work.line : (facts.askFor ?? askFor)
  const refusal = dependencies.views.refusal({
    ...{ code, suggestions, ref },
    message: who === '' ? message : `${message} ${who}`,
    ...(needs === undefined ? {} : { needs }),
    ...(wanted === null ? {} : { askFor: wanted }),
  })
  const messages: OutgoingMessage[] =
    request.work.source?.told === true
      ? []
      : [{ ...messageFor(request, refusal), priority: PRIORITIES.refusal }]
  const burst = OVERSTEPS.has(code) ? await burstMessage(dependencies, request) : null
  if (burst) messages.push(burst)
  await dependencies.journal.finish(request, { ...outcomeOf('refused', null), code, operation }, messages)
  const { team, user } = request.actor
  dependencies.log.info(
    { ref, code, command: request.command, actor: `${team}/${user}` },
    'a request was refused',
  )
  return 'refused'
}

/** Who lacks a role can ask somebody who has it; every other refusal names what is to be done. */
function mayAsk({ channel, command }: RecordedRequest, code: Code, holders: readonly string[]): boolean {
  return code === 'NO_ROLE' && holders.length > 0 && channel !== null && command !== null
}

/** Many oversteps of one person in a short time are told to the security channel, once a while, by whichever replica sees them. */
async function burstMessage(
  dependencies: RunnerDependencies,
  request: RecordedRequest,
): Promise<OutgoingMessage | null> {
  const { ports, views, securityChannel } = dependencies
  const now = ports.clock.now().getTime()
  const spanMs = BURST.minutes * 60_000
  const { team, user, person } = request.actor
  const filter = {
    actor: `${team}/${user}`,
    decision: 'refused',
    since: new Date(now - spanMs),
    limit: BURST.rows,
  }
  const rows = await ports.audit.search(filter, AbortSignal.timeout(2000)).catch((thrown: unknown) => {
    dependencies.log.warn({ err: coerceError(thrown) }, 'refusals could not be counted')
    return []
  })
  const count = rows.filter(({ kind, code }) => kind === 'request' && OVERSTEPS.has(code ?? '')).length
  if (count < BURST.refusals) return null
  const name = await ports.access.snapshot().then(
    ({ users }) => users.get(user)?.name,
    () => undefined,
  )
  return {
    key: `refusals:${team}/${user}:${Math.floor(now / spanMs)}`,
    destination: { to: 'channel', channel: securityChannel },
    priority: PRIORITIES.notice,
    answer: views.refusalBurst({ person: name ?? person, count, minutes: BURST.minutes }),
  }
}
