import type { Code } from './codes.ts'
import type { PlanRisk } from './plan.ts'
import type { WorkloadFacts } from './ports/workloads.ts'
import type { Role } from './roles.ts'
import type { Step } from './steps.ts'

/**
 * Who may do what, as data: authorise.ts goes through the rules in this order and the first that has an answer gives it;
 * `/bakery policy` shows the same table. Source: docs/SECURITY.md, "Roles and channels".
 */
export const RULES = [
  {
    name: 'terminal',
    code: 'NO_ROLE',
    says: 'A terminal on the machine itself may ask anything and change nothing.',
  },
  { name: 'clock', code: null, says: 'What Bakery does by its own schedule needs nobody’s role.' },
  { name: 'deactivated', code: 'DEACTIVATED', says: 'A deactivated account may do nothing.' },
  { name: 'bot', code: 'GUEST', says: 'Bots and workflows may do nothing.' },
  { name: 'guest', code: 'GUEST', says: 'Guests of the workspace may do nothing.' },
  { name: 'outsider', code: 'EXTERNAL', says: 'People of another company may do nothing.' },
  {
    name: 'shared channel',
    code: 'EXTERNAL',
    says: 'Nothing is done in a channel that is shared with another company.',
  },
  {
    name: 'unknown person',
    code: 'UNAVAILABLE',
    says: 'While Slack cannot say who somebody is, only the owners named in platform.yaml may ask, and nobody may change.',
  },
  { name: 'help', code: null, says: 'Help is for every member of the workspace, everywhere.' },
  {
    name: 'no channel',
    code: 'NOT_BOUND',
    says: 'A direct message, the home tab and a shortcut have no channel: there is only help.',
  },
  {
    name: 'unknown channel',
    code: 'UNAVAILABLE',
    says: 'A channel that Slack cannot describe might be shared: only owners named in platform.yaml may ask there.',
  },
  {
    name: 'binding',
    code: 'NOT_BOUND',
    says: 'A command runs only where its family and this environment are bound; owners may use “access” in every channel.',
  },
  {
    name: 'role',
    code: 'NO_ROLE',
    says: 'The role that the command asks for, or a higher one, held in this channel and not expired; an owner holds it everywhere.',
  },
] as const satisfies readonly { name: string; code: Code | null; says: string }[]

export type RuleName = (typeof RULES)[number]['name']

/** What a plan's risk is judged by. */
export interface RiskFacts {
  readonly steps: readonly Step[]
  /** Every workload that the plan touches, also through its pods or its autoscaler. */
  readonly workloads: readonly Touched[]
  /** Pods that it takes away and that nobody makes again. */
  readonly lost: number
}
export type Touched = Pick<WorkloadFacts, 'ref' | 'component' | 'exclusiveVolumes'>

/** `app.kubernetes.io/component` of what keeps data or connections. */
export const STATEFUL: readonly string[] = ['database', 'cache', 'broker', 'queue']

/** Whether restarting it is more than one pod taking over from another: it keeps data, or its clients feel it. */
export function keepsState({ ref, component, exclusiveVolumes }: Touched): boolean {
  return STATEFUL.includes(component ?? '') || ref.kind === 'StatefulSet' || exclusiveVolumes.length > 0
}

/** What makes a plan destructive; one is enough. */
export const DESTRUCTIVE: readonly {
  readonly says: string
  readonly holds: (facts: RiskFacts) => boolean
}[] = [
  {
    says: 'a database, Redis, RabbitMQ or another that keeps data',
    holds: ({ workloads }) => workloads.some(keepsState),
  },
  { says: 'more than one service', holds: ({ workloads }) => workloads.length > 1 },
  {
    says: 'zero replicas',
    holds: ({ steps }) => steps.some((step) => step.kind === 'scale' && step.to === 0),
  },
  { says: 'draining a node', holds: ({ steps }) => steps.some(({ kind }) => kind === 'evict') },
  { says: 'deleting a pod that nobody makes again', holds: ({ lost }) => lost > 0 },
  {
    says: 'suspending Flux',
    holds: ({ steps }) => steps.some((step) => step.kind === 'suspend' && step.suspended),
  },
]

/** Channels may tighten it, never loosen it. Source: docs/SECURITY.md, "Risk". */
export function riskOf(facts: RiskFacts): PlanRisk {
  return DESTRUCTIVE.some(({ holds }) => holds(facts)) ? 'destructive' : 'change'
}

export interface RiskRow {
  readonly risk: 'read' | 'change' | 'destructive'
  readonly covers: string
  readonly asks: string
}

/** What a plan needs before it runs. */
export const RISKS: readonly RiskRow[] = [
  { risk: 'read', covers: 'Asking: health, pods, logs, alerts and the like.', asks: 'Runs at once.' },
  {
    risk: 'change',
    covers:
      'Restart, rollback, pause or scaling (to 1 or more) of one stateless service, its autoscaler’s bounds, cordon, a pod that is made again, a look of Flux.',
    asks: 'A preview that the requester confirms.',
  },
  {
    risk: 'destructive',
    covers: `Any of: ${DESTRUCTIVE.map(({ says }) => says).join('; ')}; rotation; restore.`,
    asks: 'A preview that another person approves.',
  },
]

/** What each role is for, weakest first. Source: the operations guide, "User Roles". */
export const ROLE_SENTENCES: Readonly<Record<Role, string>> = {
  viewer: 'reads: health, the cluster, logs, alerts',
  member: 'runs jobs, and operates services',
  admin: 'grants viewer and member in the channel, and approves',
  owner: 'everything, in every channel; binds channels',
}
