import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { kubeconfigText } from './kubeconfig.ts'

/** The person's own cluster, reachable for reading only. */
export interface CurrentCluster {
  readonly context: string
  /** The API server's address. */
  readonly server: string
  /** A kubeconfig's text that leads here and holds none of the person's credentials. */
  kubeconfig(): string
  stop(): Promise<void>
}

/**
 * Opens a door to the cluster of the person's current context that lets only reading through: every change, every
 * command in a container and every Secret is refused here, whatever the person may do there. Throws when there is no
 * kubeconfig or no current context.
 */
export async function startCurrentCluster(env: NodeJS.ProcessEnv): Promise<CurrentCluster> {
  const config = loadConfig(env)
  const context = config.getCurrentContext()
  const cluster = config.getCurrentCluster()
  if (!cluster) {
    throw new Error(
      `kubeconfig: found current-context "${context}" without a cluster, expected one (kubectl config use-context NAME)`,
    )
  }
  const forward = createForward(config, new URL(cluster.server))
  const server = createServer((request, response) => {
    const why = whyRefused(request.method ?? 'GET', request.url ?? '/')
    if (why === null) forward(request, response)
    else refuse(response, why)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  return {
    context,
    server: cluster.server,
    kubeconfig: () => kubeconfigText(`http://127.0.0.1:${port}`, { name: 'reader', token: 'none-needed' }),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}

function loadConfig(env: NodeJS.ProcessEnv): KubeConfig {
  const paths = (env.KUBECONFIG ?? join(homedir(), '.kube', 'config')).split(delimiter).filter(Boolean)
  const [path, ...others] = paths
  if (path === undefined || others.length > 0) {
    throw new Error(
      `KUBECONFIG: found ${paths.length} files, expected one (kubectl config view --flatten > FILE makes one of several)`,
    )
  }
  const config = new KubeConfig()
  try {
    config.loadFromFile(path)
  } catch (error) {
    throw new Error(
      `kubeconfig: ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    )
  }
  return config
}

const REVIEW = /^\/apis\/authorization\.k8s\.io\/v1\/selfsubjectaccessreviews$/
const COMMANDS = /\/(exec|attach|portforward|proxy)(\/|$)/

/** Why a request does not get through; null when it only reads. */
export function whyRefused(method: string, url: string): string | null {
  const path = decodeURIComponent(new URL(url, 'http://127.0.0.1').pathname)
  const reads = method === 'GET' || method === 'HEAD' || (method === 'POST' && REVIEW.test(path))
  if (!reads) return `practice only reads this cluster: ${method} is refused`
  if (COMMANDS.test(path)) return 'practice only reads this cluster: no command is run in it'
  return /\/secrets(\/|$)/.test(path) ? 'practice reads no Secrets of this cluster' : null
}

function refuse(response: ServerResponse, message: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Forbidden' }
  response.writeHead(403, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ...status, message, code: 403 }))
}

/** Passes a request on with the person's credentials in place of the caller's. */
function createForward(config: KubeConfig, target: URL) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const { authorization: _ours, host: _host, ...headers } = request.headers
      const options: RequestOptions = { method: request.method, headers }
      await config.applyToHTTPSOptions(options)
      const url = new URL((request.url ?? '/').replace(/^\//, ''), `${target.href.replace(/\/$/, '')}/`)
      const send = target.protocol === 'https:' ? httpsRequest : httpRequest
      const passed = send(url, { ...options, headers: { ...headers, ...options.headers } }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      passed.on('error', () => response.destroy())
      response.on('close', () => passed.destroy())
      request.pipe(passed)
    } catch {
      response.destroy()
    }
  }
}
