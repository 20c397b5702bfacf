import type { Desk } from '../../src/core/ports/desk.ts'
import type { OperationDesk } from '../../src/core/ports/operations.ts'
import type { Store } from '../../src/store/store.ts'
import { done, type Opened, received } from './opened.ts'

/** Does something at the desk, as one request of somebody's. */
export type Decide = <Result>(
  act: (desk: OperationDesk, whole: Desk) => Promise<Result>,
  store?: Store,
) => Promise<Result>

export function decisions(opened: Opened): Decide {
  return async (act, store = opened.store) => {
    let result: { readonly value: Awaited<ReturnType<typeof act>> } | null = null
    await store.journal.perform(await received(store), async (desk) => {
      result = { value: await act(desk.operations, desk) }
      return { outcome: done, messages: [] }
    })
    if (result === null) throw new Error('the request had ended before')
    return (result as { readonly value: Awaited<ReturnType<typeof act>> }).value
  }
}

/** UBOB and UADA are members, UANA and UCARL admins, UVERA a viewer in C1; UOWN and UOWN2 are owners. */
export async function seedPeople({ admin }: Pick<Opened, 'admin'>): Promise<void> {
  await admin.query(`
    INSERT INTO role_grant (user_id, channel, role, granted_by) VALUES
      ('UOWN', NULL, 'owner', 'seed'), ('UOWN2', NULL, 'owner', 'seed'),
      ('UBOB', 'C1', 'member', 'UOWN'), ('UADA1', 'C1', 'member', 'UOWN'), ('UADA2', 'C1', 'admin', 'UOWN'),
      ('UANA', 'C1', 'admin', 'UOWN'), ('UCARL', 'C1', 'admin', 'UOWN'), ('UVERA', 'C1', 'viewer', 'UOWN');
    INSERT INTO slack_user (user_id, team, name, kind) VALUES
      ('UBOB', 'T1', 'Bob', 'member'), ('UANA', 'T1', 'Ana', 'member'), ('UOWN', 'T1', 'Olivia', 'member')`)
}

export async function everyRow({ admin }: Pick<Opened, 'admin'>, sql: string) {
  const { rows } = await admin.query(sql)
  return rows
}
