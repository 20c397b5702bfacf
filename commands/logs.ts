import { z } from 'zod'
import {
  actions,
  bold,
  commandButton,
  context,
  count,
  localTime,
  preformatted,
  section,
  span,
  text,
} from '../src/blocks/builders.ts'
import type { Answer } from '../src/core/answer.ts'
import { defineQuery } from '../src/core/command.ts'
import { duration, spanWord, workload } from '../src/core/names.ts'
import type { LogLine, LogResult } from '../src/core/ports/cluster.ts'
import { notConfigured } from './shared/arguments.ts'
import { cleanLog, coverageSentences, logFile, logLines } from './shared/log-text.ts'

/** What a person reads in a message; more is a file, and the message has its end. */
const LINES_IN_MESSAGE = 30
const CHARACTERS_IN_MESSAGE = 2600
/** Of each container, so many of the newest lines are searched when there is something to search for. */
const SEARCHED = 5000

export const logs = defineQuery({
  name: 'logs',
  summary: 'Read the live logs of all pods of a service; only you see them.',
  examples: [
    'logs orders',
    'logs orders --since 1h --grep pool',
    'logs orders --since 1h --previous',
    'logs auth-db --tail 50',
  ],
  args: z.object({
    workload,
    since: duration.default(900).describe('how far back, such as 15m or 1h'),
    grep: z.string().min(1).max(200).optional().describe('only lines with this text, capitals or not'),
    previous: z.boolean().default(false).describe('of the run before the last restart'),
    tail: z.coerce.number().int().min(1).max(2000).default(200).describe('at most so many lines, 1 to 2000'),
    pod: z.string().min(1).max(253).optional().describe('only this pod, by its whole name'),
    container: z.string().min(1).max(63).optional().describe('only this container'),
  }),
  positional: ['workload'],
  family: 'logs',
  role: 'viewer',

  async read(args, ports, _ask, signal) {
    if (!ports.logs)
      throw notConfigured('kubernetes', 'Bakery has no way to the cluster, so there are no logs to read.')
    const { workload: name, pod, container, since, previous, tail } = args
    const result = await ports.logs.read(
      {
        workload: name,
        ...(pod === undefined ? {} : { pod }),
        ...(container === undefined ? {} : { container }),
        ...{ sinceSeconds: since, previous, tail: args.grep === undefined ? tail : SEARCHED },
      },
      signal,
    )
    const { lines: found, masked, skipped } = await cleanLog(result.lines, args.grep)
    const kept = found.slice(-tail)
    const now = ports.clock.now()
    return {
      ...{
        lines: kept,
        matching: found.length,
        read: result.lines.length,
        skipped,
        masked,
        covered: result.covered,
      },
      ...{ now, zone: ports.platform.timeZone },
    }
  },

  render(facts, args) {
    const { lines, zone } = facts
    const shown = inMessage(logLines(lines.slice(-LINES_IN_MESSAGE), zone))
    const headline = headlineOf(facts, args)
    const isWhole = shown.length === lines.length
    return {
      kind: 'logs',
      audience: 'requester',
      text: headline,
      blocks: [
        section(text`${bold(headline)}`),
        ...(shown.length > 0 ? [preformatted(shown)] : []),
        context(...notes(facts, args, shown.length).slice(0, 10)),
        ...buttons(args, lines.length > 0),
      ],
      ...(isWhole ? {} : { files: [fileOf(lines, args.workload)] }),
    } satisfies Answer
  },

  data: ({ lines, covered, masked }) => ({ masked, covered, lines }),
})

interface LogFacts {
  readonly lines: readonly LogLine[]
  readonly matching: number
  readonly read: number
  readonly skipped: number
  readonly masked: number
  readonly covered: LogResult['covered']
  readonly now: Date
  readonly zone: string
}

interface Asked {
  readonly workload: string
  readonly since: number
  readonly grep?: string | undefined
  readonly previous: boolean
  readonly tail: number
}

function headlineOf({ lines, covered }: LogFacts, args: Asked): string {
  const amount = lines.length === 0 ? 'no line' : count(lines.length, 'line')
  const what = args.grep === undefined ? amount : `${amount} with “${args.grep}”`
  const run = args.previous ? ' before the last restart' : ''
  const pods = new Set(covered.map(({ pod }) => pod)).size
  const unread = args.previous ? 0 : covered.filter(({ problem }) => problem !== null).length
  if (unread > 0 && unread === covered.length)
    return `${args.workload}: the log could not be read, ${count(pods, 'pod')}.`
  const missing = unread > 0 ? `, ${unread} of ${covered.length} logs not read` : ''
  return `${args.workload}: ${what}${run} in the last ${span(args.since)}, ${count(pods, 'pod')}${missing}.`
}

/** The newest lines that a message can hold. */
function inMessage(lines: readonly string[]): readonly string[] {
  let used = 0
  const start = lines.findLastIndex((line) => {
    // A line that is wrapped gets an indented piece for about every 43 characters.
    used += line.length + 1 + Math.floor(line.length / 40) * 3
    return used > CHARACTERS_IN_MESSAGE
  })
  return lines.slice(start + 1)
}

function notes(facts: LogFacts, args: Asked, shown: number): readonly string[] {
  const { lines, matching, read, skipped, masked, covered, now, zone } = facts
  const from = new Date(now.getTime() - args.since * 1000)
  return [
    ...(shown < lines.length
      ? [`The newest ${shown} of ${lines.length} lines; the file in your direct messages has all of them.`]
      : []),
    ...(matching > lines.length ? [`${matching} lines match; --tail shows more of them.`] : []),
    ...(args.grep === undefined ? [] : [`${count(read, 'line')} searched.`]),
    ...(skipped > 0
      ? [`The oldest ${count(skipped, 'line')} were too many to look at: ask for a shorter span.`]
      : []),
    ...coverageSentences(covered, {
      from,
      previous: args.previous,
      time: (moment) => localTime(moment, zone),
    }),
    ...(masked > 0
      ? [`${count(masked, 'value')} that looked like a secret ${masked === 1 ? 'was' : 'were'} masked.`]
      : []),
    `Read ${localTime(now, zone)}. Lines have the time of ${zone}${shown < lines.length ? ', in the file UTC' : ''}.`,
  ]
}

function buttons({ workload: name, since, previous }: Asked, any: boolean) {
  const back = spanWord(since)
  const other = previous ? `logs ${name} --since ${back}` : `logs ${name} --since ${back} --previous`
  return actions(
    ...(any
      ? [
          commandButton({
            action: 'share',
            label: 'Share here',
            line: 'share {message}',
            accessibilityLabel: 'Post this log for everybody here',
          }),
        ]
      : []),
    commandButton({ action: 'logs', label: previous ? 'Show this run' : 'Show previous run', line: other }),
    commandButton({ action: 'events', label: 'Show events', line: `events ${name}` }),
  )
}

function fileOf(lines: readonly LogLine[], name: string) {
  return { name: `${name}.log`, title: `Log of ${name}, secrets masked`, content: logFile(lines) }
}
