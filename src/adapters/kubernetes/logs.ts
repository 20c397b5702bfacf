import { UserError } from '../../core/errors.ts'
import type {
  ClusterReader,
  LogLine,
  LogReader,
  LogRequest,
  LogResult,
  Pod,
} from '../../core/ports/cluster.ts'
import { mapBounded } from './bounded.ts'
import type { KubernetesClient } from './client.ts'
import { readContainer, type Target } from './log-container.ts'

export interface LogReaderOptions {
  readonly client: KubernetesClient
  readonly namespace: string
  readonly pods: ClusterReader['pods']
}

/** Logs read at the same time. */
const AT_ONCE = 8
/** Characters of all logs together that one read may hold. */
const CHARACTERS = 16 * 1024 * 1024

type Covered = LogResult['covered'][number]

/** Reads the logs of every pod of a workload; a log that cannot be read says why and leaves the others alone. */
export function createLogReader({ client, namespace, pods }: LogReaderOptions): LogReader {
  return {
    async read(request, signal) {
      const targets = choose((await pods(signal)).items, request, namespace)
      const characters = Math.floor(CHARACTERS / targets.length)
      const parts = await mapBounded(targets, AT_ONCE, (target) =>
        request.previous && target.container.last === null
          ? neverEnded(target)
          : readContainer({ client, namespace, target, request, characters }, signal),
      )
      const lines = parts.flatMap((part) => part.lines)
      return {
        lines: lines.sort((a, b) => a.at.getTime() - b.at.getTime()),
        covered: parts.map((part) => part.covered),
      }
    },
  }
}

/** The containers that were asked for. Throws `UserError` when there is none, naming what there is. */
function choose(pods: readonly Pod[], request: LogRequest, namespace: string): Target[] {
  const { workload, pod: podName, container: containerName, previous } = request
  const ofWorkload = pods.filter((pod) => pod.workload === workload)
  if (ofWorkload.length === 0) throw missing(`no pod of ${workload} runs in ${namespace}`, [])
  const chosen = ofWorkload.filter((pod) => podName === undefined || pod.name === podName)
  if (chosen.length === 0) {
    throw missing(
      `${workload} has no pod ${podName}`,
      ofWorkload.map((pod) => pod.name),
    )
  }
  const all = chosen.flatMap((pod) => pod.containers.map((container) => ({ pod, container })))
  const targets = all.filter(({ container }) =>
    containerName === undefined
      ? !(previous && container.init && container.last === null)
      : container.name === containerName,
  )
  if (targets.length > 0) return targets
  throw missing(`${workload} has no container ${containerName ?? ''}`, [
    ...new Set(all.map(({ container }) => container.name)),
  ])
}

function missing(what: string, known: readonly string[]): UserError {
  const hint = known.length === 0 ? '' : `; there is ${known.slice(0, 10).join(', ')}`
  return new UserError('BAD_ARGUMENT', `${what}${hint}.`)
}

async function neverEnded({ pod, container }: Target): Promise<{ lines: LogLine[]; covered: Covered }> {
  const problem = 'it has not ended yet, so there is no earlier run to show'
  const covered = {
    pod: pod.name,
    container: container.name,
    from: null,
    to: null,
    truncated: false,
    problem,
  }
  return { lines: [], covered }
}
