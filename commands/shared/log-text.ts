import { clean } from '../../src/blocks/text.ts'
import type { LogLine, LogResult } from '../../src/core/ports/cluster.ts'
import { createScrubber } from '../../src/core/scrub.ts'

/** Lines that may be shown: without secrets, controls and invisible characters. */
export interface CleanLog {
  readonly lines: readonly LogLine[]
  /** How many secrets were masked. */
  readonly masked: number
}

/** Of one line, this much is looked at: what is behind it is not shown either. */
const LINE_READ = 8000
const LINE_SHOWN = 2000

const scrubber = createScrubber()

/** Scrubs each container's lines as the one text they are: a secret can go over several lines, but never over two logs. */
export function cleanLog(raw: readonly LogLine[]): CleanLog {
  const streams = Map.groupBy(raw, ({ pod, container }) => `${pod}\n${container}`)
  let masked = 0
  const cleaned = new Map<LogLine, string>()
  for (const stream of streams.values()) {
    const scrubbed = scrubber.scrubLines(stream.map(({ text }) => text.slice(0, LINE_READ)))
    masked += scrubbed.masked
    for (const [index, line] of stream.entries()) cleaned.set(line, shown(scrubbed.lines[index] ?? ''))
  }
  return { lines: raw.map((line) => ({ ...line, text: cleaned.get(line) ?? '' })), masked }
}

function shown(text: string): string {
  const visible = clean(text)
  return visible.length <= LINE_SHOWN ? visible : `${visible.slice(0, LINE_SHOWN)}… (cut)`
}

/** Plain text, whatever the letters' case: never a pattern, so that no input can make the search slow. Secrets were taken out before, so none can be guessed by searching. */
export function grep(lines: readonly LogLine[], wanted: string | undefined): readonly LogLine[] {
  if (wanted === undefined) return lines
  const needle = wanted.toLowerCase()
  return lines.filter(({ text }) => text.toLowerCase().includes(needle))
}

/** `06:12:33 abcde text`: the pod's last characters only where there are several, the container's name only where it differs. */
export function logLines(lines: readonly LogLine[], zone: string): readonly string[] {
  const severalPods = new Set(lines.map(({ pod }) => pod)).size > 1
  const severalContainers = new Set(lines.map(({ container }) => container)).size > 1
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium', hourCycle: 'h23' })
  return lines.map(({ at, pod, container, text }) =>
    [
      clock.format(at),
      ...(severalPods ? [pod.slice(-5)] : []),
      ...(severalContainers ? [container] : []),
      text,
    ].join(' '),
  )
}

/** The whole for a file: times in UTC, whole names. */
export function logFile(lines: readonly LogLine[]): string {
  return lines
    .map(({ at, pod, container, text }) => `${at.toISOString()} ${pod} ${container} ${text}\n`)
    .join('')
}

type Covered = LogResult['covered'][number]

/** A few sentences on what was really read: a log that was rotated away looks empty, and empty looks well. */
export function coverageSentences(
  covered: readonly Covered[],
  asked: { readonly from: Date; readonly time: (moment: Date) => string },
): readonly string[] {
  const several = new Set(covered.map(({ pod }) => pod)).size < covered.length
  const nameOf = ({ pod, container }: Covered) => (several ? `${pod} (${container})` : pod)
  const problems = covered.flatMap((one) => (one.problem ? [`${nameOf(one)}: ${one.problem}.`] : []))
  const read = covered.filter((one) => one.problem === null)
  const silent = read.filter((one) => one.from === null)
  const cut = read.filter((one) => one.truncated && one.from !== null)
  const whole = read.length - silent.length - cut.length
  return [
    ...(whole > 0 ? [`The whole span is covered for ${whole} of ${covered.length} logs.`] : []),
    ...cut
      .slice(0, 3)
      .map(
        (one) =>
          `${nameOf(one)} is covered only from ${asked.time(one.from ?? asked.from)}: what came before is left out.`,
      ),
    ...(cut.length > 3 ? [`${cut.length - 3} more logs are cut at their beginning.`] : []),
    ...(silent.length > 0
      ? [
          `No line in this span: ${silent.slice(0, 3).map(nameOf).join(', ')}${silent.length > 3 ? ', …' : ''}.`,
        ]
      : []),
    ...problems.slice(0, 3),
    ...(problems.length > 3 ? [`${problems.length - 3} more logs could not be read.`] : []),
  ]
}
