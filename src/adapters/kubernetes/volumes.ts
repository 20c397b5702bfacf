import type { RawObject } from '../../core/ports/objects.ts'
import { at, list, text } from '../../core/raw.ts'

/** Claims that the pods of a template name themselves. */
export function claimNames(workload: RawObject): readonly string[] {
  return list(at(workload, 'spec', 'template', 'spec', 'volumes')).flatMap(
    (volume) => text(at(volume, 'persistentVolumeClaim', 'claimName')) ?? [],
  )
}

/**
 * Those of the claims that a second pod on another node (or any second pod) cannot mount. Those that a StatefulSet makes for
 * each of its pods are not among them: no two pods share one.
 */
export function exclusiveClaims(workload: RawObject, claims: readonly RawObject[]): readonly string[] {
  const names = new Set(claimNames(workload))
  return claims
    .filter(({ metadata }) => names.has(metadata.name) && metadata.namespace === workload.metadata.namespace)
    .filter((claim) => isExclusive(claim))
    .map(({ metadata }) => metadata.name)
}

function isExclusive(claim: RawObject): boolean {
  const modes = list(at(claim, 'spec', 'accessModes'))
  return modes.length > 0 && modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod')
}
