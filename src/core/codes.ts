/** The codes a refusal can carry (docs/CONTRACT.md, "Messages"). */
export const CODES = [
  'NOT_BOUND',
  'NO_ROLE',
  'GUEST',
  'EXTERNAL',
  'DEACTIVATED',
  'SELF_APPROVAL',
  'STALE_PLAN',
  'EXPIRED',
  'ALREADY_DECIDED',
  'TARGET_BUSY',
  'FROZEN',
  'BAD_ARGUMENT',
  'UNKNOWN_COMMAND',
  'UNAVAILABLE',
  'NOT_RECORDED',
] as const

export type Code = (typeof CODES)[number]
