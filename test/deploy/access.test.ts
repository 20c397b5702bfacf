import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ACCOUNTS, type AccountName, accountRules, type GrantedRule } from '../support/account-rules.ts'

const GOLDEN = resolve(import.meta.dirname, '../../deploy/access.golden.json')

/** One line for each verb on each resource: what a reviewer reads. */
function granted(account: AccountName): string[] {
  return [...new Set(accountRules(account).flatMap(linesOf))].toSorted()
}

function linesOf({ namespace, apiGroups, resources, resourceNames, verbs }: GrantedRule): string[] {
  const names = resourceNames?.map((name) => ` (${name})`) ?? ['']
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => {
        const what = group === '' ? resource : `${resource}.${group}`
        return names.map((name) => `${verb} ${what}${name} in ${namespace ?? 'the whole cluster'}`)
      }),
    ),
  )
}

const resourcesOf = (account: AccountName) => accountRules(account).flatMap((rule) => rule.resources)
const verbsOf = (account: AccountName) => accountRules(account).flatMap((rule) => rule.verbs)

describe('what the accounts may do', () => {
  it('is what deploy/access.golden.json lists, and not one verb more', () => {
    const all = Object.fromEntries(ACCOUNTS.map((account) => [account, granted(account)]))
    if (process.env.BAKERY_ACCESS_GOLDEN === '1') writeFileSync(GOLDEN, `${JSON.stringify(all, null, 2)}\n`)
    expect(all).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
  })

  it('is, of the reader, reading, and asking for tokens of exactly the two others', () => {
    const rules = accountRules('bakery-reader')
    const changing = rules.filter(({ verbs }) =>
      verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    )
    expect(changing).toEqual([
      {
        ...{ namespace: 'bakery-desk', apiGroups: [''], resources: ['serviceaccounts/token'] },
        ...{ resourceNames: ['bakery-operator', 'bakery-rehearser'], verbs: ['create'] },
      },
    ])
  })

  it('is, of the operator, neither reading nor making nor replacing anything', () => {
    expect(new Set(verbsOf('bakery-operator'))).toEqual(new Set(['patch', 'delete', 'create']))
    const created = accountRules('bakery-operator').filter(({ verbs }) => verbs.includes('create'))
    expect(created.flatMap(({ resources }) => resources)).toEqual(['pods/eviction'])
    const deleted = accountRules('bakery-operator').filter(({ verbs }) => verbs.includes('delete'))
    expect(deleted.flatMap(({ resources }) => resources)).toEqual(['pods'])
  })

  it('is, of the rehearser, what it is of the operator: a dry run is a write to RBAC', () => {
    expect(granted('bakery-rehearser')).toEqual(granted('bakery-operator'))
  })

  it.each([
    ...['*', 'secrets', 'pods/exec', 'pods/attach', 'pods/portforward', 'configmaps'],
    ...['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings', 'users', 'serviceaccounts'],
  ])('has nothing to do with %s', (resource) => {
    for (const account of ACCOUNTS) expect(resourcesOf(account)).not.toContain(resource)
  })

  it('has no wildcard, and no way to more rights', () => {
    for (const account of ACCOUNTS) {
      expect(accountRules(account).flatMap((rule) => rule.apiGroups)).not.toContain('*')
      for (const verb of ['*', 'escalate', 'bind', 'impersonate', 'deletecollection', 'update']) {
        expect(verbsOf(account)).not.toContain(verb)
      }
    }
  })

  it.each(ACCOUNTS)('is in the whole cluster about nodes alone, for %s', (account) => {
    const wide = accountRules(account).filter(({ namespace }) => namespace === null)
    expect(new Set(wide.flatMap((rule) => rule.resources))).toEqual(new Set(['nodes']))
  })
})
