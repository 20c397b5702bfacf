import type { Actor } from '../core/ask.ts'
import type { Code } from '../core/codes.ts'
import { UserError } from '../core/errors.ts'
import type { Freeze } from '../core/operation.ts'
import type { Plan } from '../core/plan.ts'
import { ROLES, type Role, reaches } from '../core/roles.ts'
import { type Db, FREEZE, FREEZE_IN_FORCE } from './operations-rows.ts'

/** What a decision rests on besides the operation itself, as its transaction sees it: roles, people and freezes. */
export interface Standing {
  readonly held: Role | null
  /** What the mirror says the person is; null: nobody that it knows. */
  readonly kind: string | null
  /** What stops changes of what the plan is about; null: nothing does. */
  readonly freeze: (Freeze & { readonly byName: string | null }) | null
}

const STANDING = `
  SELECT
    (SELECT max(role_rank(g.role)) FROM role_grant g
      WHERE (g.channel IS NULL OR g.channel = $2) AND (g.until IS NULL OR g.until > clock_timestamp())
        AND (g.user_id = $1
             OR EXISTS (SELECT FROM slack_group s WHERE s.group_id = g.group_id AND $1 = ANY (s.members)))) AS rank,
    (SELECT kind FROM slack_user WHERE user_id = $1) AS kind,
    (SELECT row_to_json(f) FROM (
       SELECT ${FREEZE}, (SELECT name FROM slack_user WHERE user_id = set_by) AS "byName"
       FROM change_freeze WHERE ${FREEZE_IN_FORCE} AND (target IS NULL OR target = ANY ($3))
       ORDER BY target NULLS FIRST, set_at LIMIT 1) f) AS freeze`

/** How a person stands at this moment to a channel, and to a plan where there is one. */
export async function standingOf(
  db: Db,
  { user }: Pick<Actor, 'user'>,
  channel: string,
  plan: Plan | null = null,
): Promise<Standing> {
  const about = plan === null ? [] : [...new Set([plan.target, ...plan.steps.map(({ ref }) => ref.name)])]
  const { rows } = await db.query<Pick<Standing, 'kind' | 'freeze'> & { rank: number | null }>({
    ...{ name: 'standing', text: STANDING },
    values: [user, channel, about],
  })
  const [row] = rows
  if (row === undefined) throw new Error('a SELECT without FROM gave no row')
  const { rank, kind, freeze } = row
  return { held: ROLES[(rank ?? 0) - 1] ?? null, kind, freeze }
}

const UNFIT: Readonly<Record<string, Code>> = {
  guest: 'GUEST',
  bot: 'GUEST',
  external: 'EXTERNAL',
  deactivated: 'DEACTIVATED',
}

/** Throws when the person does not hold the role in the channel, or is no member of the workspace any more. */
export function assertHolds(
  { held, kind }: Standing,
  { needed, operation }: { readonly needed: Role; readonly operation: string | null },
): void {
  const unfit = UNFIT[kind ?? '']
  if (unfit !== undefined) {
    throw new UserError(unfit, 'Only members of the workspace decide about changes.', { operation })
  }
  if (reaches(held, needed)) return
  const you = held === null ? 'you hold none there' : `you are ${held} there`
  throw new UserError(
    'NO_ROLE',
    `This needs the role ${needed} in the channel of the operation; ${you}. Nothing was done.`,
    { operation, suggestions: ['whoami'] },
  )
}

/** Throws when changes of what the plan is about are stopped. */
export function assertNotFrozen({ freeze }: Standing, operation: string | null): void {
  if (freeze === null) return
  throw new UserError('FROZEN', frozenSentence(freeze), {
    operation,
    suggestions: [freeze.target === null ? 'unfreeze' : `unfreeze ${freeze.target}`],
  })
}

function frozenSentence({ target, until, reason, by, byName }: NonNullable<Standing['freeze']>): string {
  const what = target === null ? 'All changes are' : `Changes of ${target} are`
  const end = until === null ? 'until somebody ends it' : `until ${until}`
  return `${what} frozen ${end}, by ${byName ?? by}: ${reason}. Nothing was done.`
}

/** Throws when an operation that is under way holds one of the plan's objects. */
export async function assertNotBusy(db: Db, plan: Plan): Promise<void> {
  const { rows } = await db.query<{ key: string; operation: string }>(
    'SELECT key, operation FROM operation_lock WHERE key IN (SELECT operation_keys($1)) ORDER BY key LIMIT 1',
    [JSON.stringify(plan)],
  )
  const [held] = rows
  if (held === undefined) return
  const { key, operation } = held
  const [kind, , name] = key.split('/')
  throw new UserError(
    'TARGET_BUSY',
    `The operation ${operation} changes ${kind}/${name} at the moment. Wait until it has ended, or look at it.`,
    { suggestions: [`ops show ${operation}`] },
  )
}
