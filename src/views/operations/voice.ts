import {
  actions,
  bold,
  context,
  header,
  localTime,
  mention,
  section,
  sentence,
  text,
} from '../../blocks/builders.ts'
import type { Answer } from '../../core/answer.ts'
import type { Override } from '../../core/operation.ts'
import type { CardFacts, OperationVoice } from '../../core/ports/operations.ts'
import { approvalCard, decidedCard, isUnrun } from './card.ts'
import { reviewButton } from './listing.ts'
import { stuckOverride } from './overrides.ts'
import { plannedSteps } from './plan.ts'
import { isUnderWay, progress } from './progress.ts'
import { result } from './result.ts'
import { nameOf } from './whose.ts'

/** What the store says by itself when an operation changes; times are said in this zone. */
export function operationVoice(zone: string): OperationVoice {
  return {
    card: (facts) => cardOf(facts, zone),
    brokenGlass: (facts) => brokenGlass(facts),
    reminder: (override) => reminder(override, zone),
    stuck: (override, to) => stuckOverride(override, zone, to),
  }
}

/** The one message of an operation, in every state. `whole`: its history stands below it, so it is not said twice. */
export function cardOf(facts: CardFacts, zone: string, whole = false): Answer {
  const { operation } = facts
  if (operation.state === 'planned' || operation.state === 'awaiting') {
    return approvalCard({ ...facts, zone }, whole)
  }
  if (isUnrun(operation)) return decidedCard(facts, whole)
  return isUnderWay(operation.state) ? progress(facts, whole) : result({ ...facts, zone }, whole)
}

/** It runs without a second person: whoever answers for the platform is told at once. */
function brokenGlass({ operation, names }: CardFacts): Answer {
  const { id, plan, requester, breakGlass, channel, ref } = operation
  const by = nameOf(names, requester)
  const said = `${by} runs without a second person: ${plan.headline}.`
  return {
    kind: 'alert',
    audience: 'channel',
    text: `Break-glass: ${said} Why: ${breakGlass?.reason ?? 'no reason was given'}`,
    blocks: [
      header('Break-glass'),
      section(text`${bold(said)} Why: ${breakGlass?.reason ?? 'no reason was given'}`),
      ...plannedSteps(plan),
      section(
        text`It stays open until somebody else has reviewed it. To look at it first, in ${mention(channel)}: /bakery ops show ${id}`,
      ),
      ...actions(reviewButton(operation)),
      context(`Operation ${id} · ref ${ref}`),
    ],
  }
}

/** Something that was taken out of git's care goes back soon. A direct message has no channel in which a line could be run. */
function reminder({ operation, says, target, until, channel }: Override, zone: string): Answer {
  const said = `${target} goes back to git at ${localTime(new Date(until), zone)}: ${sentence(says)}`
  return {
    kind: 'alert',
    audience: 'channel',
    text: `Reminder: ${said}`,
    blocks: [
      section(text`${bold('Reminder.')} ${said}`),
      section('What should last has to be in git before that.'),
      section(
        text`To give it back now, in ${mention(channel)}: /bakery overrides end ${operation}. What began it: /bakery ops show ${operation}`,
      ),
    ],
  }
}
