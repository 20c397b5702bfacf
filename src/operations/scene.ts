import type { ObjectReader, RawObject, ReadKind } from '../core/ports/objects.ts'
import { at, list, record, text } from '../core/raw.ts'
import type { Step } from '../core/steps.ts'
import { readsOf, type Scene } from './steps/index.ts'

/** What was read just before an intent, as far as a later read needs it: JSON, kept with the step. */
export type Before = Readonly<Record<string, unknown>>

/** Reads a step's object and what it needs beside it, afresh. Throws `DependencyError` when the cluster cannot be asked. */
export async function readScene(
  objects: ObjectReader,
  step: Step,
  when: 'before' | 'during',
  before: Before | null,
  signal: AbortSignal,
): Promise<Scene> {
  const { kind, namespace, name } = step.ref
  const object = await objects.get({ kind, namespace, name }, signal)
  const related = readsOf(step, when)
  const [pods, revisions, maker] = await Promise.all([
    related.includes('pods') && object !== null ? chosen(objects, 'Pod', object, signal) : [],
    related.includes('revisions') && object !== null
      ? chosen(objects, kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision', object, signal)
      : [],
    related.includes('maker') ? readMaker(objects, before, signal) : null,
  ])
  return { object, pods, revisions, maker }
}

/** What is kept of a scene with the intent: which version was read, and who made a pod. */
export function factsBefore({ object }: Scene): Before {
  if (object === null) return {}
  const { resourceVersion, generation, namespace } = object.metadata
  const controller = list(at(object, 'metadata', 'ownerReferences')).find(
    (one) => at(one, 'controller') === true,
  )
  const kind = text(at(controller, 'kind'))
  const maker = kind === null ? {} : { maker: { kind, namespace, name: text(at(controller, 'name')) } }
  return { resourceVersion, ...(generation === undefined ? {} : { generation }), ...maker }
}

/** Everything of a kind that the workload's selector chooses; its expressions are left out, which chooses more, never less. */
function chosen(
  objects: ObjectReader,
  kind: ReadKind,
  workload: RawObject,
  signal: AbortSignal,
): Promise<readonly RawObject[]> {
  const labels = Object.entries(record(at(workload, 'spec', 'selector', 'matchLabels')))
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',')
  const namespace = workload.metadata.namespace ?? null
  return objects.list({ kind, namespace, ...(labels === '' ? {} : { labels }) }, signal)
}

const MAKERS = ['ReplicaSet', 'StatefulSet', 'DaemonSet'] as const

async function readMaker(
  objects: ObjectReader,
  before: Before | null,
  signal: AbortSignal,
): Promise<RawObject | null> {
  const kind = MAKERS.find((known) => known === at(before, 'maker', 'kind'))
  const name = text(at(before, 'maker', 'name'))
  if (kind === undefined || name === null) return null
  return objects.get({ kind, namespace: text(at(before, 'maker', 'namespace')), name }, signal)
}
