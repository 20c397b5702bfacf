import type { Patch, RawObject } from '../ports/objects.ts'
import { at, record } from '../raw.ts'
import { podTemplate, specifiedTemplate } from './template.ts'

/**
 * Belong to the Deployment and never to a revision. Source: `annotationsToSkip` of kubectl's rollback.go.
 */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])

/**
 * What Flux, its Helm releases and Bakery say about the object. kubectl would drop what is there now, or bring back what was
 * there when the revision was made: an exemption that has long ended, a release that owns it no more.
 */
const KEPT_PREFIXES = [
  'kustomize.toolkit.fluxcd.io/',
  'helm.toolkit.fluxcd.io/',
  'reconcile.fluxcd.io/',
  'meta.helm.sh/',
  'bakery.dev/',
]

/**
 * The patch of `kubectl rollout undo`, made from raw objects so that no member is lost, and with what kubectl does not have:
 * it holds for exactly the object that was read (UID and version), and keeps what Flux and Bakery say about it.
 * `annotations` are set on the object beside. Source: kubectl's rollback.go.
 */
export function rollbackPatch(
  workload: RawObject,
  revision: RawObject,
  annotations: Readonly<Record<string, string>> = {},
): Patch {
  return at(revision, 'data') === undefined
    ? replaceTemplate(workload, revision, annotations)
    : applyRevision(workload, revision, annotations)
}

/** A Deployment's revision is a ReplicaSet: its template, and the annotations that the Deployment had then. */
function replaceTemplate(
  workload: RawObject,
  replicaSet: RawObject,
  annotations: Readonly<Record<string, string>>,
): Patch {
  const { uid, resourceVersion } = workload.metadata
  const wanted = { ...rolledBackAnnotations(workload, replicaSet), ...annotations }
  return {
    format: 'json',
    operations: [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'replace', path: '/spec/template', value: specifiedTemplate(replicaSet) },
      { op: 'add', path: '/metadata/annotations', value: wanted },
    ],
  }
}

/** The Deployment's annotations after the rollback. */
export function rolledBackAnnotations(
  deployment: RawObject,
  replicaSet: RawObject,
): Readonly<Record<string, unknown>> {
  const live = Object.entries(record(at(deployment, 'metadata', 'annotations')))
  const past = Object.entries(record(at(replicaSet, 'metadata', 'annotations')))
  return Object.fromEntries([
    ...past.filter(([name]) => !belongsToTheLiveObject(name)),
    ...live.filter(([name]) => belongsToTheLiveObject(name)),
  ])
}

function belongsToTheLiveObject(name: string): boolean {
  return OWN.has(name) || KEPT_PREFIXES.some((prefix) => name.startsWith(prefix))
}

/** The data of a ControllerRevision is the patch itself: `$patch: replace` in it makes the template new as a whole. */
function applyRevision(
  workload: RawObject,
  revision: RawObject,
  annotations: Readonly<Record<string, string>>,
): Patch {
  const { uid, resourceVersion } = workload.metadata
  const set = Object.keys(annotations).length === 0 ? {} : { annotations }
  const template = { ...podTemplate(revision), $patch: 'replace' }
  const body = { metadata: { uid, resourceVersion, ...set }, spec: { template } }
  return { format: 'strategic', text: JSON.stringify(body) }
}
