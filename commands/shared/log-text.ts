import { setImmediate } from 'node:timers/promises'
import { clean } from '../../src/blocks/text.ts'
import type { LogLine, LogResult } from '../../src/core/ports/cluster.ts'
import { createScrubber } from '../../src/core/scrub.ts'
import { readable } from './log-record.ts'

/** Lines that may be shown: without secrets, controls and invisible characters. */
export interface CleanLog {
  readonly lines: readonly LogLine[]
  /** How many secrets were masked. */
  readonly masked: number
  /** Lines that were not looked at, because there were too many: the oldest. */
  readonly skipped: number
}

/** Of one line, this much is looked at: what is behind it is not shown either. */
const LINE_READ = 8000
const LINE_SHOWN = 2000
/** So many lines and characters are scrubbed for one answer: more would keep everybody else waiting. */
const MOST_LINES = 4000
const MOST_CHARACTERS = 1_000_000
/** A secret can go over this many lines (a private key has about 50). */
const NEIGHBOURS = 60

const scrubber = createScrubber()

/**
 * The lines with the wanted text (all when none is wanted), scrubbed. Each container's lines are scrubbed as the one text they
 * are: a secret can go over several lines, but never over two logs. What is looked for is plain text, whatever the letters'
 * case, never a pattern; and it is looked for again in what was scrubbed, so that nobody can guess a secret by searching for it.
 */
export async function cleanLog(raw: readonly LogLine[], wanted?: string): Promise<CleanLog> {
  const streams = [...Map.groupBy(raw, ({ pod, container }) => `${pod}\n${container}`).values()]
  const near = new Set(streams.flatMap((stream) => nearby(stream, wanted)))
  const kept = newest(raw.filter((line) => near.has(line)))
  const chosen = new Set(kept)
  const texts = new Map<LogLine, string>()
  let masked = 0
  for (const stream of streams) {
    const lines = stream.filter((line) => chosen.has(line))
    const scrubbed = scrubber.scrubLines(lines.map(({ text }) => text.slice(0, LINE_READ)))
    masked += scrubbed.masked
    for (const [index, line] of lines.entries()) texts.set(line, shown(scrubbed.lines[index] ?? ''))
    await setImmediate()
  }
  const lines = kept.map((line) => ({ ...line, text: texts.get(line) ?? '' }))
  return { lines: lines.filter(({ text }) => has(text, wanted)), masked, skipped: near.size - kept.length }
}

/** The lines of one log that may have the wanted text, with those around them. */
function nearby(stream: readonly LogLine[], wanted: string | undefined): readonly LogLine[] {
  if (wanted === undefined) return stream
  let until = -1
  const hits = stream.flatMap(({ text }, index) => (has(clean(text), wanted) ? [index] : []))
  return hits.flatMap((hit) => {
    const from = Math.max(until + 1, hit - NEIGHBOURS)
    until = Math.min(stream.length - 1, hit + NEIGHBOURS)
    return stream.slice(from, until + 1)
  })
}

function has(text: string, wanted: string | undefined): boolean {
  return wanted === undefined || text.toLowerCase().includes(wanted.toLowerCase())
}

function newest(lines: readonly LogLine[]): readonly LogLine[] {
  let characters = 0
  const start = lines.findLastIndex(({ text }) => {
    characters += Math.min(text.length, LINE_READ) + 1
    return characters > MOST_CHARACTERS
  })
  return lines.slice(Math.max(start + 1, lines.length - MOST_LINES))
}

function shown(text: string): string {
  const visible = clean(text)
  return visible.length <= LINE_SHOWN ? visible : `${visible.slice(0, LINE_SHOWN)}… (cut)`
}

/** `06:12:33 abcde text`: the pod's last characters only where there are several, the container's name only where it differs. Records are made readable, and scrubbed again: reading them undoes escapes. */
export function logLines(lines: readonly LogLine[], zone: string): readonly string[] {
  const severalPods = new Set(lines.map(({ pod }) => pod)).size > 1
  const severalContainers = new Set(lines.map(({ container }) => container)).size > 1
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium', hourCycle: 'h23' })
  return lines.map(({ at, pod, container, text }) =>
    [
      clock.format(at),
      ...(severalPods ? [pod.slice(-5)] : []),
      ...(severalContainers ? [container] : []),
      clean(scrubber.scrub(readable(text)).text),
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
  asked: { readonly from: Date; readonly previous: boolean; readonly time: (moment: Date) => string },
): readonly string[] {
  const several = new Set(covered.map(({ pod }) => pod)).size < covered.length
  const nameOf = ({ pod, container }: Covered) => (several ? `${pod} (${container})` : pod)
  const problems = covered.flatMap((one) => (one.problem ? [`${nameOf(one)}: ${one.problem}.`] : []))
  const read = covered.filter((one) => one.problem === null)
  const silent = read.filter((one) => one.from === null)
  const cut = read.filter((one) => one.truncated && one.from !== null)
  const whole = read.length - silent.length - cut.length
  return [
    ...(whole > 0 ? [wholeSentence(whole, covered.length)] : []),
    ...cut
      .slice(0, 3)
      .map((one) =>
        asked.previous
          ? `What is left of that run of ${nameOf(one)} begins ${asked.time(one.from ?? asked.from)}.`
          : `${nameOf(one)} is covered only from ${asked.time(one.from ?? asked.from)}: what came before is left out.`,
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

function wholeSentence(whole: number, all: number): string {
  if (whole < all) return `The whole span is covered for ${whole} of ${all} logs.`
  return all === 1 ? 'The whole span is covered.' : `The whole span is covered for all ${all} logs.`
}
