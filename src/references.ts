import { readFile } from 'node:fs/promises'
import { coerceError, DependencyError } from './core/errors.ts'
import { Secret, type SecretSource } from './core/secret.ts'

/**
 * What platform.yaml's references stand for: `env:NAME`, `file:PATH`, `secret:namespace/name#key`, and for addresses
 * `env:NAME:-fallback`. A fault is a sentence that names the reference, never what it stands for.
 */
export interface References {
  /** A literal, `env:NAME` or `env:NAME:-fallback`. */
  address(reference: string): string
  /** Reads the secret that the reference names, at each call. */
  resolve(reference: string, signal: AbortSignal): Promise<Secret>
  /** The same as something that an adapter can ask whenever it connects. */
  source(reference: string): SecretSource
}

/** The text of one key of a Kubernetes Secret. */
export type ReadSecret = (
  namespace: string,
  name: string,
  key: string,
  signal: AbortSignal,
) => Promise<string>

export interface ReferenceSources {
  readonly env: NodeJS.ProcessEnv
  /** Not given: there is no cluster to ask, and `secret:` references say so. */
  readonly readSecret?: ReadSecret | undefined
}

const ENVIRONMENT = /^env:(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>.*))?$/s
const CLUSTER_SECRET = /^secret:(?<namespace>[-a-z0-9.]+)\/(?<name>[-a-z0-9.]+)#(?<key>.+)$/
const FORMS = 'env:NAME, file:PATH or secret:namespace/name#key'

export function createReferences(sources: ReferenceSources): References {
  const resolve: References['resolve'] = async (reference, signal) => {
    const text = await read(reference, sources, signal)
    if (text === '') throw fault(reference, 'is empty: a secret was expected')
    return new Secret(text)
  }
  return {
    address: (reference) => addressOf(reference, sources.env),
    resolve,
    source: (reference) => (signal) => resolve(reference, signal),
  }
}

function addressOf(reference: string, env: NodeJS.ProcessEnv): string {
  if (!reference.startsWith('env:')) return reference
  const groups = ENVIRONMENT.exec(reference)?.groups
  if (!groups?.name) throw new DependencyError(malformed('an address', 'env:NAME or env:NAME:-fallback'))
  const text = env[groups.name] || groups.fallback
  if (text) return text
  throw fault(`env:${groups.name}`, 'is not set: an address was expected in this environment variable')
}

async function read(reference: string, sources: ReferenceSources, signal: AbortSignal): Promise<string> {
  if (reference.startsWith('env:')) return fromEnvironment(reference, sources.env)
  if (reference.startsWith('file:')) return fromFile(reference)
  const groups = CLUSTER_SECRET.exec(reference)?.groups
  if (groups) return fromCluster(reference, groups, sources.readSecret, signal)
  throw new DependencyError(malformed('a secret', FORMS))
}

function fromEnvironment(reference: string, env: NodeJS.ProcessEnv): string {
  const groups = ENVIRONMENT.exec(reference)?.groups
  // A fallback would be a secret written into the file: it is neither taken nor repeated.
  if (!groups?.name || groups.fallback !== undefined) throw new DependencyError(malformed('a secret', FORMS))
  const text = env[groups.name]
  if (text === undefined)
    throw fault(reference, 'is not set: a secret was expected in this environment variable')
  return text
}

async function fromFile(reference: string): Promise<string> {
  try {
    return (await readFile(reference.slice('file:'.length), 'utf8')).replace(/\r?\n$/, '')
  } catch (thrown) {
    const cause = coerceError(thrown)
    throw fault(reference, `cannot be read: ${fileFault(cause)}`, { cause })
  }
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this process may not read it',
  EISDIR: 'it is a folder, and a file was expected',
}

function fileFault(error: NodeJS.ErrnoException): string {
  return FILE_FAULTS[error.code ?? ''] ?? `reading it failed${error.code ? ` (${error.code})` : ''}`
}

async function fromCluster(
  reference: string,
  groups: Readonly<Record<string, string>>,
  readSecret: ReadSecret | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { namespace = '', name = '', key = '' } = groups
  if (!readSecret) throw fault(reference, 'cannot be read: no cluster is configured to read Secrets from')
  try {
    return await readSecret(namespace, name, key, signal)
  } catch (thrown) {
    const cause = coerceError(thrown)
    const why = cause instanceof DependencyError ? cause.message : 'the cluster did not give it'
    throw fault(reference, `cannot be read: ${why}`, { cause, retryable: true })
  }
}

function fault(reference: string, says: string, options: { cause?: unknown; retryable?: boolean } = {}) {
  return new DependencyError({
    dependency: 'configuration',
    operation: 'resolve a reference',
    message: `${reference} ${says}`,
    ...options,
  })
}

/** Something that is not a reference may be the secret itself, put in the wrong place: it is not repeated. */
function malformed(what: string, expected: string) {
  return {
    dependency: 'configuration',
    operation: 'resolve a reference',
    message: `a reference to ${what} has an unknown form: ${expected} was expected`,
  }
}
