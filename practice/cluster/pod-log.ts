import type { ServerResponse } from 'node:http'
import type { Cluster } from './cluster.ts'
import { badRequest, Invalid } from './failures.ts'
import { integer } from './list.ts'
import type { ContainerLife, LogLine } from './logs.ts'
import type { Pod } from './objects.ts'
import { isTrue } from './requests.ts'
import { PODS } from './resources.ts'

interface LogQuery {
  readonly container: string
  readonly previous: boolean
  readonly timestamps: boolean
  readonly follow: boolean
  readonly tailLines: number | null
  readonly limitBytes: number | null
  readonly since: Date | null
}

/** GET pods/NAME/log: checks what was asked, writes the lines, and stays when they are to be followed. */
export function podLog(
  cluster: Cluster,
  pod: Pod,
  query: URLSearchParams,
  response: ServerResponse,
): () => void {
  const asked = readQuery(cluster, pod, query)
  const life = lifeOf(pod, asked)
  const lines = lastLines(cluster.logs.read(life, cluster.clock.now(), asked.since), asked)
  const text = lines.map((line) => write(line, asked.timestamps)).join('')
  const bytes = Buffer.from(text)
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.write(asked.limitBytes === null ? bytes : bytes.subarray(0, asked.limitBytes))
  if (!asked.follow || life.ended !== null) {
    response.end()
    return () => undefined
  }
  return follow(cluster, { life, asked, response })
}

function readQuery({ clock }: Cluster, { metadata, spec }: Pod, query: URLSearchParams): LogQuery {
  const names = spec.containers.map(({ name }) => name)
  const container = query.get('container') ?? names[0] ?? ''
  if (!query.has('container') && names.length > 1) {
    throw badRequest(
      `a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`,
    )
  }
  if (!names.includes(container)) {
    throw badRequest(`container ${container} is not valid for pod ${metadata.name}`)
  }
  const sinceSeconds = atLeast(metadata.name, query, 'sinceSeconds', 1)
  const sinceTime = query.get('sinceTime')
  const relative = sinceSeconds === null ? null : new Date(clock.now().getTime() - sinceSeconds * 1000)
  return {
    container,
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    follow: isTrue(query.get('follow')),
    tailLines: atLeast(metadata.name, query, 'tailLines', 0),
    limitBytes: atLeast(metadata.name, query, 'limitBytes', 1),
    since: sinceTime === null ? relative : new Date(sinceTime),
  }
}

function atLeast(pod: string, query: URLSearchParams, name: string, least: 0 | 1): number | null {
  const value = integer(query, name)
  if (value !== null && value < least) {
    const mustBe = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0'
    throw new Invalid({ group: '', kind: 'PodLogOptions' }, pod).wrong(name, value, mustBe)
  }
  return value
}

/** Which life of the container is meant; refuses where a kubelet would have nothing to read. */
function lifeOf({ metadata, status }: Pod, { container, previous }: LogQuery): ContainerLife {
  const { name: pod, namespace = '', labels = {} } = metadata
  const found = status?.containerStatuses?.find(({ name }) => name === container)
  const { running, waiting } = found?.state ?? {}
  const ended = found?.lastState.terminated ?? found?.state.terminated
  const restarts = found?.restartCount ?? 0
  const workload = labels['app.kubernetes.io/name'] ?? pod
  const base = { namespace, pod, container, workload, component: labels['app.kubernetes.io/component'] ?? '' }
  const time = (value: unknown) => new Date(String(value))
  if (running && !previous) return { ...base, restarts, from: time(running.startedAt), ended: null }
  if (ended) {
    const end = { at: time(ended.finishedAt), reason: String(ended.reason) }
    return { ...base, restarts: restarts - 1, from: time(ended.startedAt), ended: end }
  }
  if (previous) {
    throw badRequest(`previous terminated container "${container}" in pod "${pod}" not found`)
  }
  const reason = typeof waiting?.reason === 'string' ? waiting.reason : 'ContainerCreating'
  const why =
    reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : `waiting to start: ${reason}`
  throw badRequest(`container "${container}" in pod "${pod}" is ${why}`)
}

function lastLines(lines: readonly LogLine[], { tailLines }: LogQuery): readonly LogLine[] {
  return tailLines === null ? lines : lines.slice(Math.max(0, lines.length - tailLines))
}

function write({ at, text }: LogLine, timestamps: boolean): string {
  return timestamps ? `${at.toISOString().replace('Z', '000000Z')} ${text}\n` : `${text}\n`
}

const FOLLOW_MS = 250

/** Goes on writing until the container ends or the client goes. */
function follow(
  cluster: Cluster,
  { life, asked, response }: { life: ContainerLife; asked: LogQuery; response: ServerResponse },
): () => void {
  let told = cluster.clock.now()
  let cancel = () => {}
  const end = () => {
    cancel()
    response.end()
  }
  const turn = () => {
    const now = cluster.clock.now()
    const fresh = cluster.logs.read(life, now, told).filter(({ at }) => at > told)
    told = now
    for (const line of fresh) response.write(write(line, asked.timestamps))
    if (isRunning(cluster, life)) cancel = cluster.clock.after(FOLLOW_MS, turn)
    else end()
  }
  cancel = cluster.clock.after(FOLLOW_MS, turn)
  response.on('close', end)
  return end
}

function isRunning({ store }: Cluster, { namespace, pod, container, restarts }: ContainerLife): boolean {
  const statuses = store.get(PODS, namespace, pod)?.status?.containerStatuses
  const found = statuses?.find(({ name }) => name === container)
  return found?.state.running !== undefined && found.restartCount === restarts
}
