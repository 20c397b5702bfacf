import { count } from '../blocks/format.ts'
import type { Deployment, Observed } from '../core/ports/cluster.ts'
import type { Context, Finding } from './check.ts'
import { defineCheck, noCluster } from './check.ts'
import { conclude, lineFor, type Problem } from './problems.ts'

/** A new workload gets this long before having no replica at all is critical. */
const START_S = 60

export const deployments = defineCheck<Observed<Deployment>>({
  area: 'deployments',
  probes: ({ cluster, platform }) =>
    cluster
      ? [{ target: platform.namespace, read: (signal) => cluster.deployments(signal) }]
      : noCluster(platform.namespace),
  judge: judgeDeployments,
})

/** One finding for each workload, and one for each service of platform.yaml that the cluster does not have. */
export function judgeDeployments({ items, observedAt }: Observed<Deployment>, context: Context): Finding[] {
  const names = new Set(items.map((deployment) => deployment.name))
  const missing = context.platform.services
    .filter((service) => !names.has(service.name))
    .map((service) =>
      conclude(
        service.name,
        { desired: null, available: 0 },
        [{ status: 'critical', reason: 'the cluster has no workload of this name', next: 'deployments' }],
        { observedAt },
      ),
    )
  return [...missing, ...items.map((deployment) => judgeDeployment(deployment, context, observedAt))]
}

function judgeDeployment(deployment: Deployment, context: Context, observedAt: Date): Finding {
  const { name, kind, desired, available, ready, updated, rolling, paused, managedBy } = deployment
  const facts = { kind, desired, available, ready, updated, rolling, paused, managedBy }
  const problems = [
    ...replicas(deployment, context),
    ...failure(deployment),
    ...(paused
      ? [{ status: 'warning' as const, reason: 'the rollout is paused, so changes do not reach its pods' }]
      : []),
  ]
  const next = lineFor(name, (workload) => `pods ${workload}`)
  return conclude(name, facts, problems, { observedAt, next })
}

function replicas(
  { name, desired, available, createdAt }: Deployment,
  { platform, now }: Context,
): Problem[] {
  if (desired === 0) {
    const wanted = [...platform.services, ...platform.databases].some((known) => known.name === name)
    return wanted ? [{ status: 'warning', reason: 'scaled to 0 replicas, so it serves nothing' }] : []
  }
  if (available >= desired) return []
  const age = (now.getTime() - createdAt.getTime()) / 1000
  if (available === 0 && age < START_S) return []
  const reason = `${available} of ${count(desired, 'replica')} available`
  return [{ status: available === 0 ? 'critical' : 'warning', reason }]
}

/** A rollout that failed while the old pods still serve is a warning; without enough of them, it is critical. */
function failure({ name, failure: failed, available, desired }: Deployment): Problem[] {
  if (!failed) return []
  const words: Record<string, string> = {
    ProgressDeadlineExceeded: 'the rollout did not finish within its deadline',
    ReplicaFailure: 'pods could not be created',
  }
  return [
    {
      status: available < desired ? 'critical' : 'warning',
      reason: `${words[failed.reason] ?? 'the rollout failed'} (${failed.reason})`,
      next: lineFor(name, (workload) => `events ${workload}`),
    },
  ]
}
