import type { Binding, Grant, MirroredChannel, MirroredUser } from '../access.ts'
import type { Answer } from '../answer.ts'
import type { Family, Role } from '../roles.ts'
import type { OperationDesk } from './operations.ts'

/**
 * Bakery's own records, written inside one transaction: what an administrative command may do.
 * Each verb throws `UserError` when the record does not allow it, and the transaction then changes nothing.
 */
export interface Desk {
  /** What a person decides about operations. */
  readonly operations: OperationDesk
  /** The records as this transaction sees them. */
  grants(): Promise<readonly Grant[]>
  binding(channel: string): Promise<Binding | null>
  /**
   * Everyone behind a Slack id, or behind a user group, with the person that each is (`people:` in platform.yaml, else the
   * id). A user id that the mirror does not know gives one of kind `unknown`; an unknown or empty group gives nobody.
   */
  people(subject: {
    user: string | null
    group: string | null
  }): Promise<readonly (Pick<MirroredUser, 'user' | 'name' | 'kind'> & { readonly person: string })[]>
  /** What a user group is called after its @; null when Slack has not said. */
  handle(group: string): Promise<string | null>
  /** A channel as the mirror knows it; null when it does not. */
  channel(channel: string): Promise<MirroredChannel | null>
  /** Adds a grant, or replaces the same subject's grant of the same channel. `seconds` null: for ever. */
  grant(grant: {
    user: string | null
    group: string | null
    channel: string | null
    role: Role
    seconds: number | null
    grantedBy: string
  }): Promise<Grant>
  /** Takes away what the subject holds in the channel; returns what was taken (empty: nothing was held). The last owner stays. */
  revoke(subject: {
    user: string | null
    group: string | null
    channel: string | null
  }): Promise<readonly Grant[]>
  bind(binding: { channel: string; families: readonly Family[]; environment: string }): Promise<Binding>
  /** False when the channel was not bound. */
  unbind(channel: string): Promise<boolean>
  pauseJob(job: string, paused: boolean, by: string): Promise<void>
  /**
   * A message that only one person saw, to be posted for all: its content as it was. Once (`ALREADY_DECIDED`), and only
   * by the person it went to.
   */
  share(message: string, by: string): Promise<Answer>
  /** Asks for a run now; the runner of any process takes it. */
  requestJob(job: string, by: string): Promise<void>
}
