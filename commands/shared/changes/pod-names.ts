import { count } from '../../../src/blocks/builders.ts'
import { UserError } from '../../../src/core/errors.ts'
import type { Pod } from '../../../src/core/ports/cluster.ts'
import type { ReadPorts } from '../../../src/core/ports/index.ts'
import { resolveName } from '../../../src/core/resolve-names.ts'
import { nearest } from '../../../src/core/suggest.ts'

const MOST_OFFERED = 5

/**
 * Why nothing is a pod of this name, with the pods that were probably meant: those of the service that was named instead, those
 * that have replaced the named one, or the nearest. `lineFor` makes a whole line of a pod's name.
 */
export async function noSuchPod(
  given: string,
  { cluster, platform }: Pick<ReadPorts, 'cluster' | 'platform'>,
  lineFor: (pod: string) => string,
  signal: AbortSignal,
): Promise<UserError> {
  const seen = await cluster?.pods(signal).catch(() => null)
  const pods = (seen?.items ?? []).filter(({ deletedAt }) => deletedAt === null)
  const { sentence, offered } = meantBy(given, pods, platform)
  return new UserError('BAD_ARGUMENT', `${sentence} Nothing was done.`, {
    suggestions: offered.slice(0, MOST_OFFERED).map(({ name }) => lineFor(name)),
  })
}

interface Meant {
  readonly sentence: string
  readonly offered: readonly Pod[]
}

function meantBy(given: string, pods: readonly Pod[], platform: ReadPorts['platform']): Meant {
  const resolved = resolveName('workload', given, { platform, jobs: [] })
  const service = 'found' in resolved ? resolved.found : given
  const own = notReadyFirst(pods.filter(({ workload }) => workload === service))
  if (own.length > 0) {
    const which = own.length > MOST_OFFERED ? `, of which ${MOST_OFFERED} are below` : ''
    const says = own.length === 1 ? 'Its pod is below.' : 'Choose one of them.'
    return {
      sentence: `“${given}” is no pod: ${service} runs ${count(own.length, 'pod')}${which}. ${says}`,
      offered: own,
    }
  }
  const gone = `There is no pod called “${given}” in ${platform.namespace}`
  const siblings = notReadyFirst(pods.filter(({ workload }) => given.startsWith(`${workload}-`)))
  const near = nearest(
    given,
    pods.map(({ name }) => name),
    MOST_OFFERED,
  )
  const close = pods.filter(({ name }) => near.includes(name))
  if (siblings.length > 0 && close.length === 0) {
    return { sentence: `${gone} any more; ${siblings[0]?.workload} runs others.`, offered: siblings }
  }
  return { sentence: `${gone}.${close.length > 0 ? ' The nearest are below.' : ''}`, offered: close }
}

/** A pod that is deleted by hand is most often one that is not well. */
function notReadyFirst(pods: readonly Pod[]): readonly Pod[] {
  return pods.toSorted((a, b) => Number(a.ready) - Number(b.ready) || a.name.localeCompare(b.name))
}
