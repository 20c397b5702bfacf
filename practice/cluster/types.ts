import { Invalid } from './failures.ts'
import { isRecord } from './objects.ts'
import type { Resource } from './resources.ts'

/** The numbers that people write as words; 422 in the API server's words when a patch makes one of them something else. */
const NUMBERS = ['replicas', 'minReplicas', 'maxReplicas', 'revisionHistoryLimit', 'progressDeadlineSeconds']

export function checkTypes({ kind }: Resource, patched: Readonly<Record<string, unknown>>): void {
  const spec = isRecord(patched.spec) ? patched.spec : {}
  for (const field of NUMBERS) {
    const value = spec[field]
    if (value === undefined || value === null || Number.isInteger(value)) continue
    const why = `json: cannot unmarshal ${typeof value} into Go struct field ${kind}Spec.spec.${field} of type int32`
    throw new Invalid({ group: '', kind: '' }, '').wrong('patch', JSON.stringify(patched), why)
  }
}
