import { count, sentence } from '../../../src/blocks/builders.ts'
import type { Warning } from '../../../src/core/plan.ts'
import type { WorkloadFacts, WorkloadState } from '../../../src/core/ports/workloads.ts'
import { connectionsSentence, isDatabase, type Target } from './target.ts'

/** What speaks against a change, each a code and a sentence. All of them are pure, and give none where there is nothing to say. */
export type Warnings = readonly Warning[]

const warning = (code: string, text: string): Warnings => [{ code, text }]

/** What goes for every change that replaces a workload's pods: a restart, a rollback. */
export function replacementWarnings(target: Target): Warnings {
  return [
    ...alreadyRolling(target.workload),
    ...secondPostmaster(target),
    ...cutsConnections(target),
    ...singleReplica(target.workload),
    ...noRoomToSurge(target.workload),
    ...onDelete(target.workload),
  ]
}

export function alreadyRolling({ ref, rolling, failure }: WorkloadState): Warnings {
  if (failure !== null) {
    return warning(
      'ALREADY_ROLLING',
      `A rollout of ${ref.name} stands still: ${failure.reason}. ${sentence(failure.message)}`,
    )
  }
  if (!rolling) return []
  return warning('ALREADY_ROLLING', `A rollout of ${ref.name} is under way; this one takes its place.`)
}

/** Source: the operations guide's databases are Deployments with one volume each. */
export function secondPostmaster(target: Target): Warnings {
  const { ref, strategy, exclusiveVolumes } = target.workload
  if (!isDatabase(target) || ref.kind !== 'Deployment' || strategy !== 'RollingUpdate') return []
  const [volume] = exclusiveVolumes
  if (volume === undefined) return []
  return warning(
    'SECOND_POSTMASTER',
    `Its strategy is RollingUpdate: a second PostgreSQL starts on the volume ${volume} before the first has ended. ` +
      'On one node both would write to it; on two the new one hangs. Its strategy should be Recreate.',
  )
}

export function cutsConnections(target: Target): Warnings {
  const said = connectionsSentence(target)
  return said === null ? [] : warning('CUTS_CONNECTIONS', said)
}

function singleReplica({ ref, replicas, strategy }: WorkloadFacts): Warnings {
  if (replicas !== 1 || ref.kind === 'DaemonSet') return []
  if (ref.kind === 'Deployment' && strategy === 'RollingUpdate') return []
  return warning(
    'SINGLE_REPLICA',
    `${ref.name} has one pod, which ends before the next one starts: it is away until that is ready.`,
  )
}

/** A rolling Deployment makes one pod more before it takes one away. */
function noRoomToSurge(workload: WorkloadFacts): Warnings {
  const { ref, strategy } = workload
  if (ref.kind !== 'Deployment' || strategy !== 'RollingUpdate') return []
  return roomFor(workload, 1, 'The rollout needs one pod more for a while')
}

/** `pods` more of them: whether a quota and the nodes have room. A dry run of a workload never meets either. */
export function roomFor({ room, requests }: WorkloadFacts, pods: number, why: string): Warnings {
  const { nodes, quota } = room
  const short: Warning[] = []
  if (quota !== null && quota.pods < pods) {
    const text = `${why}, and the quota ${quota.name} (${quota.resource}) has room for ${quota.pods}. What is over it is not made.`
    short.push({ code: 'QUOTA', text })
  }
  if (nodes !== null && nodes < pods) {
    const size = requests.cpu > 0 ? ` of ${requests.cpu} CPU` : ''
    short.push({
      code: 'NO_ROOM',
      text: `${why}, and the nodes have room for ${count(nodes, 'pod')}${size}. The others wait as Pending.`,
    })
  }
  return short
}

function onDelete({ ref, strategy }: WorkloadFacts): Warnings {
  if (strategy !== 'OnDelete') return []
  return warning(
    'ON_DELETE',
    `Its strategy is OnDelete: the pods of ${ref.name} stay as they are until somebody deletes them one by one.`,
  )
}

export function zeroReplicas({ workload, clients }: Target): Warnings {
  const { name } = workload.ref
  const users = clients.length === 0 ? '' : ` ${clients.join(', ')} cannot work without it.`
  return warning('ZERO_REPLICAS', `${name} is off then: nothing answers in its place.${users}`)
}

export function budgets(of: Pick<WorkloadFacts, 'budgets'>, what: string): Warnings {
  const tight = of.budgets.filter(({ allowed }) => allowed < 1)
  if (tight.length === 0) return []
  return warning(
    'BUDGET',
    `${what}: ${tight.map(({ name, says }) => `${name} allows none to be away now (${says})`).join('; ')}.`,
  )
}
