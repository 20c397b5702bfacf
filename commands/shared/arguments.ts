import { z } from 'zod'
import { DependencyError } from '../../src/core/errors.ts'
import type { ClusterReader } from '../../src/core/ports/cluster.ts'

/** Arguments that several lists take. */
export const limit = (fallback: number) =>
  z.coerce.number().int().min(1).max(200).default(fallback).describe('at most so many rows, 1 to 200')

export const problems = z.boolean().default(false).describe('only what has a problem')

/** The cluster, or the sentence that there is none. */
export function clusterOf({ cluster }: { readonly cluster: ClusterReader | null }): ClusterReader {
  if (cluster) return cluster
  throw notConfigured(
    'kubernetes',
    'Bakery has no way to the cluster: KUBECONFIG is not set and it does not run inside one.',
  )
}

export function notConfigured(dependency: string, message: string): DependencyError {
  return new DependencyError({ dependency, operation: 'read', message })
}
