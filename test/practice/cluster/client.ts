import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  VersionApi,
  Watch,
} from '@kubernetes/client-node'
import { type ClusterOptions, type PracticeCluster, startCluster } from '../../../practice/cluster/start.ts'

/** The real client, logged in to a practice cluster. */
export interface Client {
  readonly cluster: PracticeCluster
  readonly config: KubeConfig
  readonly core: CoreV1Api
  readonly apps: AppsV1Api
  readonly custom: CustomObjectsApi
  readonly version: VersionApi
  readonly watch: Watch
  /** Plain HTTP as the administrator, or with another token. */
  get(path: string, token?: string): Promise<Response>
}

export async function startClient(options: ClusterOptions = {}): Promise<Client> {
  const cluster = await startCluster(options)
  return clientOf(cluster)
}

export function clientOf(cluster: PracticeCluster, user?: string): Client {
  const config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig(user))
  return {
    cluster,
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    version: config.makeApiClient(VersionApi),
    watch: new Watch(config),
    get: (path, token = cluster.token) =>
      fetch(`${cluster.url}${path}`, { headers: { authorization: `Bearer ${token}` } }),
  }
}

export const namespace = 'bakery-ia'

/** Asks until the answer is as expected; fails with the last one after ten seconds. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  isExpected: (answer: T) => boolean,
): Promise<T> {
  const end = performance.now() + 10_000
  for (;;) {
    const answer = await ask()
    if (isExpected(answer)) return answer
    if (performance.now() > end) throw new Error(`not so: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Code and body of the refusal that a call ends with. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: number; status: Record<string, unknown> }> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiException)) throw new Error(`no refusal: ${String(error)}`)
  return { code: error.code, status: JSON.parse(String(error.body)) }
}
