import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DependencyError } from '../src/core/errors.ts'
import { createReferences } from '../src/references.ts'
import { dependencyError, everythingOf } from './support/expect-error.ts'

const CANARY = 'CANARY-77e2'
const signal = new AbortController().signal
const env = { AUTH_DB_PASSWORD: CANARY, EMPTY: '', PROMETHEUS_URL: 'http://elsewhere:9090' }
const references = createReferences({ env })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bakery-references-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const file = async (content: string) => {
  const path = join(folder, `secret-${Math.random()}`)
  await writeFile(path, content)
  return `file:${path}`
}
const revealed = async (reference: string, using = references) =>
  (await using.resolve(reference, signal)).reveal()
const fault = async (reference: string, using = references) => {
  const error = await dependencyError(using.resolve(reference, signal))
  expect(everythingOf(error)).not.toContain(CANARY)
  return error.message
}

describe('an address', () => {
  it.each([
    ['http://prometheus:9090', 'http://prometheus:9090'],
    ['env:PROMETHEUS_URL', 'http://elsewhere:9090'],
    ['env:PROMETHEUS_URL:-http://prometheus:9090', 'http://elsewhere:9090'],
    ['env:NOT_SET:-http://prometheus:9090', 'http://prometheus:9090'],
    ['env:EMPTY:-auth-db:5432', 'auth-db:5432'],
  ])('%s is %s', (reference, expected) => {
    expect(references.address(reference)).toBe(expected)
  })

  it('that nobody has set is named', () => {
    expect(() => references.address('env:NOT_SET')).toThrow(
      'env:NOT_SET is not set: an address was expected in this environment variable',
    )
  })

  it.each(['env:', 'env:9X', 'env:A B', 'env:A-fallback'])('%j has no form that is known', (reference) => {
    expect(() => references.address(reference)).toThrow(
      'a reference to an address has an unknown form: env:NAME or env:NAME:-fallback was expected',
    )
  })
})

describe('a secret', () => {
  it('comes from the environment', async () => {
    expect(await revealed('env:AUTH_DB_PASSWORD')).toBe(CANARY)
  })

  it('comes from a file, without the line break at its end and no other', async () => {
    expect(await revealed(await file('pass word\n'))).toBe('pass word')
    expect(await revealed(await file('pass\r\n'))).toBe('pass')
    expect(await revealed(await file(' two\n\n'))).toBe(' two\n')
  })

  it('is read again at each call, so that a rotation is seen', async () => {
    const reference = await file('old')
    const source = references.source(reference)
    expect((await source(signal)).reveal()).toBe('old')
    await writeFile(reference.slice('file:'.length), 'new')
    expect((await source(signal)).reveal()).toBe('new')
  })

  it('comes from a Kubernetes Secret', async () => {
    const readSecret = async (...asked: readonly unknown[]) => asked.slice(0, 3).join('|')
    const using = createReferences({ env, readSecret })
    expect(await revealed('secret:bakery-ia/auth-db.credentials#db-password.key#1', using)).toBe(
      'bakery-ia|auth-db.credentials|db-password.key#1',
    )
  })

  it('that is not there is named by its reference, and never by its value', async () => {
    expect(await fault('env:NOT_SET')).toBe(
      'env:NOT_SET is not set: a secret was expected in this environment variable',
    )
    expect(await fault('env:EMPTY')).toBe('env:EMPTY is empty: a secret was expected')
    expect(await fault(`file:${folder}/none`)).toBe(
      `file:${folder}/none cannot be read: there is no such file`,
    )
    expect(await fault(`file:${folder}`)).toBe(
      `file:${folder} cannot be read: it is a folder, and a file was expected`,
    )
  })

  it('in a cluster that is not configured is named', async () => {
    expect(await fault('secret:bakery-ia/auth-db#password')).toBe(
      'secret:bakery-ia/auth-db#password cannot be read: no cluster is configured to read Secrets from',
    )
  })

  it('that the cluster does not give says why, when the cluster does', async () => {
    const forbidden = new DependencyError({
      dependency: 'kubernetes',
      operation: 'get secrets',
      message: 'the cluster forbids to get secrets',
    })
    const said = createReferences({ env, readSecret: async () => Promise.reject(forbidden) })
    expect(await fault('secret:a/b#c', said)).toBe(
      'secret:a/b#c cannot be read: the cluster forbids to get secrets',
    )
    const unsaid = createReferences({ env, readSecret: async () => Promise.reject(new Error('x')) })
    expect(await fault('secret:a/b#c', unsaid)).toBe(
      'secret:a/b#c cannot be read: the cluster did not give it',
    )
  })

  it('that was written into the file itself is not repeated', async () => {
    const forms = [CANARY, `env:NAME:-${CANARY}`, `secret:${CANARY}`, '', `env:${CANARY}`]
    for (const form of forms) {
      expect(await fault(form)).toBe(
        'a reference to a secret has an unknown form: env:NAME, file:PATH or secret:namespace/name#key was expected',
      )
    }
  })

  it('gives a secret or a sentence for any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const work = references.resolve(`env:${text}`, signal)
        await work.catch((error) => expect(error).toBeInstanceOf(DependencyError))
      }),
    )
  })
})
