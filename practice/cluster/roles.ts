import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { PolicyRule } from './access.ts'

const subject = z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() })
const rule = z.object({
  apiGroups: z.array(z.string()).optional(),
  resources: z.array(z.string()).optional(),
  resourceNames: z.array(z.string()).optional(),
  nonResourceURLs: z.array(z.string()).optional(),
  verbs: z.array(z.string()),
})
const metadata = z.object({ name: z.string(), namespace: z.string().optional() })
const role = z.object({ kind: z.enum(['Role', 'ClusterRole']), metadata, rules: z.array(rule) })
const binding = z.object({
  kind: z.enum(['RoleBinding', 'ClusterRoleBinding']),
  metadata,
  roleRef: z.object({ kind: z.string(), name: z.string() }),
  subjects: z.array(subject),
})

/** What a service account may do by the RBAC objects of these manifests (YAML, many documents). */
export function rulesOf(manifests: string, account: { namespace: string; name: string }): PolicyRule[] {
  const documents: unknown[] = parseAllDocuments(manifests).map((document) => document.toJS())
  const roles = documents.flatMap((document) => role.safeParse(document).data ?? [])
  const bindings = documents.flatMap((document) => binding.safeParse(document).data ?? [])
  return bindings
    .filter(({ subjects }) =>
      subjects.some(
        ({ kind, name, namespace }) =>
          kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
      ),
    )
    .flatMap(({ kind, metadata: { namespace }, roleRef }) => {
      const found = roles.find((candidate) => {
        const home = candidate.kind === 'ClusterRole' || candidate.metadata.namespace === namespace
        return candidate.kind === roleRef.kind && candidate.metadata.name === roleRef.name && home
      })
      const scope = kind === 'RoleBinding' && namespace !== undefined ? { namespace } : {}
      return (found?.rules ?? []).map((given) => ({ ...given, ...scope }))
    })
}
