import {
  actions,
  bold,
  bytes,
  context,
  count,
  header,
  join,
  localTime,
  section,
  text,
} from '../../src/blocks/builders.ts'
import { areaTable, troubleBlock } from '../../src/blocks/health.ts'
import { labelOf, stepButton } from '../../src/blocks/next-step.ts'
import type { Block } from '../../src/blocks/types.ts'
import type { Answer } from '../../src/core/answer.ts'
import type { HealthReport } from '../../src/core/health.ts'
import { statusWord, summariseHealth } from '../../src/core/health-summary.ts'
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
  const { report, changes, comparedWith, unmet, name, zone } = facts
  const { status, counts, areas, sentence } = summariseHealth(report, name)
  return {
    kind: 'digest',
    audience: 'channel',
    text: `Morning: ${sentence}${notDone(unmet)}`,
    blocks: [
      header(`Morning · ${statusWord(status)} · ${name}`),
      section(text`${summaryLine(counts, changes, comparedWith)}`),
      ...unmetBlocks(unmet),
      ...changes.fresh
        .slice(0, FRESH_SHOWN)
        .map((trouble) => troubleBlock(trouble, comparedWith ? 'new' : '')),
      ...more(changes.fresh.length - FRESH_SHOWN, 'new problem'),
      ...changes.lasting
        .slice(0, LASTING_SHOWN)
        .map(({ trouble, since }) => troubleBlock(trouble, `since ${localTime(since, zone)}`)),
      ...more(changes.lasting.length - LASTING_SHOWN, 'older problem'),
      ...areaTable(areas),
      ...figureBlocks(facts),
      context(...closing(facts)),
      ...actions(
        stepButton({ label: 'Health now', line: 'health', action: 'refresh' }),
        stepButton({ label: 'JSON file', line: 'health --json' }),
      ),
    ],
  }
}

function summaryLine(counts: string, { fresh, solved }: Changes, comparedWith: Date | null): string {
  const now = `${counts.charAt(0).toUpperCase()}${counts.slice(1)}.`
  if (comparedWith === null) return `${now} There is no earlier morning to compare with.`
  if (fresh.length === 0 && solved.length === 0) return `${now} Nothing is different from the last time.`
  return `${now} Since the last time: ${fresh.length} new, ${solved.length} solved.`
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
  return [section(body, next ? stepButton({ label: labelOf(next), line: next }) : undefined)]
}

function more(hidden: number, what: string): readonly Block[] {
  return hidden > 0 ? [context(`And ${count(hidden, what)} more: /bakery health shows all.`)] : []
}

/** Figures that are no problem yet and are worth a look in the morning. */
function figureBlocks({ changes, killedForMemory, comparedWith }: MorningFacts): readonly Block[] {
  const { solved, restarts, growth, databaseBytes } = changes
  const grown = growth.reduce((sum, one) => sum + one.bytes, 0)
  const [most] = growth
  const mostText = most && most.bytes > 0 ? `, most of it ${most.name} (${bytes(most.bytes)})` : ''
  const lines = [
    ...(solved.length > 0 ? [`Solved: ${shortList(solved)}.`] : []),
    ...(killedForMemory.length > 0 ? [`Killed for memory since then: ${shortList(killedForMemory)}.`] : []),
    ...(restarts !== null && restarts > 0 ? [`Containers restarted ${count(restarts, 'time')}.`] : []),
    ...(comparedWith && growth.length > 0
      ? [
          `The databases have ${bytes(databaseBytes)}, ${grown >= 0 ? `${bytes(grown)} more` : `${bytes(-grown)} less`}${mostText}.`,
        ]
      : []),
  ]
  return lines.length === 0 ? [] : [section(join(lines))]
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
