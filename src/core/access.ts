import type { UserKind } from './ask.ts'
import type { Family, Role } from './roles.ts'

/** A role that somebody holds in a channel, or everywhere (`channel` null: owners only). */
export interface Grant {
  readonly id: string
  /** A person's Slack id or a user group's: exactly one of the two. */
  readonly user: string | null
  readonly group: string | null
  readonly channel: string | null
  readonly role: Role
  /** ISO 8601; null: for ever. */
  readonly until: string | null
  readonly grantedBy: string
  readonly grantedAt: string
}

/** What may be done in a channel. */
export interface Binding {
  readonly channel: string
  readonly families: readonly Family[]
  readonly environment: string
}

/** Slack's users as last seen. */
export interface MirroredUser {
  readonly user: string
  readonly team: string
  readonly name: string
  readonly kind: UserKind
  readonly seenAt: string
}

/** Slack's channels as last seen. `shared`: with another company (Slack Connect), or about to be. */
export interface MirroredChannel {
  readonly channel: string
  readonly name: string
  readonly shared: boolean
  readonly archived: boolean
}

/**
 * Everything that a decision rests on, as of one version. The store keeps it fresh and the receipt's transaction
 * checks that the version is still the current one, so a decision never rests on a grant that was revoked before it.
 */
export interface AccessSnapshot {
  readonly version: bigint
  readonly grants: readonly Grant[]
  readonly bindings: ReadonlyMap<string, Binding>
  readonly users: ReadonlyMap<string, MirroredUser>
  readonly channels: ReadonlyMap<string, MirroredChannel>
  /** Slack ids of the members of each user group. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>
  /** What each user group is called after its @. */
  readonly handles?: ReadonlyMap<string, string>
  /** The database's time now, in milliseconds since 1970: every expiry is judged by it. */
  now(): number
}

export type Decision =
  | {
      readonly decision: 'allowed'
      readonly role: Role | null
      /** The rule that allowed it, as shown by `/bakery policy`. */
      readonly rule: string
    }
  | {
      readonly decision: 'refused'
      readonly code: import('./codes.ts').Code
      /** The rule that refused it. */
      readonly rule: string
      /** The sentence that the person reads. */
      readonly message: string
      readonly needs?: Role
      /** Slack ids of people and groups who could do it here. */
      readonly holders: readonly string[]
      readonly suggestions: readonly string[]
    }
