import { actions, context, section } from '../../src/blocks/builders.ts'
import type { Button } from '../../src/blocks/types.ts'
import type { Answer } from '../../src/core/answer.ts'
import type { Ask } from '../../src/core/ask.ts'

/** What an administrative command did, in one sentence, with what leads on from it. */
export function resultOf(sentence: string, ...buttons: readonly Button[]): Answer {
  return {
    kind: 'result',
    audience: 'channel',
    text: sentence,
    blocks: [section(sentence), ...actions(...buttons)],
  }
}

/** The same for the security channel: `done` is the verb, `Granted` or `Paused`. */
export function noticeOf(sentence: string, done: string, { actor, ref }: Pick<Ask, 'actor' | 'ref'>): Answer {
  const told = `${sentence} ${done} by ${actor.person}.`
  return { kind: 'alert', audience: 'channel', text: told, blocks: [section(told), context(`ref ${ref}`)] }
}
