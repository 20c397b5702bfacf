import {
  actions,
  bold,
  bytes,
  context,
  count,
  header,
  join,
  localTime,
  localTimes,
  section,
  text,
} from '../../src/blocks/builders.ts'
import { areaTable, troubleBlock } from '../../src/blocks/health.ts'
import { stepButton } from '../../src/blocks/next-step.ts'
import type { Block } from '../../src/blocks/types.ts'
import type { Answer } from '../../src/core/answer.ts'
import type { HealthReport, Status } from '../../src/core/health.ts'
import { bundleTroubles } from '../../src/core/health-bundles.ts'
import { statusWord, summariseHealth } from '../../src/core/health-summary.ts'
import type { Trouble } from '../../src/core/health-troubles.ts'
import type { Unmet } from '../expectations/expectation.ts'
import type { Changes } from './changes.ts'

export interface MorningFacts {
  readonly report: HealthReport
  readonly changes: Changes
  /** When the morning that it is compared with was; null the first time. */
  readonly comparedWith: Date | null
  readonly unmet: readonly Unmet[]
  readonly killedForMemory: readonly string[]
  readonly name: string
  readonly zone: string
  /** For which minute it was due; later than that, it says so. */
  readonly scheduledFor: Date
}

const FRESH_SHOWN = 8
const LASTING_SHOWN = 6
const UNMET_SHOWN = 6
/** A digest that is this late says for when it was meant. */
const LATE_MS = 10 * 60_000

export function morningMessage(facts: MorningFacts): Answer {
  const { report, unmet, name } = facts
  const { status, counts, areas, sentence } = summariseHealth(report, name)
  return {
    kind: 'digest',
    audience: 'channel',
    text: `Morning: ${sentence}${notDone(unmet)}`,
    blocks: [
      header(`Morning · ${statusWord(status)} · ${name}`),
      section(text`${summaryLine(counts, facts)}`),
      ...unmetBlocks(unmet),
      ...troubleBlocks(facts),
      ...areaTable(areas),
      ...figureBlocks(facts),
      context(...closing(facts)),
      ...actions(
        stepButton({ label: 'Check now', line: 'health' }),
        stepButton({ label: 'Get health.json', line: 'health --json' }),
      ),
    ],
  }
}

/** How it is, and what is different: what one wants to know before anything else. */
function summaryLine(counts: string, { changes, comparedWith }: MorningFacts): string {
  const { fresh, lasting, solved } = changes
  const now = `${counts.charAt(0).toUpperCase()}${counts.slice(1)}.`
  if (comparedWith === null) return `${now} There is no earlier morning to compare with.`
  if (fresh.length === 0 && solved.length === 0) return `${now} Nothing is different from the last time.`
  const parts = [
    fresh.length === 0 ? 'nothing new' : `${fresh.length} new`,
    ...(lasting.length > 0 ? [`${lasting.length} as before`] : []),
    solved.length > 0 ? `${solved.length} solved (${shortList(solved)})` : 'none solved',
  ]
  return `${now} Since the last time: ${parts.join(', ')}.`
}

/** New and worse ones first; many of one cause in one. */
function troubleBlocks({ changes, comparedWith, zone }: MorningFacts): readonly Block[] {
  const notes = new Map<Trouble, string>([
    ...changes.fresh.map(({ trouble, was }) => [trouble, comparedWith ? freshNote(was) : ''] as const),
    ...changes.lasting.map(({ trouble, since }) => [trouble, `since ${localTime(since, zone)}`] as const),
  ])
  const bundled = (troubles: readonly Trouble[]) =>
    bundleTroubles(troubles, (trouble) => notes.get(trouble) ?? '').map((bundle) =>
      troubleBlock({ ...bundle, lines: bundle.lines.map((line) => localTimes(line, zone)) }),
    )
  const fresh = bundled(changes.fresh.map(({ trouble }) => trouble))
  const lasting = bundled(changes.lasting.map(({ trouble }) => trouble))
  return [
    ...fresh.slice(0, FRESH_SHOWN),
    ...more(fresh.length - FRESH_SHOWN, 'new'),
    ...lasting.slice(0, LASTING_SHOWN),
    ...more(lasting.length - LASTING_SHOWN, 'older'),
  ]
}

function freshNote(was: Status | null): string {
  return was === null ? 'new' : `worse, was ${was}`
}

function notDone(unmet: readonly Unmet[]): string {
  return unmet.length === 0 ? '' : ` ${count(unmet.length, 'thing')} did not happen.`
}

function unmetBlocks(unmet: readonly Unmet[]): readonly Block[] {
  if (unmet.length === 0) return []
  const shown = unmet.slice(0, UNMET_SHOWN).map(({ what }) => what)
  const hidden = unmet.length - shown.length
  const lines = [...shown, ...(hidden > 0 ? [`And ${hidden} more.`] : [])]
  const next = unmet.find((one) => one.next)?.next
  const body = join([bold('Should have happened and did not'), ...lines])
  return [section(body, next ? stepButton({ line: next }) : undefined)]
}

function more(hidden: number, which: 'new' | 'older'): readonly Block[] {
  return hidden > 0 ? [context(`${hidden} more ${which}: “Check now” shows all of them.`)] : []
}

/**
 * Figures that are no problem yet and are worth a look in the morning; and that nothing was missed: silence would not tell
 * that from not having looked.
 */
function figureBlocks({ changes, killedForMemory, comparedWith, unmet }: MorningFacts): readonly Block[] {
  const { restarts, growth, databaseBytes } = changes
  const grown = growth.reduce((sum, one) => sum + one.bytes, 0)
  const [most] = growth
  const mostText = most && most.bytes > 0 ? `, most of it ${most.name} (${bytes(most.bytes)})` : ''
  const span = comparedWith ? 'since then' : 'in the last day'
  const lines = [
    ...(unmet.length === 0 ? [`All that was scheduled ${span} has run.`] : []),
    ...(killedForMemory.length > 0 ? [`Killed for memory ${span}: ${shortList(killedForMemory)}.`] : []),
    ...(restarts !== null && restarts > 0
      ? [`Containers restarted ${count(restarts, 'time')} since then.`]
      : []),
    ...(comparedWith && growth.length > 0
      ? [`The databases hold ${bytes(databaseBytes)}, ${difference(grown)}${mostText}.`]
      : []),
  ]
  return lines.length === 0 ? [] : [section(join(lines))]
}

function difference(grown: number): string {
  if (grown === 0) return 'as much as then'
  return grown > 0 ? `${bytes(grown)} more than then` : `${bytes(-grown)} less than then`
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown
}

function closing({ report, comparedWith, scheduledFor, zone }: MorningFacts): readonly string[] {
  const at = new Date(report.at)
  const late = at.getTime() - scheduledFor.getTime() > LATE_MS
  return [
    `Seen ${localTime(at, zone)}.`,
    ...(late ? [`It was due ${localTime(scheduledFor, zone)}; Bakery was not running then.`] : []),
    ...(comparedWith ? [`Compared with ${localTime(comparedWith, zone)}.`] : []),
  ]
}
