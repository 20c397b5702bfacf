import type { Actor } from '../core/ask.ts'
import { UserError } from '../core/errors.ts'
import type { Freeze, Override } from '../core/operation.ts'
import type { OperationDesk } from '../core/ports/operations.ts'
import { storable } from './canonical.ts'
import type { DeskWork } from './operations-ledger.ts'
import { type Db, FREEZE, FREEZE_IN_FORCE, OVERRIDE, readOverrides } from './operations-rows.ts'
import { assertHolds, standingOf } from './operations-standing.ts'

type FreezeDesk = Pick<OperationDesk, 'freeze' | 'unfreeze' | 'endOverride'>

/** What stops changes, and what was taken out of git's care. Who may freeze is the command's to say. */
export function createFreezeDesk({ db, ledger }: DeskWork): FreezeDesk {
  return {
    async freeze(target, seconds, reason, by) {
      // Decisions that are under way commit before it; those that come later see it.
      await db.query('SELECT access_lock()')
      const { rows } = await db.query<Freeze>(
        `INSERT INTO change_freeze (target, until, reason, set_by)
         VALUES ($1, clock_timestamp() + make_interval(secs => $2), $3, $4) RETURNING ${FREEZE}`,
        [target, seconds, storable(reason), by.user],
      )
      const [freeze] = rows
      if (freeze === undefined) throw new Error('a freeze was not written')
      return freeze
    },
    async unfreeze(target, by) {
      const { rows } = await db.query<Freeze>(
        `UPDATE change_freeze SET ended_by = $2, ended_at = clock_timestamp()
         WHERE ${FREEZE_IN_FORCE} AND target IS NOT DISTINCT FROM $1 RETURNING ${FREEZE}`,
        [target, by.user],
      )
      return rows
    },
    async endOverride(id, by) {
      const ended = await endOverride(db, id, by)
      ledger.operation ??= ended.operation
      return ended
    },
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** By whoever owns it, or an admin of its channel: it was given back in another way, or shall stay. */
async function endOverride(db: Db, id: string, by: Actor): Promise<Override> {
  const [found] = UUID.test(id) ? await readOverrides(db, 'id = $1', [id]) : []
  if (found === undefined) {
    throw new UserError('EXPIRED', 'There is no such override. See: overrides.', {
      suggestions: ['overrides'],
    })
  }
  const { owner, channel, operation } = found
  const needed = owner === by.user ? 'member' : 'admin'
  assertHolds(await standingOf(db, by, channel), { needed, operation })
  const { rows } = await db.query<Override>(
    `UPDATE operation_override SET ended_by = $2, ended_at = clock_timestamp()
     WHERE id = $1 AND ended_at IS NULL RETURNING ${OVERRIDE}`,
    [id, by.user],
  )
  const [ended] = rows
  if (ended) return ended
  throw new UserError('ALREADY_DECIDED', 'This override has ended already.', { operation })
}
