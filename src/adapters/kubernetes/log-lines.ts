import type { LogLine } from '../../core/ports/cluster.ts'
import { linesOf } from './lines.ts'

/** A line beyond this is cut, and says so. */
const LONGEST_LINE = 32 * 1024
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

export interface Stamped {
  readonly at: Date | null
  readonly text: string
}

/** Splits what `timestamps=true` puts before each line. Without a timestamp the line is the kubelet's own word. */
export function stamped(line: string): Stamped {
  const end = line.indexOf(' ')
  const stamp = end < 0 ? line : line.slice(0, end)
  const date = RFC3339.test(stamp) ? new Date(stamp) : null
  if (date === null || Number.isNaN(date.getTime())) return { at: null, text: tidy(line) }
  return { at: date, text: end < 0 ? '' : tidy(line.slice(end + 1)) }
}

function tidy(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  return text.length >= LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} … [line cut]` : text
}

/** The newest lines of one container, bounded in number and in characters. */
export interface Gathered {
  readonly lines: LogLine[]
  /** Lines were dropped to stay within the bounds. */
  dropped: boolean
}

/**
 * Reads a log to its end into `into`, keeping the newest lines: the API's own `limitBytes` would cut those off, as it
 * counts from the beginning. What was gathered stays when the stream breaks.
 */
export async function gather(
  body: AsyncIterable<Uint8Array>,
  into: Gathered,
  {
    pod,
    container,
    characters,
    readAt,
  }: Readonly<{ pod: string; container: string; characters: number; readAt: Date }>,
): Promise<void> {
  let size = 0
  let latest = readAt
  let first = 0
  for await (const line of linesOf(body, LONGEST_LINE + 64)) {
    const { at, text } = stamped(line)
    latest = at ?? latest
    into.lines.push({ at: latest, pod, container, text })
    size += text.length
    while (size > characters && first < into.lines.length - 1) {
      size -= into.lines[first]?.text.length ?? 0
      first += 1
    }
    if (first > 1_000) first = forget(into, first)
  }
  forget(into, first)
}

function forget(into: Gathered, count: number): 0 {
  if (count > 0) into.dropped = true
  into.lines.splice(0, count)
  return 0
}
