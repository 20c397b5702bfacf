/** The guide's roles ("User Roles"), weakest first. A role is held in a channel; `owner` is held everywhere. */
export const ROLES = ['viewer', 'member', 'admin', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** What a channel can be bound to: a command belongs to one family, and runs only where its family is bound. */
export const FAMILIES = ['help', 'health', 'cluster', 'logs', 'changes', 'jobs', 'access', 'audit'] as const
export type Family = (typeof FAMILIES)[number]

/** Whether `held` is enough where `needed` is asked for. Holding nothing is never enough. */
export function reaches(held: Role | null, needed: Role): boolean {
  return held !== null && ROLES.indexOf(held) >= ROLES.indexOf(needed)
}

/** The stronger of two roles. */
export function stronger(a: Role | null, b: Role | null): Role | null {
  if (a === null) return b
  if (b === null) return a
  return reaches(a, b) ? a : b
}
