import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readerRules } from '../support/reader-rules.ts'

const GOLDEN = resolve(import.meta.dirname, '../../deploy/access.golden.json')

/** One line for each verb on each resource: what a reviewer reads. */
function granted(): string[] {
  return readerRules()
    .flatMap(({ namespace, apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) => {
            const what = group === '' ? resource : `${resource}.${group}`
            return `${verb} ${what} in ${namespace ?? 'the whole cluster'}`
          }),
        ),
      ),
    )
    .toSorted()
}

describe('what the account bakery-reader may do', () => {
  it('is what deploy/access.golden.json lists, and not one verb more', () => {
    expect(granted()).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
  })

  it('is reading', () => {
    const verbs = new Set(readerRules().flatMap((rule) => rule.verbs))
    expect([...verbs].toSorted()).toEqual(['get', 'list', 'watch'])
  })

  it.each([
    '*',
    'secrets',
    'pods/exec',
    'pods/attach',
    'pods/portforward',
    'serviceaccounts/token',
    'configmaps',
  ])('has nothing to do with %s', (resource) => {
    expect(readerRules().flatMap((rule) => rule.resources)).not.toContain(resource)
  })

  it('has no wildcard among its groups', () => {
    expect(readerRules().flatMap((rule) => rule.apiGroups)).not.toContain('*')
  })

  it('is in the whole cluster about nodes alone', () => {
    const wide = readerRules().filter(({ namespace }) => namespace === null)
    expect(new Set(wide.flatMap((rule) => rule.resources))).toEqual(new Set(['nodes']))
  })
})
