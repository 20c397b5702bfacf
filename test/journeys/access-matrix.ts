/**
 * Who may do what, where, by which surface: every cell is asserted over HTTP against the running bot
 * (access-matrix.test.ts). A cell is `ok` or the code of the refusal.
 *
 * People: the five roles of #operations, and those whom Slack calls something else than a member of this workspace.
 */
export const PEOPLE = {
  owner: 'U0OLIVIA',
  admin: 'U0ANA',
  member: 'U0MARCO',
  viewer: 'U0VERA',
  nobody: 'U0NADIA',
  guest: 'U0GUS',
  outsider: 'U0EVE',
  deactivated: 'U0DORA',
  bot: 'U0ROBOT',
} as const
export type Who = keyof typeof PEOPLE

/** Places of a slash command, and the other surfaces. */
export const PLACES = {
  'bound channel': { channel: 'C0OPERATIONS', surface: 'slash' },
  'click in it': { channel: 'C0OPERATIONS', surface: 'button' },
  'channel of other families': { channel: 'C0DIGEST', surface: 'slash' },
  'unbound channel': { channel: 'C0RANDOM', surface: 'slash' },
  'shared channel': { channel: 'C0SHARED', surface: 'slash' },
  'direct message': { channel: 'D0DIRECT', surface: 'slash' },
} as const
export type Place = keyof typeof PLACES

type Cells = Readonly<Record<Place, readonly string[]>>

/** Columns of each row: owner, admin, member, viewer, nobody. */
export const ROLES = ['owner', 'admin', 'member', 'viewer', 'nobody'] as const

const everywhere: Cells = {
  'bound channel': ['ok', 'ok', 'ok', 'ok', 'ok'],
  'click in it': ['ok', 'ok', 'ok', 'ok', 'ok'],
  'channel of other families': ['ok', 'ok', 'ok', 'ok', 'ok'],
  'unbound channel': ['ok', 'ok', 'ok', 'ok', 'ok'],
  'shared channel': ['EXTERNAL', 'EXTERNAL', 'EXTERNAL', 'EXTERNAL', 'EXTERNAL'],
  'direct message': ['ok', 'ok', 'ok', 'ok', 'ok'],
}
const unbound = ['NOT_BOUND', 'NOT_BOUND', 'NOT_BOUND', 'NOT_BOUND', 'NOT_BOUND'] as const
const looking: Cells = {
  ...everywhere,
  'bound channel': ['ok', 'ok', 'ok', 'ok', 'NO_ROLE'],
  'click in it': ['ok', 'ok', 'ok', 'ok', 'NO_ROLE'],
  // #morning-digest: the owner everywhere, Marco a member and Vera a viewer; Ana holds nothing there.
  'channel of other families': ['ok', 'NO_ROLE', 'ok', 'ok', 'NO_ROLE'],
  'unbound channel': unbound,
  'direct message': unbound,
}
const operating: Cells = {
  ...looking,
  'bound channel': ['ok', 'ok', 'ok', 'NO_ROLE', 'NO_ROLE'],
  'click in it': ['ok', 'ok', 'ok', 'NO_ROLE', 'NO_ROLE'],
  'channel of other families': unbound,
}
const pausing: Cells = {
  ...operating,
  'bound channel': ['ok', 'ok', 'NO_ROLE', 'NO_ROLE', 'NO_ROLE'],
  'click in it': ['ok', 'ok', 'NO_ROLE', 'NO_ROLE', 'NO_ROLE'],
}
const administering: Cells = {
  ...pausing,
  'channel of other families': ['ok', 'NOT_BOUND', 'NOT_BOUND', 'NOT_BOUND', 'NOT_BOUND'],
  'unbound channel': ['ok', 'NOT_BOUND', 'NOT_BOUND', 'NOT_BOUND', 'NOT_BOUND'],
}
const listing: Cells = {
  ...administering,
  'bound channel': ['ok', 'ok', 'ok', 'ok', 'NO_ROLE'],
  'click in it': ['ok', 'ok', 'ok', 'ok', 'NO_ROLE'],
}
const owning: Cells = {
  ...administering,
  'bound channel': ['ok', 'NO_ROLE', 'NO_ROLE', 'NO_ROLE', 'NO_ROLE'],
  'click in it': ['ok', 'NO_ROLE', 'NO_ROLE', 'NO_ROLE', 'NO_ROLE'],
}
const watchingFamily: Cells = { ...looking, 'channel of other families': unbound }
/** The audit family is bound in #security only. */
const auditing: Cells = {
  ...looking,
  'bound channel': unbound,
  'click in it': unbound,
  'channel of other families': unbound,
}

/** Each command by the line that is sent: lines that change something are refused by their own act, or change nothing. */
export const MATRIX: readonly { readonly command: string; readonly line: string; readonly cells: Cells }[] = [
  { command: 'menu', line: '', cells: everywhere },
  { command: 'help', line: 'help logs', cells: everywhere },
  { command: 'whoami', line: 'whoami', cells: everywhere },
  { command: 'policy', line: 'policy', cells: everywhere },
  { command: 'ask', line: 'ask whoami', cells: everywhere },
  { command: 'form', line: 'form whoami', cells: everywhere },
  { command: 'health', line: 'health redis', cells: looking },
  { command: 'services', line: 'services', cells: looking },
  { command: 'alerts', line: 'alerts', cells: looking },
  { command: 'pods', line: 'pods', cells: looking },
  { command: 'deployments', line: 'deployments', cells: looking },
  { command: 'nodes', line: 'nodes', cells: looking },
  { command: 'top', line: 'top', cells: looking },
  { command: 'events', line: 'events', cells: looking },
  { command: 'logs', line: 'logs orders', cells: looking },
  { command: 'share', line: 'share 00000000', cells: looking },
  { command: 'rollout status', line: 'rollout status nobody-has-this', cells: looking },
  { command: 'rollout history', line: 'rollout history nobody-has-this', cells: looking },
  { command: 'hpa list', line: 'hpa list', cells: looking },
  { command: 'kubectl', line: 'kubectl get pods', cells: looking },
  { command: 'restart', line: 'restart nobody-has-this', cells: operating },
  { command: 'restart all', line: 'restart all --component nobody-has-this', cells: operating },
  { command: 'rollback', line: 'rollback nobody-has-this --to 3', cells: operating },
  { command: 'rollout pause', line: 'rollout pause nobody-has-this', cells: operating },
  { command: 'rollout resume', line: 'rollout resume nobody-has-this', cells: operating },
  { command: 'scale', line: 'scale nobody-has-this 3', cells: operating },
  { command: 'hpa', line: 'hpa nobody-has-this --max 3', cells: operating },
  { command: 'pod delete', line: 'pod delete nobody-has-this', cells: operating },
  { command: 'node cordon', line: 'node cordon nobody-has-this', cells: operating },
  { command: 'node uncordon', line: 'node uncordon nobody-has-this', cells: operating },
  { command: 'node drain', line: 'node drain nobody-has-this', cells: operating },
  { command: 'flux suspend', line: 'flux suspend nobody-has-this', cells: operating },
  { command: 'flux resume', line: 'flux resume nobody-has-this', cells: operating },
  { command: 'flux reconcile', line: 'flux reconcile nobody-has-this', cells: operating },
  { command: 'ops undo', line: 'ops undo 0000000000', cells: operating },
  { command: 'ops confirm', line: 'ops confirm 0000000000 0000000000000000', cells: operating },
  { command: 'ops cancel', line: 'ops cancel 0000000000', cells: operating },
  { command: 'ops decide', line: 'ops decide 0000000000 0000000000000000', cells: pausing },
  { command: 'ops approve', line: 'ops approve 0000000000 0000000000000000', cells: pausing },
  { command: 'ops deny', line: 'ops deny 0000000000 0000000000000000', cells: pausing },
  { command: 'ops resolve', line: 'ops resolve 0000000000 failed --reason lost', cells: pausing },
  { command: 'ops review', line: 'ops review 0000000000', cells: pausing },
  { command: 'ops list', line: 'ops list', cells: watchingFamily },
  { command: 'ops show', line: 'ops show 0000000000', cells: watchingFamily },
  { command: 'approvals', line: 'approvals', cells: watchingFamily },
  { command: 'overrides', line: 'overrides', cells: watchingFamily },
  { command: 'overrides end', line: 'overrides end 0000000000', cells: operating },
  { command: 'overrides forget', line: 'overrides forget 0000000000 --reason matrix', cells: pausing },
  { command: 'freeze', line: 'freeze orders-service --for 1s --reason matrix', cells: pausing },
  { command: 'unfreeze', line: 'unfreeze orders-service', cells: pausing },
  { command: 'simulate', line: 'simulate pods', cells: pausing },
  { command: 'jobs list', line: 'jobs list', cells: watchingFamily },
  { command: 'jobs run', line: 'jobs run morning-health', cells: operating },
  { command: 'jobs pause', line: 'jobs pause morning-health', cells: pausing },
  { command: 'jobs resume', line: 'jobs resume morning-health', cells: pausing },
  { command: 'roles list', line: 'roles list', cells: listing },
  { command: 'roles grant', line: 'roles grant U0NOBODYELSE viewer', cells: administering },
  { command: 'roles revoke', line: 'roles revoke U0NOBODYELSE', cells: administering },
  { command: 'roles review', line: 'roles review', cells: administering },
  { command: 'channel show', line: 'channel show', cells: listing },
  { command: 'channel bind', line: 'channel bind logs --in C0NOWHERE', cells: owning },
  { command: 'channel unbind', line: 'channel unbind --in C0NOWHERE', cells: owning },
  { command: 'audit search', line: 'audit search', cells: auditing },
]

/** Everybody whom Slack does not call a member is refused everything, everywhere. */
export const REFUSED_EVERYWHERE: Readonly<Record<string, string>> = {
  guest: 'GUEST',
  outsider: 'EXTERNAL',
  deactivated: 'DEACTIVATED',
  bot: 'GUEST',
}
