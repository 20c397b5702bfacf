import { createHash } from 'node:crypto'
import { canonical } from '../canonical.ts'
import type { RawObject } from '../ports/objects.ts'
import { at, type Raw, record } from '../raw.ts'

/** Written by a restart, and nothing of what the pods are. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'
/** Given by the Deployment's controller to its ReplicaSets' templates. */
const TEMPLATE_HASH = 'pod-template-hash'

/**
 * The pod template of a Deployment, StatefulSet, DaemonSet or ReplicaSet, or the one that a ControllerRevision keeps
 * (`.data` is a patch of its owner). An empty record when there is none.
 */
export function podTemplate(object: RawObject): Raw {
  const kept = at(object, 'data', 'spec', 'template')
  if (kept === undefined) return record(at(object, 'spec', 'template'))
  const { $patch: _directive, ...template } = record(kept)
  return template
}

/** The template without the label that the Deployment's controller adds: what was specified. */
export function specifiedTemplate(object: RawObject): Raw {
  return withoutKey(podTemplate(object), 'labels', TEMPLATE_HASH)
}

/**
 * SHA-256 in hexadecimal over the canonical JSON of the pod template, without the moment of a restart and without the
 * controller's own label: a workload and its revision of the same template have the same digest. A member that is null is
 * as good as absent, as the API server has it.
 */
export function templateDigest(object: RawObject): string {
  const template = withoutKey(specifiedTemplate(object), 'annotations', RESTARTED_AT)
  return createHash('sha256').update(comparable(template)).digest('hex')
}

/** kubectl's own comparison before it rolls back: everything but the controller's label, the moment of a restart too. */
export function sameTemplate(one: RawObject, other: RawObject): boolean {
  return comparable(specifiedTemplate(one)) === comparable(specifiedTemplate(other))
}

function comparable(template: Raw): string {
  return canonical(withoutEmptyMetadata(record(withoutNulls(template))))
}

function withoutKey(template: Raw, member: 'labels' | 'annotations', key: string): Raw {
  const metadata = record(template.metadata)
  const { [key]: _dropped, ...kept } = record(metadata[member])
  return { ...template, metadata: { ...metadata, [member]: kept } }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]))
}

/** `annotations: {}` says what no annotations say. */
function withoutEmptyMetadata(template: Raw): Raw {
  const members = Object.entries(record(template.metadata)).filter(
    ([, member]) => Object.keys(record(member)).length > 0 || typeof member !== 'object',
  )
  return { ...template, metadata: Object.fromEntries(members) }
}
