import type { Area, Check, Fact } from './health.ts'

/** Every target of an area as a row of a table that a phone shows whole: 45 columns. */
export interface DetailTable {
  readonly columns: readonly DetailColumn[]
  readonly rows: readonly (readonly string[])[]
}

export interface DetailColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly min?: number
}

type Facts = Check['facts']
interface Shape {
  /** What one row is. */
  readonly one: string
  readonly columns: readonly (DetailColumn & { readonly of: (facts: Facts) => string })[]
}

/** Areas of one target alone have no table: their line says it all. */
const SHAPES: Partial<Record<Area, Shape>> = {
  pods: {
    one: 'Workload',
    columns: [
      { title: 'Trouble', of: ({ kind }) => word(kind) },
      { title: 'Restarts', align: 'right', of: ({ restarts }) => number(restarts) },
    ],
  },
  deployments: {
    one: 'Workload',
    columns: [
      {
        ...{ title: 'Up', align: 'right' },
        of: ({ available, desired }) => (known(desired) ? `${available}/${desired}` : NOTHING),
      },
    ],
  },
  nodes: {
    one: 'Node',
    columns: [
      { title: 'CPU', align: 'right', of: ({ cpuPercent }) => percent(cpuPercent) },
      { title: 'Mem', align: 'right', of: ({ memoryPercent }) => percent(memoryPercent) },
      { title: 'Free', align: 'right', of: ({ diskFreePercent }) => percent(diskFreePercent) },
    ],
  },
  top: {
    one: 'Workload',
    columns: [{ title: 'Memory', align: 'right', of: ({ memoryPercent }) => percent(memoryPercent) }],
  },
  services: {
    one: 'Service',
    columns: [
      { title: '/s', align: 'right', of: ({ callsPerSecond }) => short(callsPerSecond) },
      { title: 'Err%', align: 'right', of: ({ errorRatePercent }) => short(errorRatePercent) },
      { title: 'p99 s', align: 'right', of: ({ p99Seconds }) => short(p99Seconds) },
    ],
  },
  alerts: {
    one: 'Rule',
    columns: [{ title: 'On', of: ({ on }) => subject(on) }],
  },
  databases: {
    one: 'Database',
    columns: [
      {
        ...{ title: 'Conn', align: 'right' },
        of: ({ connections, max }) => (known(connections) ? `${connections}/${max}` : NOTHING),
      },
      { title: 'Hits', align: 'right', of: ({ cacheHitPercent }) => percent(cacheHitPercent) },
    ],
  },
  rabbitmq: {
    one: 'Queue',
    columns: [
      { title: 'Wait', align: 'right', of: ({ ready }) => number(ready) },
      { title: 'Cons', align: 'right', of: ({ consumers }) => number(consumers) },
    ],
  },
}

/** Null where there is nothing to list: one target alone, nothing that could be asked, or nothing but the area's sum. */
export function detailTable(area: Area, checks: readonly Check[]): DetailTable | null {
  const shape = SHAPES[area]
  const listed = checks.filter((check) => isListed(area, check))
  if (!shape || !listed.some(({ facts }) => hasFacts(facts))) return null
  return {
    columns: [{ title: shape.one, min: 20 }, { title: 'State', min: 7 }, ...shape.columns.map(titleOf)],
    rows: listed.map(({ target, status, facts }) => [
      target,
      status,
      ...shape.columns.map(({ of }) => (hasFacts(facts) ? of(facts) : NOTHING)),
    ]),
  }
}

/** A measurement of the nodes that is missing is no node: what is said of it stands below the table. */
function isListed(area: Area, { facts, status }: Check): boolean {
  return facts.summary !== true && status !== 'off' && (area !== 'nodes' || hasFacts(facts))
}

function titleOf({ of: _, ...column }: Shape['columns'][number]): DetailColumn {
  return column
}

const NOTHING = '-'

function hasFacts(facts: Facts): boolean {
  return Object.keys(facts).length > 0
}

function known(fact: Fact | undefined): fact is Exclude<Fact, null> {
  return fact !== undefined && fact !== null
}

function word(fact: Fact | undefined): string {
  return known(fact) ? String(fact) : NOTHING
}

/** The name of one, the number of several. */
function subject(on: Fact | undefined): string {
  const names = typeof on === 'string' ? on.split(', ') : []
  return names.length > 1 ? `${names.length} targets` : (names[0] ?? NOTHING)
}

function number(fact: Fact | undefined): string {
  return typeof fact === 'number' ? String(Math.round(fact)) : NOTHING
}

function percent(fact: Fact | undefined): string {
  return typeof fact === 'number' ? `${Math.round(fact)} %` : NOTHING
}

/** Two significant digits below ten, whole numbers above: enough to compare. */
function short(fact: Fact | undefined): string {
  if (typeof fact !== 'number') return NOTHING
  return fact >= 10 ? String(Math.round(fact)) : String(Number(fact.toPrecision(2)))
}
