import { z } from 'zod'
import { actions, context, header, localTime, localTimes, section, text } from '../src/blocks/builders.ts'
import { areaTable, troubleBlock } from '../src/blocks/health.ts'
import { stepButton } from '../src/blocks/next-step.ts'
import type { Block } from '../src/blocks/types.ts'
import type { Answer } from '../src/core/answer.ts'
import { defineQuery } from '../src/core/command.ts'
import { AREAS, type Area, type HealthReport } from '../src/core/health.ts'
import { type Bundle, bundleTroubles } from '../src/core/health-bundles.ts'
import { type HealthSummary, statusWord, summariseHealth } from '../src/core/health-summary.ts'
import { areaDetails, detailAnswer } from './shared/health-details.ts'

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
  const bundles = bundleTroubles(troubles)
  const shown = bundles.slice(0, TROUBLES_SHOWN)
  const others = bundles.slice(TROUBLES_SHOWN)
  const seen = `Seen ${localTime(new Date(report.at), zone)}.`
  return {
    kind: 'health',
    audience: 'channel',
    text: sentence,
    blocks: [
      header(`${statusWord(status)} · ${area ? `${name}, ${area}` : name}`),
      section(text`${headlineOf(counts, status)}`),
      ...shown.map((bundle) => troubleBlock(inZone(bundle, zone))),
      ...(others.length > 0 ? [section(text`${othersLine(others, area)}`)] : []),
      ...(area ? areaDetails(report, area) : areaTable(areas)),
      context(`${seen} The slowest check took ${slowest(report)} ms.`),
      ...buttons(area, areas),
    ],
    ...(area ? {} : { thread: [detailAnswer({ report, name, zone, seen })] }),
  }
}

function headlineOf(counts: string, status: HealthReport['status']): string {
  if (status === 'off') return 'Nothing of this is configured.'
  return `${counts.charAt(0).toUpperCase()}${counts.slice(1)}.`
}

function inZone(bundle: Bundle, zone: string): Bundle {
  return { ...bundle, lines: bundle.lines.map((line) => localTimes(line, zone)) }
}

function othersLine(others: readonly Bundle[], area: Area | undefined): string {
  const names = others.slice(0, 12).map(({ title, status }) => `${title} (${status})`)
  const rest = others.length > 12 ? ` and ${others.length - 12} more` : ''
  const where = area ? '' : ' The thread says why.'
  return `Also not well: ${names.join(', ')}${rest}.${where}`
}

function slowest({ checks }: HealthReport): number {
  return Math.round(Math.max(0, ...checks.map(({ durationMs }) => durationMs)))
}

function buttons(area: Area | undefined, areas: HealthSummary['areas']): readonly Block[] {
  const line = area ? `health ${area}` : 'health'
  const broken = areas.some((one) => one.area === 'pods' && ['critical', 'warning'].includes(one.status))
  return actions(
    ...[
      { label: 'Refresh', line, action: 'refresh' as const },
      ...(broken ? [{ line: 'pods --problems' }] : []),
      { label: 'Get health.json', line: `${line} --json` },
    ].map((step) => stepButton(step)),
  )
}

function fileAnswer(report: HealthReport, { sentence }: HealthSummary): Answer {
  return {
    kind: 'health',
    audience: 'channel',
    text: sentence,
    blocks: [
      section(text`${sentence}`),
      context('The thread has health.json: every check with its facts, threshold and time.'),
    ],
    files: [
      { name: 'health.json', title: 'Health as data', content: `${JSON.stringify(report, null, 2)}\n` },
    ],
  }
}
