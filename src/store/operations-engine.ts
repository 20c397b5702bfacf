import type { Pool, PoolClient } from 'pg'
import type { OperationState } from '../core/operation.ts'
import type { Claim, OperationEngine } from '../core/ports/operations.ts'
import type { OutgoingMessage } from '../core/ports/records.ts'
import { storable } from './canonical.ts'
import type { Listener } from './listener.ts'
import { claim, OURS, release, renew } from './operations-claim.ts'
import { dueByTime, follow, stays } from './operations-due.ts'
import { begin, intend, noteStep, skipTheRest } from './operations-intent.ts'
import {
  bakeryFor,
  cardId,
  cardMessages,
  flush,
  type Ledger,
  newLedger,
  recordState,
} from './operations-ledger.ts'
import { type OperationSettings, theOperation } from './operations-rows.ts'
import { inTransaction } from './transaction.ts'

export interface OperationEngineOptions {
  readonly pool: Pool
  readonly listener: Listener
  readonly settings: OperationSettings
  /** Called after a commit that put messages into the outbox. */
  readonly onMessages: () => void
}

const ENDS_EARLY: ReadonlySet<OperationState> = new Set(['failed', 'cancelled', 'stale', 'revoked'])

/** What whoever executes operations writes. A claim that is not ours any more changes nothing. */
export function createOperationEngine(options: OperationEngineOptions): OperationEngine {
  const { pool, listener, settings, onMessages } = options

  /** Runs work under the lock of a claimed operation, and writes what it collected; null when the claim is not ours. */
  async function holding(
    operation: string,
    { operation: { id, ref }, fence }: Claim,
    work: (client: PoolClient, ledger: Ledger) => Promise<void>,
  ): Promise<boolean> {
    let said = false
    const ours = await inTransaction(pool, operation, async (client) => {
      const { rowCount } = await client.query(`SELECT FROM operation WHERE ${OURS} FOR UPDATE`, [id, fence])
      if (rowCount !== 1) return false
      const ledger = newLedger()
      await work(client, ledger)
      said = await flush(client, ledger, ref)
      return true
    })
    if (said) onMessages()
    return ours
  }

  return {
    claim: (leaseSeconds) => claim(pool, leaseSeconds),
    renew: (held, leaseSeconds) => renew(pool, held, leaseSeconds),
    release: (held) => release(pool, held),
    begin: (held, n, before, asOf) => begin(options, held, { n, before, asOf }),
    intent: (held, n, before) => intend(options, held, { n, before }),
    settle: (held, n, { state, auditId, says }) =>
      holding('writing down what became of a step', held, async (client, ledger) => {
        const { rowCount } = await client.query(
          `UPDATE operation_step SET state = $3, says = $4,
             audit_ids = CASE WHEN $5::text IS NULL OR $5 = ANY (audit_ids) THEN audit_ids
                              ELSE audit_ids || $5::text END,
             settled_at = CASE WHEN $3 IN ('done', 'absent', 'failed', 'skipped') THEN clock_timestamp() END
           WHERE operation = $1 AND n = $2`,
          [held.operation.id, n, state, says === null ? null : storable(says), auditId],
        )
        if (rowCount !== 1) throw new Error(`the operation has no step ${n}`)
        const { whole } = await theOperation(client, held.operation.id)
        noteStep(ledger, whole, held, n)
      }),
    move: (held, to, { says, code, messages }) =>
      holding('writing down a state', held, async (client, ledger) => {
        const { id, card } = held.operation
        if (ENDS_EARLY.has(to)) await skipTheRest(client, ledger, held)
        // What was begun without a card has one from here on: it is over, or a person has to look.
        const firstCard = card === null && (to === 'succeeded' || to === 'needs-human')
        await client.query(
          `UPDATE operation SET state = $2, outcome = coalesce($3, outcome), code = coalesce($4, code),
             card = coalesce(card, $5) WHERE id = $1`,
          [id, to, says === null ? null : storable(says), code, firstCard ? cardId(id) : null],
        )
        const by = bakeryFor(held.operation)
        const whole = await recordState(client, settings, ledger, { id, by, firstCard })
        const isCard = ({ destination: at }: OutgoingMessage) => at.to === 'update' && at.of === whole.card
        const others = messages.some(isCard) ? ledger.messages.filter((one) => !isCard(one)) : ledger.messages
        ledger.messages.splice(0, ledger.messages.length, ...others, ...messages)
      }),
    tell: (held, messages) =>
      holding('telling of progress', held, async (client, ledger) => {
        const { id } = held.operation
        // Whoever ended it meanwhile, as before it began, has said so: nothing of progress comes after that.
        const { rowCount } = await client.query(
          'SELECT FROM operation WHERE id = $1 AND settled_at IS NULL',
          [id],
        )
        if (rowCount !== 1) return
        if (messages.length > 0) return void ledger.messages.push(...messages)
        await client.query('UPDATE operation SET version = version WHERE id = $1', [id])
        ledger.messages.push(...cardMessages(settings, await theOperation(client, id), false))
      }),
    due: (limit) => dueByTime(options, limit),
    follow: (cause, what) => follow(options, cause, what),
    stays: (operation) => stays(options, operation),
    onWaiting: (wake) => listener.on('bakery_operation', wake),
  }
}
