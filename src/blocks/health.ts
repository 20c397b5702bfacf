import { bold, join, preformatted, section, text } from './builders.ts'
import { stepButton } from './next-step.ts'
import { type Column, tableLines } from './table.ts'
import type { Block } from './types.ts'

/** The parts that a health message and a digest are made of. */

const LINES_SHOWN = 5
/** So many lines fit into one preformatted block; the rest goes into the next. */
const LINES_PER_BLOCK = 50

export interface TroubleFacts {
  /** `auth-db`, `14 databases`. */
  readonly title: string
  readonly status: string
  readonly lines: readonly string[]
  /** The command line that leads on. */
  readonly next: string | null
  /** `new`, `since …`; empty: nothing. */
  readonly note: string
}

/** One thing that is wrong: what, how badly, from where it was seen, and the button that leads on. */
export function troubleBlock({ title, status, lines, next, note }: TroubleFacts): Block {
  const shown = lines.slice(0, LINES_SHOWN)
  const more = lines.length > LINES_SHOWN ? [`and ${lines.length - LINES_SHOWN} more`] : []
  const head = text`${bold(title)} · ${status}${note === '' ? '' : ` · ${note}`}`
  return section(join([head, ...shown, ...more]), next ? stepButton({ line: next }) : undefined)
}

/** Everything in a line each: area, state, a few words. */
export function areaTable(
  areas: readonly { readonly area: string; readonly status: string; readonly line: string }[],
): readonly Block[] {
  const columns = [{ title: 'Area' }, { title: 'State', min: 8 }, { title: 'What', min: 20 }]
  return tableBlocks(
    columns,
    areas.map((one) => [one.area, one.status, one.line]),
  )
}

/** A table of any length, in blocks that Slack takes; the titles stand in the first. */
export function tableBlocks(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
): readonly Block[] {
  const lines = tableLines(columns, rows)
  return Array.from({ length: Math.ceil(lines.length / LINES_PER_BLOCK) }, (_, index) =>
    preformatted(lines.slice(index * LINES_PER_BLOCK, (index + 1) * LINES_PER_BLOCK)),
  )
}
