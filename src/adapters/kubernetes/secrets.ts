import { DependencyError } from '../../core/errors.ts'
import { at, text } from '../../core/raw.ts'
import type { KubernetesClient } from './client.ts'

/** The text of one key of a Secret, for `secret:namespace/name#key` references. deploy/base does not grant this. */
export type ReadSecret = (
  namespace: string,
  name: string,
  key: string,
  signal: AbortSignal,
) => Promise<string>

export function createSecretReader(client: KubernetesClient): ReadSecret {
  return async (namespace, name, key, signal) => {
    const operation = { verb: 'get', resource: 'secrets', group: '', namespace } as const
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`
    const encoded = text(at(await client.json({ operation, path }, signal), 'data', key))
    if (encoded !== null) return Buffer.from(encoded, 'base64').toString('utf8')
    throw new DependencyError({
      dependency: 'kubernetes',
      operation: `get secrets in ${namespace}`,
      message: `the Secret ${namespace}/${name} has no key ${key}`,
    })
  }
}
