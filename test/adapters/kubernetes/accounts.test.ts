import { afterEach, describe, expect, it } from 'vitest'
import { accountToken } from '../../../src/adapters/kubernetes/accounts.ts'
import { createClient, type KubernetesClient } from '../../../src/adapters/kubernetes/client.ts'
import { DependencyError } from '../../../src/core/errors.ts'
import { type FakeApi, type Handler, refuse, sendJson, startFakeApi } from './fake-api.ts'

let api: FakeApi
let reader: KubernetesClient
afterEach(async () => {
  await reader.close()
  await api.stop()
})

/** Gives numbered tokens, as long as it is not told to refuse. */
async function tokens(more: { expirationSeconds?: number } = {}) {
  const state = { given: 0, now: 0, answer: null as Handler | null }
  api = await startFakeApi((url, response, request) => {
    if (state.answer !== null) return state.answer(url, response, request)
    state.given += 1
    sendJson(
      response,
      { spec: { expirationSeconds: 600, ...more }, status: { token: `canary-${state.given}` } },
      201,
    )
  })
  reader = createClient({ kind: 'file', path: api.kubeconfig })
  const account = 'bakery-operator' as const
  const token = accountToken({ reader, namespace: 'bakery-desk', account, now: () => state.now })
  return { state, token }
}

describe('the token of an account', () => {
  it('is asked for once, for ten minutes, and kept', async () => {
    const { token } = await tokens()
    expect(await Promise.all([token(), token(), token()])).toEqual(['canary-1', 'canary-1', 'canary-1'])
    expect(api.asked).toEqual(['/api/v1/namespaces/bakery-desk/serviceaccounts/bakery-operator/token'])
  })

  it('is renewed at half of the life that it was really given', async () => {
    const { state, token } = await tokens({ expirationSeconds: 3600 })
    await token()
    state.now = 1_799_000
    expect(await token()).toBe('canary-1')
    state.now = 1_801_000
    expect(await token()).toBe('canary-2')
  })

  it('is used to its end when there is no new one, and not beyond', async () => {
    const { state, token } = await tokens()
    await token()
    state.answer = (_url, response) => refuse(response, 500, 'etcd is gone')
    state.now = 500_000
    expect(await token()).toBe('canary-1')
    state.now = 541_000
    await expect(token()).rejects.toThrow(
      'there is no token for bakery-operator, because the API server answered 500: etcd is gone',
    )
    state.answer = null
    expect(await token()).toBe('canary-2')
  })

  it.each<[string, Handler, string]>([
    [
      'lacks the right',
      (_url, response) => refuse(response, 403, 'forbidden'),
      'not permitted (403): grant the verb "create" on "serviceaccounts/token" for bakery-operator in bakery-desk',
    ],
    [
      'finds no such account',
      (_url, response) => refuse(response, 404, 'not found'),
      'there is no account bakery-operator in bakery-desk (404): apply deploy/',
    ],
    [
      'gets none',
      (_url, response) => sendJson(response, {}, 201),
      'the API server gave none that can be read',
    ],
    ['is cut off', (_url, response) => void response.destroy(), 'the connection was cut'],
  ])('is missing with a reason when Bakery %s', async (_what, answer, why) => {
    const { state, token } = await tokens()
    state.answer = answer
    const error = await token().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DependencyError)
    expect(String(error)).toContain(why)
  })

  it('is in no error', async () => {
    const { state, token } = await tokens()
    state.answer = (_url, response) => sendJson(response, { status: { token: 'canary-secret' } }, 403)
    const error = (await token().catch((thrown: unknown) => thrown)) as Error
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('canary-secret')
  })
})
