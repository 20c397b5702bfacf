import type { KubeObject } from './objects.ts'
import type { Resource } from './resources.ts'
import type { Job } from './workloads.ts'

/** What the API server writes into a new object by itself: a Job's pods carry its uid, by which it knows them. */
export function prepare<T extends KubeObject>(resource: Resource, object: T): T {
  if (resource.plural !== 'jobs') return object
  const given: KubeObject = object
  const { spec, metadata } = given as Job
  if (spec.selector !== undefined) return object
  const selector = { 'batch.kubernetes.io/controller-uid': metadata.uid }
  const labels = {
    ...spec.template.metadata?.labels,
    ...selector,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': metadata.uid,
    'job-name': metadata.name,
  }
  const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } }
  return { ...object, spec: { ...spec, selector: { matchLabels: selector }, template } }
}
