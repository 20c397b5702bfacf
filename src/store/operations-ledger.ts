import type { Actor, Surface } from '../core/ask.ts'
import { isFinal, type Operation } from '../core/operation.ts'
import type { OutgoingMessage } from '../core/ports/records.ts'
import { PRIORITIES } from '../core/ports/records.ts'
import { canonicalJson, storableJson } from './canonical.ts'
import type { AuditEntry } from './entries.ts'
import { messageRows, outboxIdOf } from './messages.ts'
import { type Db, type OperationRow, type OperationSettings, theOperation } from './operations-rows.ts'

/** What a transaction has to write at its end: messages, then audit rows (transaction.ts, "Locks"). */
export interface Ledger {
  readonly entries: AuditEntry[]
  readonly messages: OutgoingMessage[]
  /** The first operation that was touched; null: none. */
  operation: string | null
}

export function newLedger(): Ledger {
  return { entries: [], messages: [], operation: null }
}

/** Whose doing it is, by which door and under which reference. */
export interface Doer {
  readonly actor: Pick<Actor, 'team' | 'user' | 'person'> | null
  readonly surface: Surface
  readonly ref: string
}

/** What every verb of a decision works with, inside one transaction. */
export interface DeskWork {
  readonly db: Db
  readonly settings: OperationSettings
  readonly ledger: Ledger
  doer(actor: Actor): Doer
}

export function bakeryFor({ ref }: Pick<Operation, 'ref'>): Doer {
  return { actor: null, surface: 'schedule', ref }
}

/** A row about an operation: `operation` for each state, `review` for each decision, `step` for each intent and what became of it. */
export function operationEntry(
  kind: 'operation' | 'review' | 'step',
  { id, command, channel, plan, digest }: Operation,
  { actor, surface, ref }: Doer,
  facts: Pick<AuditEntry, 'decision' | 'code'> & {
    readonly target?: string
    readonly payload?: Readonly<Record<string, unknown>>
  },
): AuditEntry {
  const { decision, code, target = plan.target, payload = {} } = facts
  return {
    ...{ kind, channel, surface, command, target, operation: id, decision, code, ref },
    actor: actor === null ? 'bakery' : `${actor.team}/${actor.user}`,
    person: actor?.person ?? 'bakery',
    payload: canonicalJson({ digest, ...payload }),
  }
}

function cardKey(id: string): string {
  return `operation:${id}:card`
}

export function cardId(id: string): string {
  return outboxIdOf(cardKey(id))
}

/** The card as the database has it now: its first message, or an update of it. Nothing while there is only a preview. */
export function cardMessages(
  { voice }: OperationSettings,
  { whole, version, names }: OperationRow,
  isFirst: boolean,
): readonly OutgoingMessage[] {
  if (whole.card === null) return []
  const { id, channel, requester } = whole
  const answer = voice.card({ operation: whole, names: new Map(Object.entries(names)) })
  const destination = isFirst
    ? ({ to: 'channel', channel, asker: requester.user } as const)
    : ({ to: 'update', of: whole.card } as const)
  const key = isFirst ? cardKey(id) : `${cardKey(id)}:${version}`
  return [{ key, destination, priority: PRIORITIES.approval, answer }]
}

/** Whose doing a new state is, and what is kept of it. */
export interface StateChange {
  readonly by: Doer
  /** It had no card before. */
  readonly firstCard?: boolean
  readonly payload?: Readonly<Record<string, unknown>>
}

/** `noteState` of an operation whose row was written already, and what it undoes is told of it. */
export async function recordState(
  db: Db,
  settings: OperationSettings,
  ledger: Ledger,
  { id, ...change }: StateChange & { readonly id: string },
): Promise<Operation> {
  const row = await theOperation(db, id)
  noteState(settings, ledger, row, change)
  await tellUndone({ db, settings, ledger }, row.whole)
  return row.whole
}

/** Notes that the operation has a new state: its audit row and its card. */
export function noteState(
  settings: OperationSettings,
  ledger: Ledger,
  row: OperationRow,
  change: StateChange,
): void {
  const { whole } = row
  ledger.operation ??= whole.id
  ledger.entries.push(
    operationEntry('operation', whole, change.by, {
      ...{ decision: whole.state, code: whole.code },
      payload: { fence: whole.fence, ...(change.payload ?? {}) },
    }),
  )
  ledger.messages.push(...cardMessages(settings, row, change.firstCard ?? false))
}

/**
 * The card of what an operation undoes says so from when that begins, and what became of it. What was to be undone by itself
 * and was not waits for nobody any more: it is tried once (operations-due.ts).
 */
async function tellUndone(
  work: Pick<DeskWork, 'db' | 'settings' | 'ledger'>,
  { undoes, follows, state }: Operation,
): Promise<void> {
  if (undoes === null || !(state === 'approved' || isFinal(state))) return
  if (follows === 'undo' && isFinal(state) && state !== 'succeeded') {
    await work.db.query(
      `UPDATE operation SET confirm_until = NULL WHERE id = $1 AND state = 'succeeded' AND kept_by IS NULL`,
      [undoes],
    )
  }
  await withCard(work, undoes)
}

/** A decision that leaves the state as it is. */
export async function recordDecision(
  work: DeskWork,
  id: string,
  by: Actor,
  decision: string,
): Promise<Operation> {
  const whole = await withCard(work, id)
  work.ledger.entries.push(operationEntry('review', whole, work.doer(by), { decision, code: null }))
  return whole
}

/** Shows it again as it is now. */
export async function withCard(
  { db, settings, ledger }: Pick<DeskWork, 'db' | 'settings' | 'ledger'>,
  id: string,
): Promise<Operation> {
  // The version counts up with every write, and each update of a card has a key of its own.
  await db.query('UPDATE operation SET version = version WHERE id = $1', [id])
  const row = await theOperation(db, id)
  ledger.operation ??= id
  ledger.messages.push(...cardMessages(settings, row, false))
  return row.whole
}

/** Writes what was collected; the last statement before COMMIT. Returns whether there were messages. */
export async function flush(
  db: Db,
  { entries, messages }: Pick<Ledger, 'entries' | 'messages'>,
  ref: string,
): Promise<boolean> {
  const rows = await messageRows(db, messages, ref)
  if (rows.length === 0 && entries.length === 0) return false
  await db.query({
    name: 'ledger_put',
    text: 'SELECT ledger_put($1, $2)',
    values: [storableJson(rows), storableJson(entries)],
  })
  return rows.length > 0
}
