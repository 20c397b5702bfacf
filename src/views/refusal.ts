import {
  actions,
  capital,
  commandButton,
  context,
  localTimes,
  section,
  sentence,
} from '../blocks/builders.ts'
import type { Button } from '../blocks/types.ts'
import type { Answer } from '../core/answer.ts'
import type { Code } from '../core/codes.ts'

export interface RefusalFacts {
  readonly code: Code
  /** Which rule, what it asks for, and what to do: whole sentences. */
  readonly message: string
  /** Command lines worth trying instead. */
  readonly suggestions: readonly string[]
  /** The line that others here may run; not given: nobody is to be asked. */
  readonly askFor?: string
  readonly ref: string
}

const MOST_SUGGESTIONS = 5
/** The command that calls those who may run the line after it. */
const ASK = 'ask '

/** Why something was not done. Its last words are `CODE · ref XXXXXXXX` (docs/CONTRACT.md), also on a lock screen. */
export function refusal({ code, message, suggestions, askFor, ref }: RefusalFacts): Answer {
  const ending = `${code} · ref ${ref}`
  const said = sentence(begun(message))
  const buttons = suggestions.slice(0, MOST_SUGGESTIONS).map(suggestionButton)
  const asking = askFor === undefined ? [] : [askButton(askFor)]
  return {
    kind: 'refusal',
    audience: 'requester',
    text: `${shortened(said)} ${ending}`,
    blocks: [section(said), ...actions(...asking, ...buttons), context(ending)],
  }
}

/** A line for others is asked of them. */
function suggestionButton(line: string): Button {
  if (line.startsWith(ASK)) return askButton(line.slice(ASK.length))
  return commandButton({ action: 'run', label: line, line, accessibilityLabel: `Run ${line}` })
}

/** The same with its moments said in the platform's zone. */
export function refusalIn(zone: string): typeof refusal {
  return (facts) => refusal({ ...facts, message: localTimes(facts.message, zone) })
}

/** Calls those who may run the line, in the channel. */
export function askButton(line: string): Button {
  const accessibilityLabel = `Ask those who may do it to run ${line}`
  return commandButton({ action: 'run', label: 'Ask them', line: `${ASK}${line}`, accessibilityLabel })
}

/** A failure with its moments said in the platform's zone. */
export function failureIn(zone: string): typeof failure {
  return (facts) => failure({ ...facts, message: localTimes(facts.message, zone) })
}

/** Something failed on Bakery's side or behind it. The reference finds the log line that has the cause. */
export function failure({ message, ref }: { readonly message: string; readonly ref: string }): Answer {
  return refusal({ code: 'UNAVAILABLE', message, suggestions: [], ref })
}

/** Told to the security channel when somebody is refused again and again. */
export function refusalBurst(facts: { person: string; count: number; minutes: number }): Answer {
  const { person, count, minutes } = facts
  const said = `${person} was refused ${count} times within ${minutes} minutes.`
  const line = `audit search --decision refused --since ${minutes}m`
  return {
    kind: 'alert',
    audience: 'channel',
    text: said,
    blocks: [section(said), ...actions(commandButton({ action: 'run', label: 'Show the refusals', line }))],
  }
}

/** What begins with a word of ours begins as a sentence does; a name stays as it is written. */
function begun(message: string): string {
  return /^(?:cannot|no|the|there|its) /.test(message) ? capital(message) : message
}

/** The ending must stay in sight, so it is the message that gives way. */
function shortened(message: string): string {
  const points = [...message.toWellFormed()]
  return points.length <= 1000 ? message : `${points.slice(0, 999).join('')}…`
}
