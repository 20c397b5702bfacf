import type { Area } from './health.ts'
import { CLUSTER, type Trouble } from './health-troubles.ts'

/** A trouble as a message shows it: one, or many of one cause in one. */
export interface Bundle {
  /** `auth-db`, `14 databases`. */
  readonly title: string
  readonly status: Trouble['status']
  readonly lines: readonly string[]
  readonly next: string | null
  /** What the message adds: `new`, `since …`; empty: nothing. */
  readonly note: string
  /** How many troubles it is made of. */
  readonly size: number
}

/** From so many on, what cannot be asked for one cause is told in one line. */
const SAME_UNKNOWN = 3
/** From so many on, what is broken in one way is told in one line. */
const SAME_BROKEN = 4
/** Crashes have causes of their own, and each has a log of its own to look at. */
const SAME_CRASHES = 6
const NAMES_SHOWN = 14

const MANY: Record<Area, string> = {
  pods: 'workloads',
  deployments: 'workloads',
  nodes: 'nodes',
  top: 'workloads',
  services: 'services',
  alerts: 'alert rules',
  collector: 'collectors',
  databases: 'databases',
  redis: 'caches',
  rabbitmq: 'queues',
}
/** Where all of them are seen at once. */
const NEXT: Partial<Record<Area, string>> = {
  pods: 'pods --problems',
  deployments: 'deployments --problems',
  nodes: 'nodes --problems',
  services: 'services --problems',
  alerts: 'alerts',
  databases: 'pods --problems',
  top: 'top --sort limit',
}

/** Keeps the order; many of one cause stand where the first of them stood. */
export function bundleTroubles(
  troubles: readonly Trouble[],
  noteOf: (trouble: Trouble) => string = () => '',
): readonly Bundle[] {
  const groups = Map.groupBy(troubles, (one) => [one.status, one.cause, noteOf(one)].join('\n'))
  return [...groups.values()]
    .flatMap((same): readonly { readonly first: Trouble; readonly bundle: Bundle }[] => {
      const [first] = same
      if (!first) return []
      if (same.length >= leastOf(first)) {
        return [{ first, bundle: many(first, same, noteOf(first)) }]
      }
      return same.map((trouble) => ({ first: trouble, bundle: one(trouble, noteOf(trouble)) }))
    })
    .toSorted((a, b) => troubles.indexOf(a.first) - troubles.indexOf(b.first))
    .map(({ bundle }) => bundle)
}

function leastOf({ status, cause }: Trouble): number {
  if (status === 'unknown') return SAME_UNKNOWN
  return cause === 'pods crash loop' ? SAME_CRASHES : SAME_BROKEN
}

function one({ target, status, lines, next }: Trouble, note: string): Bundle {
  return { title: target === CLUSTER ? 'The cluster' : target, status, lines, next, note, size: 1 }
}

function many(first: Trouble, same: readonly Trouble[], note: string): Bundle {
  const { area, status, lines, next } = first
  const names = same.slice(0, NAMES_SHOWN).map(({ target }) => target)
  const more = same.length > NAMES_SHOWN ? ` and ${same.length - NAMES_SHOWN} more` : ''
  const [said = ''] = lines
  const reason = status === 'unknown' ? said.replace(/^[^:]*: /, 'cannot be asked: ') : said
  return {
    title: `${same.length} ${MANY[area]}`,
    ...{ status, note, size: same.length },
    lines: [`${reason}; the other ${same.length - 1} likewise`, `${names.join(', ')}${more}`],
    next: next === null ? null : (NEXT[area] ?? next),
  }
}
