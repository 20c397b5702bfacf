import { LIMITS } from './limits.ts'
import { clean } from './text.ts'
import { clip, displayWidth } from './width.ts'

export interface Column {
  readonly title: string
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right'
  /** Which end is kept when there is not enough room: a pod's name is told apart by its end. */
  readonly keep?: 'start' | 'end'
  /** It never becomes narrower than this; 4 when not given. */
  readonly min?: number
}

const GAP = 1
const NARROWEST = 4

/** Lines of at most 45 columns: the widest columns shrink first, what is cut is shown by an ellipsis. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  width: number = LIMITS.preformattedColumns,
): readonly string[] {
  const titles = columns.map(({ title }) => title)
  const cells = [titles, ...rows].map((row) => columns.map((_, index) => clean(String(row[index] ?? ''))))
  const natural = columns.map((_, index) => Math.max(...cells.map((row) => displayWidth(row[index] ?? ''))))
  const widths = shrink(columns, natural, width - GAP * (columns.length - 1))
  return cells.map((row) =>
    clip(
      columns
        .map((column, index) => pad(column, row[index] ?? '', widths[index] ?? 0))
        .join(' '.repeat(GAP))
        .trimEnd(),
      width,
    ),
  )
}

/** Takes one column at a time from the widest that may still shrink; numbers shrink only when nothing else is left. */
function shrink(columns: readonly Column[], natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural]
  let over = widths.reduce((sum, one) => sum + one, 0) - room
  for (const align of ['left', 'right'] as const) {
    while (over > 0) {
      const widest = widestOf(columns, widths, align)
      if (widest === -1) break
      widths[widest] = (widths[widest] ?? 0) - 1
      over -= 1
    }
  }
  return widths
}

function widestOf(columns: readonly Column[], widths: readonly number[], align: 'left' | 'right'): number {
  return columns.reduce((best, column, index) => {
    const own = widths[index] ?? 0
    if ((column.align ?? 'left') !== align || own <= (column.min ?? NARROWEST)) return best
    return best === -1 || own > (widths[best] ?? 0) ? index : best
  }, -1)
}

function pad(column: Column, value: string, width: number): string {
  const shown = column.keep === 'end' ? clipStart(value, width) : clip(value, width)
  const space = ' '.repeat(Math.max(0, width - displayWidth(shown)))
  return column.align === 'right' ? space + shown : shown + space
}

function clipStart(value: string, columns: number): string {
  if (displayWidth(value) <= columns) return value
  let kept = ''
  for (const point of [...value].reverse()) {
    if (displayWidth(point + kept) > columns - 1) break
    kept = point + kept
  }
  return `…${kept}`
}
