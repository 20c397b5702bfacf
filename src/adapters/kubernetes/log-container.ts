import { coerceError } from '../../core/errors.ts'
import type { ContainerState, LogLine, LogRequest, LogResult, Pod } from '../../core/ports/cluster.ts'
import type { KubernetesClient } from './client.ts'
import type { ApiRequest } from './exchange.ts'
import { Refused } from './failures.ts'
import { linesOf } from './lines.ts'
import { type Gathered, gather, stamped } from './log-lines.ts'

/** One container of one pod, to be read. */
export interface Target {
  readonly pod: Pod
  readonly container: ContainerState
}

export interface ContainerRead {
  readonly client: KubernetesClient
  readonly namespace: string
  readonly target: Target
  readonly request: LogRequest
  /** At most so many characters are kept. */
  readonly characters: number
}

type Covered = LogResult['covered'][number]

/** How long after a container's start its first line may come before the log counts as cut at its beginning. */
const START_MS = 120_000
/** Enough for the timestamp of the first line. */
const FIRST_BYTES = 64

/** Reads one container's log. Never throws: what went wrong stands in `covered.problem`. */
export async function readContainer(
  read: ContainerRead,
  signal: AbortSignal,
): Promise<{ lines: readonly LogLine[]; covered: Covered }> {
  const { client, target, request, characters } = read
  const { pod, container } = target
  const readAt = new Date()
  const gathered: Gathered = { lines: [], dropped: false }
  const names = { pod: pod.name, container: container.name }
  const window = { tailLines: request.tail, sinceSeconds: Math.max(1, Math.ceil(request.sinceSeconds)) }
  const firstKept = findFirst(read, signal)
  let problem: string | null = null
  try {
    const body = await client.open(logRequest(read, window), signal)
    await gather(body, gathered, { ...names, characters, readAt })
    problem = kubeletProblem(gathered.lines)
  } catch (error) {
    problem = signal.aborted
      ? `reading stopped after ${gathered.lines.length} lines: no time was left`
      : explain(error)
  }
  const lines = gathered.lines.slice(-request.tail)
  const cut = gathered.dropped || gathered.lines.length >= request.tail
  const span = covers({ target, request, lines, cut, readAt, firstKept: await firstKept })
  return { lines, covered: { ...names, ...span, problem } }
}

function logRequest({ namespace, target, request }: ContainerRead, query: ApiRequest['query']): ApiRequest {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(target.pod.name)}/log`
  return {
    operation: { verb: 'get', resource: 'pods/log', group: '', namespace },
    path,
    query: {
      container: target.container.name,
      timestamps: true,
      ...(request.previous ? { previous: true } : {}),
      ...query,
    },
  }
}

/** When the first line was written that the kubelet still keeps; null when it keeps none or does not say. */
async function findFirst(read: ContainerRead, signal: AbortSignal): Promise<Date | null> {
  try {
    const body = await read.client.open(logRequest(read, { limitBytes: FIRST_BYTES }), signal)
    for await (const line of linesOf(body, FIRST_BYTES)) return stamped(line).at
    return null
  } catch {
    // The read of the log itself meets the same trouble and reports it.
    return null
  }
}

interface Span {
  readonly target: Target
  readonly request: LogRequest
  readonly lines: readonly LogLine[]
  /** The number of lines or characters cut the beginning off. */
  readonly cut: boolean
  readonly readAt: Date
  readonly firstKept: Date | null
}

/**
 * The span for which the lines are all there is. A log that begins long after its container did, and within the span
 * that was asked for, has lost its beginning: the kubelet rotates files, and serves only the newest.
 */
function covers({
  target,
  request,
  lines,
  cut,
  readAt,
  firstKept,
}: Span): Pick<Covered, 'from' | 'to' | 'truncated'> {
  const { pod, container } = target
  const asked = new Date(readAt.getTime() - request.sinceSeconds * 1000)
  const begins = firstKept ?? lines[0]?.at ?? null
  if (begins === null) return { from: null, to: null, truncated: false }
  const running = container.state === 'running' && !request.previous
  const to = running ? readAt : (lines.at(-1)?.at ?? null)
  const first = lines[0]?.at ?? null
  if (cut && first !== null) return { from: first, to, truncated: first > begins || first > asked }
  const started = request.previous ? pod.createdAt : (container.last?.finishedAt ?? pod.createdAt)
  const rotated = begins > asked && begins.getTime() - started.getTime() > START_MS
  return { from: begins > asked ? begins : asked, to, truncated: rotated }
}

/** A kubelet that has no log says so in the log's place, with status 200. */
function kubeletProblem(lines: readonly LogLine[]): string | null {
  const only = lines.length === 1 ? lines[0] : undefined
  return only && /^(unable to retrieve|failed to) /.test(only.text) ? only.text.slice(0, 300) : null
}

/** The API server's own words where they are about this container, else the sentence about the cluster. */
function explain(thrown: unknown): string {
  const error = coerceError(thrown)
  const { cause } = error
  if (!(cause instanceof Refused)) return error.message
  if (cause.status === 404) return 'the pod is gone'
  return cause.status === 400 ? cause.said : error.message
}
