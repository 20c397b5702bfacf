import type { ReadKind } from '../../core/ports/objects.ts'

/** Where the API server has a kind. */
export interface Kind {
  readonly group: string
  readonly version: string
  readonly plural: string
}

const apps = (plural: string): Kind => ({ group: 'apps', version: 'v1', plural })
const core = (plural: string): Kind => ({ group: '', version: 'v1', plural })

/** Every kind that operations read or change; deploy/base grants exactly these. */
export const KINDS: Readonly<Record<ReadKind, Kind>> = {
  Deployment: apps('deployments'),
  StatefulSet: apps('statefulsets'),
  DaemonSet: apps('daemonsets'),
  ReplicaSet: apps('replicasets'),
  ControllerRevision: apps('controllerrevisions'),
  Pod: core('pods'),
  Node: core('nodes'),
  ResourceQuota: core('resourcequotas'),
  PersistentVolumeClaim: core('persistentvolumeclaims'),
  HorizontalPodAutoscaler: { group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers' },
  PodDisruptionBudget: { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' },
  Kustomization: { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', plural: 'kustomizations' },
  HelmRelease: { group: 'helm.toolkit.fluxcd.io', version: 'v2', plural: 'helmreleases' },
  GitRepository: { group: 'source.toolkit.fluxcd.io', version: 'v1', plural: 'gitrepositories' },
}

/** `apps/v1`, `v1`. */
export function apiVersion({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`
}
