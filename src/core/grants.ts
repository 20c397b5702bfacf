import type { AccessSnapshot, Grant } from './access.ts'
import { groupName, namesOf } from './access-rules.ts'
import type { Actor, Ask } from './ask.ts'
import type { Code } from './codes.ts'
import { UserError } from './errors.ts'
import type { Desk } from './ports/desk.ts'
import { type Role, reaches } from './roles.ts'

/** A grant as people read it. */
export interface GrantFacts {
  readonly who: string
  readonly role: Role
  /** `#operations`, or `everywhere`. */
  readonly where: string
  /** ISO 8601; null: for ever. */
  readonly until: string | null
  readonly grantedAt: string
  readonly grantedBy: string
  /** Why it should be looked at: what is wrong with who holds it. */
  readonly concerns: readonly string[]
}

const OLD_DAYS = 90
const DAY_MS = 86_400_000

export function grantFacts(grant: Grant, snapshot: AccessSnapshot): GrantFacts {
  const { user, group, channel, role, until, grantedAt, grantedBy } = grant
  const where = channel === null ? 'everywhere' : `#${snapshot.channels.get(channel)?.name ?? channel}`
  return {
    who:
      user === null
        ? `${groupName(snapshot, group ?? '')} (${namesOf(snapshot, [group ?? ''])})`
        : namesOf(snapshot, [user]),
    ...{ role, where, until, grantedAt, grantedBy: namesOf(snapshot, [grantedBy]) },
    concerns: concernsOf(grant, snapshot),
  }
}

function concernsOf(
  { user, group, until, grantedAt, role }: Grant,
  snapshot: AccessSnapshot,
): readonly string[] {
  const kind = user === null ? 'member' : (snapshot.users.get(user)?.kind ?? 'unknown')
  const members = group === null ? null : (snapshot.groups.get(group)?.size ?? 0)
  const days = Math.floor((snapshot.now() - Date.parse(grantedAt)) / DAY_MS)
  return [
    ...(kind === 'member' ? [] : [kind === 'unknown' ? 'never seen in Slack' : kind]),
    ...(members === 0 ? ['the group is empty'] : []),
    ...(until === null && role !== 'owner' && days >= OLD_DAYS ? [`for ever since ${days} days`] : []),
  ]
}

/** Grants that are still in force, and those of one channel only (with the owners, who hold their role everywhere) where one is named. */
export function grantsIn(snapshot: AccessSnapshot, channel: string | null): readonly Grant[] {
  return snapshot.grants.filter(
    (grant) =>
      (grant.until === null || Date.parse(grant.until) > snapshot.now()) &&
      (channel === null || grant.channel === null || grant.channel === channel),
  )
}

export interface Subject {
  readonly user: string | null
  readonly group: string | null
}

/** A Slack id as who it names: ids of user groups begin with S. */
export function subjectOf(id: string): Subject {
  return id.startsWith('S') ? { user: null, group: id } : { user: id, group: null }
}

/** The channel that is meant: the one named, else the one that was asked in. Another one than this is for owners. */
export function channelMeant(ask: Ask, named: string | undefined): string {
  const channel = named ?? ask.channel
  if (channel === null) throw new UserError('BAD_ARGUMENT', 'Say which channel: --in #channel.')
  if (channel !== ask.channel && ask.role !== 'owner') {
    throw new UserError('NO_ROLE', 'Only an owner changes another channel. Say it in that channel.')
  }
  return channel
}

/**
 * The role that let this request pass may have been taken away between its receipt and now: what the transaction sees counts.
 * Membership of a group was judged at the receipt.
 */
export async function assertStillHolds(desk: Desk, { actor, channel, at }: Ask, needed: Role): Promise<void> {
  const grants = await desk.grants()
  const holds = grants.some(
    (grant) =>
      (grant.user === actor.user || grant.group !== null) &&
      (grant.channel === channel || grant.channel === null) &&
      (grant.until === null || Date.parse(grant.until) > at.getTime()) &&
      reaches(grant.role, needed),
  )
  if (!holds)
    throw new UserError('NO_ROLE', `Your role ${needed} was taken away in the meantime. Nothing was done.`)
}

/** `@oncall`, for a sentence about a user group. */
export async function groupSaid(desk: Pick<Desk, 'handle'>, group: string): Promise<string> {
  const handle = await desk.handle(group)
  return handle === null ? `the group ${group}` : `@${handle}`
}

type Person = Awaited<ReturnType<Desk['people']>>[number]

const UNFIT: Readonly<Record<string, Code>> = {
  guest: 'GUEST',
  bot: 'GUEST',
  external: 'EXTERNAL',
  deactivated: 'DEACTIVATED',
  unknown: 'UNAVAILABLE',
}

const UNFIT_WORDS: Readonly<Record<string, string>> = {
  guest: 'a guest of the workspace',
  bot: 'a bot',
  external: 'of another company',
  deactivated: 'deactivated in Slack',
}

/** Nobody grants to themselves, not by another account of theirs and not through a group; and nobody who may do nothing gets a role. */
export function assertMayReceive(people: readonly Person[], actor: Actor, { user, group }: Subject): void {
  if (people.some(({ person }) => person === actor.person)) {
    const how = group === null ? 'to yourself' : 'to a group that you are in'
    throw new UserError('SELF_APPROVAL', `You cannot grant a role ${how}. Ask another admin or an owner.`)
  }
  if (group !== null && people.length === 0) {
    throw new UserError('BAD_ARGUMENT', `Bakery knows no member of the group ${group}. Nothing was granted.`)
  }
  const unfit = people.find((person) => person.user === user && UNFIT[person.kind] !== undefined)
  const code = unfit === undefined ? undefined : UNFIT[unfit.kind]
  if (unfit === undefined || code === undefined) return
  if (unfit.kind === 'unknown') {
    throw new UserError(
      code,
      `Bakery has not met ${unfit.name} in Slack yet, and Slack did not say who that is. Nothing was granted. Try again in a minute.`,
    )
  }
  throw new UserError(
    code,
    `${unfit.name} is ${UNFIT_WORDS[unfit.kind] ?? unfit.kind}, so a role would have no effect. Nothing was granted.`,
  )
}
