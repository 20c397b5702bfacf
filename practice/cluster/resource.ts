import type { KubeObject } from './objects.ts'

/** One kind of object that the practice cluster serves. Everything generic reads this table. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames?: readonly string[]
  readonly subresources?: readonly string[]
  /** Whether the API server counts changes of the specification; it does unless this says no. */
  readonly generations?: boolean
  /** Custom resources refuse strategic merge patches, and their lists repeat kind and apiVersion in each item. */
  readonly custom?: boolean
  /** Fields that a field selector may name, beside metadata.name and metadata.namespace. */
  readonly fields?: readonly string[]
  /** Served from another resource's objects, shown in another shape. */
  readonly storedAs?: Resource
  readonly view?: (object: KubeObject) => KubeObject
  /** Only for the compiler: what the objects look like. */
  readonly shape?: T
}

/** Of the group without a name. */
export const core = (plural: string, kind: string, more: Partial<Resource> = {}) => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
  generations: false,
  ...more,
})
/** Workloads, with the subresources that they have beside `status`. */
export const apps = (plural: string, kind: string, shortName: string, ...more: readonly string[]) => ({
  group: 'apps',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
  shortNames: [shortName],
  subresources: ['status', ...more],
})
/** Of a CustomResourceDefinition. */
export const custom = (group: string, version: string, plural: string, kind: string) => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
  custom: true,
  subresources: ['status'],
})

/** Of any other group. */
export const grouped = (group: string, version: string, plural: string, kind: string, shortName: string) => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
  shortNames: [shortName],
  subresources: ['status'],
})
