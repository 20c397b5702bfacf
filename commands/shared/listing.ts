import {
  actions,
  bold,
  context,
  count,
  localTime,
  type Markup,
  section,
  text,
} from '../../src/blocks/builders.ts'
import { tableBlocks } from '../../src/blocks/health.ts'
import { type NextStep, stepButton } from '../../src/blocks/next-step.ts'
import type { Column } from '../../src/blocks/table.ts'
import type { Block } from '../../src/blocks/types.ts'
import type { Answer } from '../../src/core/answer.ts'

/** What every list answers with: the state in a sentence, the rows, and how true and how complete they are. */
export interface Listing {
  /** States state and target by itself. */
  readonly headline: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | number)[])[]
  /** Rows before any limit. */
  readonly total: number
  /** What one row is: `pod`. */
  readonly one: string
  readonly observedAt: Date
  readonly zone: string
  readonly notes?: readonly (string | Markup)[]
  readonly buttons?: readonly NextStep[]
  /** Instead of the table, for lists whose rows are text. */
  readonly body?: readonly Block[]
}

export function listingAnswer(listing: Listing): Answer {
  const { headline, columns, rows, total, one, observedAt, zone, notes = [], buttons = [], body } = listing
  const hidden =
    total > rows.length ? [`${rows.length} of ${count(total, one)} shown; --limit shows more.`] : []
  const seen = `Seen ${localTime(observedAt, zone)}.`
  return {
    kind: 'table',
    audience: 'channel',
    text: headline,
    blocks: [
      section(text`${bold(headline)}`),
      ...(rows.length === 0 ? [] : (body ?? tableBlocks(columns, rows))),
      context(...[...notes, ...hidden, seen].slice(0, 10)),
      ...actions(...buttons.map(stepButton)),
    ],
  }
}

const END = 5

/**
 * The beginning and the end of a name with the middle left out. Of a pod that is its workload and its own last letters: what
 * stands between them is the same for all pods of a rollout.
 */
function middle(name: string, columns: number): string {
  const points = [...name]
  if (points.length <= columns) return name
  return `${points.slice(0, columns - END - 1).join('')}…${points.slice(-END).join('')}`
}

/** The name of a pod in so many columns, as much of its workload's name as there is room for. */
export function podName(name: string, workload: string, columns: number): string {
  if ([...name].length <= columns || !name.startsWith(`${workload}-`)) return middle(name, columns)
  return middle(`${workload}…${name.slice(-END)}`, columns)
}

/** How long something has been there, in its largest unit alone: `3d`, `5h`, `12m`. */
export function age(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
