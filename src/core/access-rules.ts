import type { AccessSnapshot, Grant } from './access.ts'
import { type Role, reaches, stronger } from './roles.ts'

/** Questions about the records that a decision rests on. All of them judge expiry by the database's clock. */

function isInForce({ until }: Grant, now: number): boolean {
  return until === null || Date.parse(until) > now
}

/** An owner is one everywhere; every other role holds in its own channel only. */
function countsIn(grant: Grant, channel: string | null): boolean {
  return grant.channel === null ? grant.role === 'owner' : grant.channel === channel
}

function isHeldBy({ user, group }: Grant, who: string, { groups }: AccessSnapshot): boolean {
  return user === who || (group !== null && groups.get(group)?.has(who) === true)
}

/** The grants that give this Slack id something in the channel now: their own and their groups'. */
export function grantsOf(snapshot: AccessSnapshot, who: string, channel: string | null): readonly Grant[] {
  const now = snapshot.now()
  return snapshot.grants.filter(
    (grant) => isInForce(grant, now) && countsIn(grant, channel) && isHeldBy(grant, who, snapshot),
  )
}

/** The highest role that this Slack id holds in the channel now. Without a channel only owners hold anything. */
export function roleIn(snapshot: AccessSnapshot, who: string, channel: string | null): Role | null {
  return grantsOf(snapshot, who, channel).reduce<Role | null>((best, { role }) => stronger(best, role), null)
}

/** Slack ids of people and groups that hold the role or a higher one in the channel now: those of the channel before the owners. */
export function holdersOf(snapshot: AccessSnapshot, role: Role, channel: string | null): readonly string[] {
  const now = snapshot.now()
  const enough = snapshot.grants.filter(
    (grant) => isInForce(grant, now) && countsIn(grant, channel) && reaches(grant.role, role),
  )
  const ids = [...enough.filter((grant) => grant.channel !== null), ...enough].map(
    ({ user, group }) => user ?? group ?? '',
  )
  return [...new Set(ids)].filter((id) => isUsable(snapshot, id))
}

/** A grant to somebody who has left helps nobody. */
function isUsable({ users, groups }: AccessSnapshot, id: string): boolean {
  return groups.has(id) || users.get(id)?.kind !== 'deactivated'
}

/** `@oncall`; the id of a group that Slack has not told the name of. */
export function groupName({ handles }: Pick<AccessSnapshot, 'handles'>, group: string): string {
  const handle = handles?.get(group)
  return handle ? `@${handle}` : `the group ${group}`
}

/** Slack id → what the person is called. */
export function userNames({ users }: Pick<AccessSnapshot, 'users'>): ReadonlyMap<string, string> {
  return new Map([...users.values()].map(({ user, name }) => [user, name]))
}

const MOST_NAMES = 5

/** Their names as plain text, so that naming them calls nobody: `ana, marco and 3 more`. A group is named by its members. */
export function namesOf({ users, groups }: AccessSnapshot, ids: readonly string[]): string {
  const people = ids.flatMap((id) => [...(groups.get(id) ?? [id])])
  const names = [...new Set(people)].map((id) => users.get(id)?.name ?? id)
  const named = names.slice(0, MOST_NAMES)
  const left = names.length - named.length
  if (left > 0) return `${named.join(', ')} and ${left} more`
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`
}
