import { readFile } from 'node:fs/promises'
import type { PolicyRule } from '../cluster/access.ts'
import { rulesOf } from '../cluster/roles.ts'

/** The accounts of an installation, as deploy/ makes them: who reads, who changes, who only rehearses. */
const NAMESPACE = 'bakery-desk'
const READER = 'bakery-reader'
const OTHERS = ['bakery-operator', 'bakery-rehearser'] as const
const FILES = ['reader.yaml', 'operator.yaml'].map(
  (name) => new URL(`../../deploy/base/${name}`, import.meta.url),
)

const userOf = (account: string) => `system:serviceaccount:${NAMESPACE}:${account}`

/** As users of the practice cluster, with what deploy/ lets them do. */
export async function accounts(): Promise<{ name: string; rules: PolicyRule[] }[]> {
  const manifests = (await Promise.all(FILES.map((file) => readFile(file, 'utf8')))).join('\n---\n')
  return [READER, ...OTHERS].map((name) => ({
    name: userOf(name),
    rules: rulesOf(manifests, { namespace: NAMESPACE, name }),
  }))
}

interface Kubeconfig {
  readonly users: readonly { readonly user: object }[]
  readonly contexts: readonly { readonly context: object }[]
}

/** One kubeconfig as the bot gets it: the reader's, with a context for each of the others, named after its account. */
export function accountsKubeconfig(cluster: { kubeconfig(user?: string): string }): string {
  const own: Kubeconfig = JSON.parse(cluster.kubeconfig(userOf(READER)))
  const others = OTHERS.map((account) => {
    const { users, contexts }: Kubeconfig = JSON.parse(cluster.kubeconfig(userOf(account)))
    return {
      user: { ...users[0], name: account },
      context: { name: account, context: { ...contexts[0]?.context, user: account } },
    }
  })
  return JSON.stringify(
    {
      ...own,
      users: [...own.users, ...others.map(({ user }) => user)],
      contexts: [...own.contexts, ...others.map(({ context }) => context)],
    },
    null,
    2,
  )
}
