import { existsSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { basename, delimiter } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher } from 'undici'
import { DependencyError } from '../../core/errors.ts'
import { loadKubeConfig, loadRequests } from './client-node.ts'

/** Where the way to the cluster is written down. */
export type Source = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'in-cluster' }

/** One API server, with the connections that all requests share. */
export interface Connection {
  /** `https://host:port`. */
  readonly origin: string
  /** What stands before `/api` where the API server is behind a path, else empty. */
  readonly prefix: string
  /** `host:port`, for sentences. */
  readonly address: string
  readonly dispatcher: Dispatcher
  /** The credentials as of now: a projected token is read again when it was renewed. Never to be logged. */
  authorisation(): Promise<Record<string, string>>
}

const CONNECT_MS = 3_000
/** Where Kubernetes puts the token of a pod's service account. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** The kubeconfig that was named, else the pod's own service account, else null: there is no cluster to ask. */
export function findSource(kubeconfigPath: string | null): Source | null {
  if (kubeconfigPath !== null && kubeconfigPath !== '') return { kind: 'file', path: kubeconfigPath }
  return existsSync(SERVICE_ACCOUNT_TOKEN) ? { kind: 'in-cluster' } : null
}

/**
 * Reads the source and makes the one shared agent: the client library alone opens a connection for every request. Of a
 * kubeconfig the context of this name is used where there is one, else its current one.
 */
export async function connect(source: Source, context: string | null = null): Promise<Connection> {
  const kubeconfig = load(source, await loadKubeConfig())
  if (context !== null && kubeconfig.getContextObject(context) !== null) kubeconfig.setCurrentContext(context)
  const cluster = kubeconfig.getCurrentCluster()
  if (cluster === null) throw unusable(source, 'its current context names no cluster')
  const server = URL.parse(cluster.server)
  if (server === null) throw unusable(source, 'the address of its cluster is not a URL')
  if (server.protocol === 'http:' && !cluster.skipTLSVerify) {
    throw unusable(source, 'plain HTTP would give its token away (insecure-skip-tls-verify allows it)')
  }
  return {
    origin: server.origin,
    prefix: server.pathname.replace(/\/+$/, ''),
    address: server.host,
    dispatcher: await createDispatcher(kubeconfig).catch((error: unknown) => {
      throw unusable(source, 'its credentials cannot be read', error)
    }),
    authorisation: () => authorisation(kubeconfig, source),
  }
}

type KubeConfigs = Awaited<ReturnType<typeof loadKubeConfig>>

function load(source: Source, Config: KubeConfigs): KubeConfig {
  const kubeconfig = new Config()
  try {
    if (source.kind === 'in-cluster') {
      kubeconfig.loadFromCluster()
      return kubeconfig
    }
    const [first = '', ...more] = source.path.split(delimiter).filter((path) => path !== '')
    kubeconfig.loadFromFile(first)
    for (const path of more) kubeconfig.mergeConfig(loadFile(path, Config), true)
    return kubeconfig
  } catch (error) {
    throw unusable(source, isMissing(error) ? 'there is no such file' : 'it is not a kubeconfig', error)
  }
}

function loadFile(path: string, Config: KubeConfigs): KubeConfig {
  const kubeconfig = new Config()
  kubeconfig.loadFromFile(path)
  return kubeconfig
}

/** One agent that speaks HTTP/1.1; what needs a proxy gets the library's own dispatcher, made once. */
async function createDispatcher(kubeconfig: KubeConfig): Promise<Dispatcher> {
  if (kubeconfig.getCurrentCluster()?.proxyUrl) return libraryDispatcher(kubeconfig)
  const { ca, cert, key, passphrase, rejectUnauthorized, servername } = await tlsOptions(kubeconfig)
  const given = Object.entries({ ca, cert, key, passphrase, rejectUnauthorized, servername })
  return new Agent({
    connect: {
      ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
      timeout: CONNECT_MS,
    },
    allowH2: false,
    keepAliveTimeout: 30_000,
  })
}

async function tlsOptions(kubeconfig: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {}
  await kubeconfig.applyToHTTPSOptions(options)
  return options
}

async function libraryDispatcher(kubeconfig: KubeConfig): Promise<Dispatcher> {
  const { HttpMethod, RequestContext } = await loadRequests()
  const context = new RequestContext(kubeconfig.getCurrentCluster()?.server ?? '', HttpMethod.GET)
  await kubeconfig.applySecurityAuthentication(context)
  return context.getDispatcher() ?? new Agent({ connect: { timeout: CONNECT_MS } })
}

async function authorisation(kubeconfig: KubeConfig, source: Source): Promise<Record<string, string>> {
  const options = await tlsOptions(kubeconfig).catch((error: unknown) => {
    throw unusable(source, 'its credentials cannot be read', error)
  })
  if (typeof options.auth === 'string') {
    return { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` }
  }
  const headers = Object.entries(options.headers ?? {})
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unusable(source: Source, why: string, cause?: unknown): DependencyError {
  const what =
    source.kind === 'file' ? `the kubeconfig ${basename(source.path)}` : "the pod's service account"
  return new DependencyError({
    dependency: 'kubernetes',
    operation: 'connect',
    message: `the cluster cannot be asked, because ${what} cannot be used: ${why}`,
    cause,
  })
}
