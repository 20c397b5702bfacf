import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const BASE = resolve(import.meta.dirname, '../../deploy/base')

export const ACCOUNTS = ['bakery-reader', 'bakery-operator', 'bakery-rehearser'] as const
export type AccountName = (typeof ACCOUNTS)[number]

const metadata = z.object({ name: z.string(), namespace: z.string().optional() })
const roleSchema = z.object({
  kind: z.enum(['Role', 'ClusterRole']),
  metadata,
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      resourceNames: z.array(z.string()).optional(),
      verbs: z.array(z.string()),
    }),
  ),
})
const bindingSchema = z.object({
  kind: z.enum(['RoleBinding', 'ClusterRoleBinding']),
  metadata,
  roleRef: z.object({ kind: z.string(), name: z.string() }),
  subjects: z.array(z.object({ kind: z.literal('ServiceAccount'), name: z.string(), namespace: z.string() })),
})

/** One rule of deploy/base, with the namespace that it is bound in; null: everywhere. */
export interface GrantedRule {
  readonly namespace: string | null
  readonly apiGroups: string[]
  readonly resources: string[]
  readonly resourceNames?: string[] | undefined
  readonly verbs: string[]
}

function documents(): unknown[] {
  return readdirSync(BASE).flatMap((file) =>
    parseAllDocuments(readFileSync(join(BASE, file), 'utf8')).map((document) => document.toJS() as unknown),
  )
}

/** What deploy/base grants to one of its service accounts, by its bindings. */
export function accountRules(account: AccountName): GrantedRule[] {
  const all = documents()
  const roles = all.flatMap((one) => roleSchema.safeParse(one).data ?? [])
  const bindings = all.flatMap((one) => bindingSchema.safeParse(one).data ?? [])
  const own = bindings.filter(({ subjects }) =>
    subjects.some(({ name, namespace }) => name === account && namespace === 'bakery-desk'),
  )
  return own.flatMap(({ kind, metadata: { namespace = null }, roleRef }) => {
    const role = roles.find(
      (one) =>
        one.kind === roleRef.kind &&
        one.metadata.name === roleRef.name &&
        (one.kind === 'ClusterRole' || one.metadata.namespace === namespace),
    )
    if (role === undefined)
      throw new Error(`${kind} in ${namespace} names ${roleRef.name}, which is not there`)
    return role.rules.map((rule) => ({ namespace: kind === 'RoleBinding' ? namespace : null, ...rule }))
  })
}

/** For practice's cluster, which knows users by their rules. */
export function practiceUser(account: AccountName) {
  const rules = accountRules(account).map(({ namespace, ...rule }) => ({
    ...rule,
    ...(namespace === null ? {} : { namespace }),
  }))
  return { name: `system:serviceaccount:bakery-desk:${account}`, rules }
}
