import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const roleSchema = z.object({
  kind: z.enum(['Role', 'ClusterRole']),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      resourceNames: z.array(z.string()).optional(),
      verbs: z.array(z.string()),
    }),
  ),
})

/** One rule of deploy/base, with the namespace that it is bound in; null: everywhere. */
export interface GrantedRule {
  readonly role: string
  readonly namespace: string | null
  readonly apiGroups: string[]
  readonly resources: string[]
  readonly verbs: string[]
}

/** What deploy/ grants to the service account `bakery-reader`. */
export function readerRules(): GrantedRule[] {
  const file = resolve(import.meta.dirname, '../../deploy/base/reader.yaml')
  return parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
    const role = roleSchema.safeParse(document.toJS())
    if (!role.success) return []
    const { kind, metadata, rules } = role.data
    const namespace = kind === 'Role' ? (metadata.namespace ?? null) : null
    return rules.map((rule) => ({ role: `${kind} ${metadata.name}`, namespace, ...rule }))
  })
}
