import { readFile } from 'node:fs/promises'
import { DependencyError } from '../../core/errors.ts'
import { at, count, text } from '../../core/raw.ts'
import { type KubernetesClient, Unanswered } from './client.ts'
import { type Connection, connect, type Source } from './connection.ts'
import type { ApiAnswer } from './exchange.ts'
import { statusMessage } from './failures.ts'

/** Who changes, and who only rehearses. Reading is the pod's own account. deploy/base makes all three. */
export type Account = 'bakery-operator' | 'bakery-rehearser'

/** The shortest that the API server gives. */
const TOKEN_SECONDS = 600
/** Where Kubernetes puts the name of a pod's namespace: the accounts are in it. */
const OWN_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/**
 * The same API server as another account. In a cluster the pod's account may ask for a token of exactly these two; of a
 * kubeconfig the context of the account's name is used, and its current one where there is none (practice, one's own machine).
 */
export function connectAs(account: Account, reader: KubernetesClient) {
  return async (source: Source): Promise<Connection> => {
    if (source.kind === 'file') return connect(source, account)
    const namespace = (await readFile(OWN_NAMESPACE, 'utf8')).trim()
    const token = accountToken({ reader, namespace, account })
    const authorisation = async () => ({ authorization: `Bearer ${await token()}` })
    return { ...(await connect(source)), authorisation }
  }
}

interface Token {
  readonly value: string
  /** By `performance.now()`: a new one is asked for at half of its life, and this one is used until its end. */
  readonly renewAt: number
  readonly until: number
}

export interface TokenOptions {
  readonly reader: KubernetesClient
  readonly namespace: string
  readonly account: Account
  readonly now?: () => number
}

/** A short-lived token of the account, kept and renewed in time. Throws `DependencyError`, and never says the token. */
export function accountToken({
  now = () => performance.now(),
  ...options
}: TokenOptions): () => Promise<string> {
  let token: Token | null = null
  let asking: Promise<Token> | null = null
  const renew = () => {
    asking ??= askForToken(options, now).finally(() => {
      asking = null
    })
    return asking
  }
  return async () => {
    if (token !== null && now() < token.renewAt) return token.value
    try {
      token = await renew()
    } catch (error) {
      if (token === null || now() >= token.until) throw error
    }
    return token.value
  }
}

async function askForToken(options: TokenOptions, now: () => number): Promise<Token> {
  const { reader, namespace, account } = options
  const asked = now()
  const answer = await reader
    .write(tokenRequest(namespace, account), new AbortController().signal)
    .catch((thrown) => {
      throw noToken(
        account,
        thrown instanceof Unanswered ? thrown.message : 'it could not be asked for',
        thrown,
      )
    })
  const given: unknown = answer.status === 201 ? parsed(answer) : null
  const value = text(at(given, 'status', 'token'))
  if (value === null) throw noToken(account, refusal(answer, namespace, account))
  const life = count(at(given, 'spec', 'expirationSeconds'), TOKEN_SECONDS) * 1000
  return { value, renewAt: asked + life / 2, until: asked + life * 0.9 }
}

function tokenRequest(namespace: string, account: Account) {
  return {
    operation: { verb: 'create', resource: 'serviceaccounts/token', group: '', namespace },
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${account}/token`,
    method: 'POST',
    contentType: 'application/json',
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_SECONDS },
    }),
  } as const
}

function parsed({ text: body }: ApiAnswer): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return null
  }
}

function refusal({ status, text: body }: ApiAnswer, namespace: string, account: Account): string {
  switch (status) {
    case 201:
      return 'the API server gave none that can be read'
    case 403:
      return `not permitted (403): grant the verb "create" on "serviceaccounts/token" for ${account} in ${namespace}`
    case 404:
      return `there is no account ${account} in ${namespace} (404): apply deploy/`
    default:
      return `the API server answered ${status}: ${statusMessage(body ?? '')}`
  }
}

function noToken(account: Account, why: string, cause?: unknown): DependencyError {
  return new DependencyError({
    dependency: 'kubernetes',
    operation: 'create serviceaccounts/token',
    message: `there is no token for ${account}, because ${why}`,
    retryable: true,
    cause,
  })
}
