import { parse } from 'yaml'
import { z } from 'zod'
import type { PracticeCluster } from '../../practice/cluster/start.ts'
import { ACCOUNTS, practiceUser } from './account-rules.ts'

const kubeconfigSchema = z.looseObject({
  users: z.tuple([z.looseObject({ user: z.looseObject({ token: z.string() }) })]),
  contexts: z.tuple([z.looseObject({ context: z.looseObject({}) })]),
})

/** deploy/'s accounts as users of a practice cluster. */
export const practiceUsers = () => ACCOUNTS.map(practiceUser)

/** A kubeconfig as an installation has it: the reader's, with a context for each of the others, named after it. */
export function accountsKubeconfig(practice: PracticeCluster): string {
  const [reader, ...others] = ACCOUNTS.map((account) => {
    const text = practice.kubeconfig(`system:serviceaccount:bakery-desk:${account}`)
    return { account, ...kubeconfigSchema.parse(parse(text)) }
  })
  if (reader === undefined) throw new Error('there is no reader')
  const users = others.map(({ account, users: [{ user }] }) => ({ name: account, user }))
  const contexts = others.map(({ account, contexts: [{ context }] }) => ({
    name: account,
    context: { ...context, user: account },
  }))
  const { account: _name, ...own } = reader
  return JSON.stringify({
    ...own,
    users: [...own.users, ...users],
    contexts: [...own.contexts, ...contexts],
  })
}
