import {
  actions,
  ago,
  bold,
  commandButton,
  context,
  count,
  localTime,
  mention,
  section,
  sentence,
  text,
} from '../../blocks/builders.ts'
import type { Block } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Freeze, Override, OverrideFailure } from '../../core/operation.ts'
import { freezeSentence, type Named } from './listing.ts'

/** What was taken out of git's care, and what stops changes. */
export function overridesList(
  { overrides, freezes }: { overrides: readonly Override[]; freezes: readonly Freeze[] },
  named: Named,
): Answer {
  const { names, zone, now } = named
  const headline = `${count(overrides.length, 'override')}, ${count(freezes.length, 'freeze')}.`
  return {
    kind: 'table',
    audience: 'channel',
    text: `Overrides and freezes: ${headline}`,
    blocks: [
      section(bold(headline)),
      ...overrides.flatMap((override) => overrideBlocks(override, named)),
      ...freezes.map((freeze) => section(freezeSentence(freeze, names.get(freeze.by) ?? freeze.by, zone))),
      context(`Seen ${localTime(now, zone)}.`),
    ],
  }
}

function overrideBlocks(override: Override, { names, zone, now }: Named): readonly Block[] {
  const { target, says, owner, until, operation, resumedBy, failure } = override
  const end = new Date(until)
  const ends = `${end > now ? 'ends' : 'was to end'} ${localTime(end, zone)} (${ago(end, now)})`
  const back = resumedBy === null ? '' : `, being given back by ${resumedBy}`
  const failed = failure === null ? '' : ` ${failureSentence(failure, zone)}`
  return [
    section(
      text`${bold(target)}: ${sentence(says)} By ${names.get(owner) ?? owner}, ${ends}${back}.${failed}`,
    ),
    ...actions(
      commandButton({
        ...{ action: 'run', label: 'Give it back now', line: `overrides end ${operation}` },
        accessibilityLabel: `Give ${target} back now`,
      }),
      commandButton({
        ...{ action: 'run', label: 'Show', line: `ops show ${failure?.operation ?? operation}` },
        accessibilityLabel: `Show what ${failure === null ? 'began it' : 'failed'}`,
      }),
    ),
  ]
}

/** `It could not be given back (3 tries): The API server refuses it. The next try is at 05:20 …` */
export function failureSentence({ times, says, nextAt }: OverrideFailure, zone: string): string {
  return `It could not be given back (${count(times, 'try', 'tries')}): ${sentence(says)} The next try is at ${localTime(new Date(nextAt), zone)}.`
}

/** What was taken out of git's care stays so although its time is over: for whoever owns it, and its channel. */
export function stuckOverride(override: Override, zone: string, to: 'person' | 'channel'): Answer {
  const { target, says, operation, until, failure, channel } = override
  const since = localTime(new Date(until), zone)
  const said = `${target} should be back in git’s care since ${since}, and is not.`
  const why = failure === null ? '' : ` ${failureSentence(failure, zone)}`
  return {
    kind: 'alert',
    audience: 'channel',
    text: `Not given back: ${said}${why}`,
    blocks: [
      section(text`${bold('Not given back.')} ${said}${why}`),
      section(
        `What was to happen: ${sentence(says)} Where there is nothing to give back any more: overrides forget ${operation}.`,
      ),
      ...(to === 'person'
        ? [section(text`${mention(channel)} has the same message, with what you can do about it.`)]
        : actions(
            commandButton({ action: 'run', label: 'Give it back', line: `overrides end ${operation}` }),
            commandButton({
              action: 'run',
              label: 'Show',
              line: `ops show ${failure?.operation ?? operation}`,
            }),
          )),
    ],
  }
}
