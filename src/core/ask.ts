import type { Role } from './roles.ts'

/** By which door a request came. `schedule` is Bakery's own clock, `terminal` is `npm run bakery`. */
export const SURFACES = [
  'slash',
  'button',
  'modal',
  'shortcut',
  'home',
  'event',
  'terminal',
  'schedule',
] as const
export type Surface = (typeof SURFACES)[number]

/** What Slack says a user is. `unknown`: not seen yet, and Slack could not be asked. */
export const USER_KINDS = ['member', 'guest', 'external', 'bot', 'deactivated', 'unknown'] as const
export type UserKind = (typeof USER_KINDS)[number]

/** Who asks. `person` is the name that several Slack ids of one human being share (`people:` in platform.yaml), else the id. */
export interface Actor {
  /** Slack team id; `local` for the terminal and the clock. */
  readonly team: string
  /** Slack user id; the operating-system user in a terminal, `bakery` for the clock. */
  readonly user: string
  readonly person: string
  readonly kind: UserKind
}

/** One request as a command sees it: who, where, when, with which role. */
export interface Ask {
  /** Eight characters that find the log line and the audit row. */
  readonly ref: string
  readonly surface: Surface
  readonly actor: Actor
  /** Slack channel id; null where there is no channel (direct message, home, terminal, clock). */
  readonly channel: string | null
  readonly role: Role | null
  readonly at: Date
  /** The platform's time zone, in which the answer says times; UTC when not given. */
  readonly zone?: string
}
