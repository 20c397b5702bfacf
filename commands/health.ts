import { z } from 'zod'
import { actions, bold, context, count, header, localTime, section, text } from '../src/blocks/builders.ts'
import { areaTable, tableBlocks, troubleBlock } from '../src/blocks/health.ts'
import { stepButton } from '../src/blocks/next-step.ts'
import type { Block } from '../src/blocks/types.ts'
import type { Answer } from '../src/core/answer.ts'
import { defineQuery } from '../src/core/command.ts'
import { AREAS, type Area, type HealthReport } from '../src/core/health.ts'
import { detailLine } from '../src/core/health-lines.ts'
import { type HealthSummary, statusWord, summariseHealth, type Trouble } from '../src/core/health-summary.ts'

/** More than this is read in the thread: what matters at 3 a.m. fits on a phone's screen or two. */
const TROUBLES_SHOWN = 8

export const health = defineQuery({
  name: 'health',
  summary: 'Show the true state of the platform, what is wrong first.',
  examples: ['health', 'health databases', 'health --json'],
  args: z.object({
    area: z
      .enum(AREAS)
      .optional()
      .describe(`one area: ${AREAS.join(', ')}`),
    json: z.boolean().default(false).describe('as the file health.json'),
  }),
  positional: ['area'],
  family: 'health',
  role: 'viewer',

  async read({ area }, { health: reader, platform }, _ask, signal) {
    const report = await reader.report(area ? [area] : [], signal)
    return { report, name: platform.name, zone: platform.timeZone }
  },

  render({ report, name, zone }, { area, json }) {
    const summary = summariseHealth(report, name)
    return json ? fileAnswer(report, summary) : messageOf({ report, summary, name, zone, area })
  },

  data: ({ report }) => report,
  status: ({ report }) => report.status,
})

interface Message {
  readonly report: HealthReport
  readonly summary: HealthSummary
  readonly name: string
  readonly zone: string
  readonly area: Area | undefined
}

function messageOf({ report, summary, name, zone, area }: Message): Answer {
  const { troubles, areas, status, counts, sentence } = summary
  const shown = troubles.slice(0, TROUBLES_SHOWN)
  const others = troubles.slice(TROUBLES_SHOWN)
  const what = area ? `${name}, ${area}` : name
  const details = detailBlocks(report, area ? [area] : AREAS)
  return {
    kind: 'health',
    audience: 'channel',
    text: sentence,
    blocks: [
      header(`${statusWord(status)} · ${what}`),
      section(text`${headlineOf(counts, status)}`),
      ...shown.map((trouble) => troubleBlock(trouble)),
      ...(others.length > 0 ? [section(text`${othersLine(others)}`)] : []),
      ...areaTable(areas),
      ...(area ? details : []),
      context(`Seen ${localTime(new Date(report.at), zone)}. The slowest check took ${slowest(report)} ms.`),
      ...buttons(area, troubles),
    ],
    ...(area ? {} : { thread: [detailAnswer(details, name)] }),
  }
}

function headlineOf(counts: string, status: HealthReport['status']): string {
  if (status === 'off') return 'Nothing of this is configured.'
  return `${counts.charAt(0).toUpperCase()}${counts.slice(1)}.`
}

function othersLine(others: readonly Trouble[]): string {
  const names = others.slice(0, 12).map(({ target, status }) => `${target} (${status})`)
  const rest = others.length > 12 ? `, and ${others.length - 12} more` : ''
  return `Also ${count(others.length, 'other')}: ${names.join(', ')}${rest}. The thread has all of them.`
}

function slowest({ checks }: HealthReport): number {
  return Math.round(Math.max(0, ...checks.map(({ durationMs }) => durationMs)))
}

function buttons(area: Area | undefined, troubles: readonly Trouble[]): readonly Block[] {
  const line = area ? `health ${area}` : 'health'
  const pods = troubles.length > 0 && area === undefined
  return actions(
    ...[
      { label: 'Refresh', line, action: 'refresh' as const },
      ...(pods ? [{ label: 'Broken pods', line: 'pods --problems' }] : []),
      { label: 'JSON file', line: `${line} --json` },
    ].map(stepButton),
  )
}

/** Every target of every area in a line, for the thread. */
function detailBlocks(report: HealthReport, areas: readonly Area[]): readonly Block[] {
  return areas.flatMap((area) => {
    const checks = report.checks.filter((check) => check.area === area)
    if (checks.length === 0) return []
    const rows = checks.map((check) => [check.target, check.status, detailLine(check)])
    return [
      section(text`${bold(area)}`),
      ...tableBlocks([{ title: 'Target', min: 12 }, { title: 'State' }, { title: 'Facts' }], rows),
    ]
  })
}

function detailAnswer(blocks: readonly Block[], name: string): Answer {
  return { kind: 'health', audience: 'channel', text: `${name}: all checks, area by area.`, blocks }
}

function fileAnswer(report: HealthReport, { sentence }: HealthSummary): Answer {
  return {
    kind: 'health',
    audience: 'channel',
    text: sentence,
    blocks: [
      section(text`${sentence}`),
      context('health.json holds every check with its facts and thresholds.'),
    ],
    files: [
      { name: 'health.json', title: 'Health as data', content: `${JSON.stringify(report, null, 2)}\n` },
    ],
  }
}
