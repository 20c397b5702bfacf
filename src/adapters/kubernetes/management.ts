import type { RawObject } from '../../core/ports/objects.ts'
import type { Management } from '../../core/ports/workloads.ts'
import { at, condition, label, list, moment, text } from '../../core/raw.ts'

/** Who is named as the manager of an object by Flux's own labels. */
export interface Owner {
  readonly kind: 'Kustomization' | 'HelmRelease'
  readonly namespace: string
  readonly name: string
}

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io'
const HELM = 'helm.toolkit.fluxcd.io'

/** Flux writes the owner into two labels. Source: https://fluxcd.io/flux/components/kustomize/kustomizations/ */
export function ownerOf(object: RawObject): Owner | null {
  return ownerBy(object, 'Kustomization', KUSTOMIZE) ?? ownerBy(object, 'HelmRelease', HELM)
}

function ownerBy(object: RawObject, kind: Owner['kind'], prefix: string): Owner | null {
  const [name, namespace] = [label(object, `${prefix}/name`), label(object, `${prefix}/namespace`)]
  return name === null || namespace === null ? null : { kind, namespace, name }
}

/** What its owner in Flux does to the object. `owner` null: there is none any more, whatever the labels say. */
export function managementOf(object: RawObject, owner: RawObject | null): Management | null {
  const named = ownerOf(object)
  if (named === null || owner === null) return null
  const { kind, namespace, name } = named
  const owns = ownedFields(object, kind)
  const appliedAt = lastAppliedAt(owner)
  return {
    ref: { kind, namespace, name, uid: owner.metadata.uid },
    intervalSeconds: intervalOf(owner),
    suspended: at(owner, 'spec', 'suspend') === true,
    exempted: isExempted(object, kind),
    owns,
    replicasHidden: !owns.replicas && scaledSince(object, appliedAt),
    gitReplicas: gitReplicas(object, kind),
    correctsDrift: kind === 'Kustomization' || at(owner, 'spec', 'driftDetection', 'mode') === 'enabled',
    lastAppliedAt: appliedAt,
  }
}

/** Flux' own default is to look every ten minutes where the object does not say. */
const INTERVAL_SECONDS = 600

export function intervalOf(owner: RawObject): number {
  return goDuration(at(owner, 'spec', 'interval')) ?? INTERVAL_SECONDS
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
}

/** A duration as Go writes it (`10m0s`, `1h30m`, `90s`), in seconds; null when it is none. */
export function goDuration(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 64) return null
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|us|µs|ns|m|s))+$/.test(value)) return null
  const parts = value.matchAll(/(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)/g)
  return [...parts].reduce((sum, [, digits, unit = 's']) => sum + Number(digits) * (UNITS[unit] ?? 0), 0)
}

/** The last time that git was applied, as the newest entry of its history tells. */
export function lastAppliedAt(owner: RawObject): Date | null {
  const newest = list(at(owner, 'status', 'history'))[0]
  const at_ = moment(at(newest, 'lastReconciled')) ?? moment(at(newest, 'lastDeployed'))
  if (at_ !== null) return at_
  const ready = condition(owner, 'Ready')
  return ready.status === 'True' ? moment(ready.lastTransitionTime) : null
}

/** Label or annotation: Flux takes either. */
function isExempted(object: RawObject, kind: Owner['kind']): boolean {
  const says = (name: string) => label(object, name) ?? text(at(object, 'metadata', 'annotations', name))
  if (kind === 'HelmRelease') return says(`${HELM}/driftDetection`) === 'disabled'
  const ssa = says(`${KUSTOMIZE}/ssa`)
  return says(`${KUSTOMIZE}/reconcile`) === 'disabled' || ssa === 'Ignore' || ssa === 'IfNotPresent'
}

const CONTROLLERS = { Kustomization: 'kustomize-controller', HelmRelease: 'helm-controller' } as const
const NUMBERS = ['f:replicas', 'f:minReplicas', 'f:maxReplicas']

/**
 * By the field managers; where Flux's own is not recorded, everything is taken to be in git. Whoever else writes a value
 * takes it over from Flux, so a number that was set by hand says nothing about git: it is taken to be there. An autoscaler
 * writes through the subresource, and what is only a default has no manager at all.
 */
function ownedFields(object: RawObject, kind: Owner['kind']): Management['owns'] {
  const own = specsOf(object, (manager) => manager === CONTROLLERS[kind])
  if (own.length === 0) return { replicas: true, template: true }
  const others = specsOf(object, (manager) => manager !== CONTROLLERS[kind])
  return {
    replicas: NUMBERS.some((field) => has([...own, ...others], field)),
    template: has([...own, ...others], 'f:template'),
  }
}

/** Flux takes its number back whenever it looks: what an autoscaler set before that, git does not have. */
function scaledSince(object: RawObject, appliedAt: Date | null): boolean {
  return list(at(object, 'metadata', 'managedFields')).some((entry) => {
    if (at(entry, 'subresource') !== 'scale' || !has([at(entry, 'fieldsV1', 'f:spec')], 'f:replicas'))
      return false
    const scaledAt = moment(at(entry, 'time'))
    return scaledAt === null || appliedAt === null || scaledAt > appliedAt
  })
}

/** Flux's own number is git's; anybody else's says nothing of it. */
function gitReplicas(object: RawObject, kind: Owner['kind']): number | null {
  const own = specsOf(object, (manager) => manager === CONTROLLERS[kind])
  const replicas = at(object, 'spec', 'replicas')
  return has(own, 'f:replicas') && typeof replicas === 'number' ? replicas : null
}

function specsOf(object: RawObject, isMeant: (manager: unknown) => boolean): readonly unknown[] {
  return list(at(object, 'metadata', 'managedFields'))
    .filter((entry) => isMeant(at(entry, 'manager')) && at(entry, 'subresource') === undefined)
    .map((entry) => at(entry, 'fieldsV1', 'f:spec'))
}

function has(specs: readonly unknown[], field: string): boolean {
  return specs.some((spec) => at(spec, field) !== undefined)
}
