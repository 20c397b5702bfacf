import { type Area, type Check, compareSeverity, type Status } from './health.ts'

/** Everything that is wrong with one thing, from whichever area it was seen: a service that crashes is one problem, not four. */
export interface Trouble {
  readonly target: string
  readonly status: Status
  /** `pods: crash loop …`, worst first; areas that say the same stand together. */
  readonly lines: readonly string[]
  /** The command line that leads on. */
  readonly next: string | null
  /** Where the worst of it was seen. */
  readonly area: Area
  /** The worst of it without names and addresses: troubles of one cause can be told in one line. */
  readonly cause: string
}

/** What all checks of these areas need: when the API server cannot be asked, that is one trouble. */
const OF_THE_CLUSTER: ReadonlySet<Area> = new Set(['pods', 'deployments', 'nodes', 'top'])
export const CLUSTER = 'the cluster'

/** A cause stands before its consequences: a node before its pods, a database before the services that need it. */
const FIRST: readonly Area[] = [
  ...(['nodes', 'databases', 'redis', 'pods', 'deployments'] as const),
  ...(['collector', 'services', 'rabbitmq', 'top', 'alerts'] as const),
]

export function isWrong(check: Pick<Check, 'status'>): boolean {
  return check.status === 'critical' || check.status === 'warning' || check.status === 'unknown'
}

/** The worst first. Summaries of an area are left out: what they sum up is named itself. */
export function troublesOf(checks: readonly Check[]): readonly Trouble[] {
  const wrong = checks.filter((check) => isWrong(check) && check.facts.summary !== true)
  const named = wrong.filter(({ area }) => area !== 'alerts')
  const clusterIsSilent = named.filter(isSilentCluster).length > 1
  const subjectOf = (check: Check) => (clusterIsSilent && isSilentCluster(check) ? CLUSTER : check.target)
  const groups = Map.groupBy(named, subjectOf)
  for (const alert of wrong.filter(({ area }) => area === 'alerts')) place(alert, groups)
  return [...groups]
    .map(([target, found]) => ({ trouble: troubleOf(target, found), rank: rankOf(found) }))
    .toSorted((a, b) => compareSeverity(a.trouble.status, b.trouble.status) || a.rank - b.rank)
    .map(({ trouble }) => withoutDeadEnd(trouble, checks))
}

/** A measurement that is missing (`usage`, `disk`) is not the cluster's silence: the nodes themselves are known then. */
function isSilentCluster({ area, status, target }: Check): boolean {
  return OF_THE_CLUSTER.has(area) && status === 'unknown' && (area !== 'nodes' || target === 'nodes')
}

/** An alert about things that are known to be broken is one more sign of the same trouble; else it is a trouble itself. */
function place(alert: Check, groups: Map<string, Check[]>): void {
  const on = typeof alert.facts.on === 'string' ? alert.facts.on.split(', ') : []
  const known = on.map((name) => [...groups.keys()].find((target) => isAbout(name, target)))
  if (on.length === 0 || known.includes(undefined)) groups.set(alert.target, [alert])
  for (const target of known) {
    if (target === undefined || known.includes(undefined)) continue
    groups.get(target)?.push(alert)
  }
}

/** A label names the target itself, a pod of it, or a port of it. */
function isAbout(name: string, target: string): boolean {
  return name === target || name.startsWith(`${target}-`) || name.replace(/:\d+$/, '') === target
}

function rankOf(found: readonly Check[]): number {
  return Math.min(...found.map(({ area }) => FIRST.indexOf(area)))
}

function troubleOf(target: string, found: readonly Check[]): Trouble {
  const sorted = found.toSorted((a, b) => compareSeverity(a.status, b.status))
  const own = sorted.filter(({ area, target: about }) => area !== 'alerts' || about === target)
  const rules = sorted.filter((check) => !own.includes(check)).map((check) => check.target)
  const lines = [...Map.groupBy(own, causeOf).values()].map(
    (same) => `${same.map((check) => check.area).join(', ')}: ${same[0]?.reason ?? ''}`,
  )
  const [worst = sorted[0]] = own
  return {
    target,
    status: sorted[0]?.status ?? 'unknown',
    lines: rules.length === 0 ? lines : [...lines, `alerts: ${[...new Set(rules)].join(', ')}`],
    next: own.find((check) => check.next)?.next ?? null,
    area: worst?.area ?? 'pods',
    cause: worst ? `${worst.area} ${causeOf(worst)}` : '',
  }
}

/** The kind of a pod's trouble where there is one, else the reason without what differs from one target to the next. */
function causeOf({ target, reason, facts }: Check): string {
  if (typeof facts.kind === 'string' && facts.brokenPods !== undefined) return facts.kind
  return reason
    .replace(/^cannot .+? at /, '')
    .replace(/; it last answered at .*$/, '')
    .replaceAll(target, '')
    .replace(/\b(https?:\/\/\S+|[-\w.]+:\d{2,5})\b:?/g, '')
    .replace(/\d+(\.\d+)?/g, '#')
}

const ASK_THE_CLUSTER = new Set(['pods', 'deployments', 'nodes', 'top', 'events', 'logs'])

/** A step that asks what does not answer leads nowhere. */
function withoutDeadEnd(trouble: Trouble, checks: readonly Check[]): Trouble {
  const silent = (area: Area) => checks.some((check) => check.area === area && isSilent(check))
  const [command = ''] = trouble.next?.split(' ') ?? []
  const leads = ASK_THE_CLUSTER.has(command) ? !silent('pods') : command !== 'services' || !silent('services')
  return leads ? trouble : { ...trouble, next: null }
}

/** Nothing at all is known of it. */
function isSilent({ status, facts }: Check): boolean {
  return status === 'unknown' && Object.keys(facts).length === 0
}
