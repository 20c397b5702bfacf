import type { AccessSnapshot } from './access.ts'
import type { Ask } from './ask.ts'
import type { Operation } from './operation.ts'
import type { OperationReader } from './ports/operations.ts'
import type { RegistryReader } from './ports/registry.ts'

/** What waits for one person's word. */
export interface ToDecide {
  /** That wait for their approval. */
  readonly awaiting: readonly Operation[]
  /** That were done without a second person, and nobody else has looked at. */
  readonly unreviewed: readonly Operation[]
  /** Whose end nobody could find out. */
  readonly unresolved: readonly Operation[]
}

export const NOTHING_TO_DECIDE: ToDecide = { awaiting: [], unreviewed: [], unresolved: [] }

/** Whether somebody may run the command in that channel. */
export type May = (command: string, channel: string) => boolean

/** By the same rules that their request would meet. */
export function mayOf(
  registry: Pick<RegistryReader, 'commands' | 'decide'>,
  ask: Ask,
  snapshot: AccessSnapshot,
): May {
  return (name, channel) => {
    const command = registry.commands().find((one) => one.name === name)
    return (
      command !== undefined && registry.decide(command, { ...ask, channel }, snapshot).decision === 'allowed'
    )
  }
}

/** Nobody decides about what they asked for themselves, and nobody twice. `channel` undefined: wherever they may. */
export async function toDecide(
  operations: Pick<OperationReader, 'list'>,
  { person, may }: { readonly person: string; readonly may: May },
  where: { readonly channel?: string; readonly limit: number },
): Promise<ToDecide> {
  const [awaiting, unreviewed, unresolved] = await Promise.all([
    operations.list({ ...where, states: ['awaiting'] }),
    operations.list({ ...where, unreviewed: true }),
    operations.list({ ...where, states: ['needs-human'] }),
  ])
  const theirs =
    (command: string) =>
    ({ requester, channel }: Operation) =>
      requester.person !== person && may(command, channel)
  return {
    awaiting: awaiting
      .filter(theirs('ops approve'))
      .filter(({ reviews }) => !reviews.some((review) => review.person === person)),
    unreviewed: unreviewed.filter(theirs('ops review')),
    unresolved: unresolved.filter(theirs('ops resolve')),
  }
}
