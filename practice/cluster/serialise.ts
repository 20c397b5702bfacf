import type { KubeObject } from './objects.ts'
import type { Resource } from './resources.ts'

/**
 * Objects are written to the wire many times and change seldom, so their JSON is kept beside them for as long as they
 * live. Lists of built-in kinds carry their items without kind and apiVersion, as the real API server's do.
 */
const kept = new WeakMap<Resource, WeakMap<KubeObject, string>>()

function body(resource: Resource, object: KubeObject): string {
  const texts = kept.get(resource) ?? new WeakMap<KubeObject, string>()
  kept.set(resource, texts)
  const known = texts.get(object)
  if (known !== undefined) return known
  const { kind: _kind, apiVersion: _version, ...rest } = resource.view?.(object) ?? object
  const text = JSON.stringify(rest)
  texts.set(object, text)
  return text
}

const head = ({ group, version, kind }: Resource) =>
  `"kind":"${kind}","apiVersion":"${group === '' ? version : `${group}/${version}`}"`

export function asObject(resource: Resource, object: KubeObject): string {
  return `{${head(resource)},${body(resource, object).slice(1)}`
}

export interface ListFacts {
  readonly resourceVersion: number
  readonly continue?: string
  readonly remainingItemCount?: number
}

export function asList(resource: Resource, objects: readonly KubeObject[], facts: ListFacts): string {
  const item = resource.custom ? asObject : body
  const metadata = JSON.stringify({ ...facts, resourceVersion: String(facts.resourceVersion) })
  const items = objects.map((object) => item(resource, object)).join(',')
  return `{${head({ ...resource, kind: `${resource.kind}List` })},"metadata":${metadata},"items":[${items}]}`
}

/** One line of a watch. */
export function asEvent(type: string, text: string): string {
  return `{"type":"${type}","object":${text}}\n`
}
