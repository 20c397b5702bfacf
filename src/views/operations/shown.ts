import {
  bold,
  capital,
  code,
  context,
  join,
  localTime,
  type Markup,
  preformatted,
  section,
  sentence,
  text,
} from '../../blocks/builders.ts'
import { fullPaths } from '../../blocks/plan.ts'
import type { Block } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Operation } from '../../core/operation.ts'
import { digestLine } from './card.ts'
import { type Named, WORDS } from './listing.ts'
import { stepSentence } from './steps.ts'
import { cardOf } from './voice.ts'
import { nameOf } from './whose.ts'

/** The whole history of one operation: how it stands, who decided, and each step with its writes. */
export function operationShown(operation: Operation, named: Named): Answer {
  const { names, zone } = named
  const card = cardOf({ operation, names }, zone, true)
  return {
    ...card,
    text: `Operation ${operation.id} ${WORDS[operation.state]}: ${operation.plan.headline}.`,
    blocks: [...card.blocks, ...history(operation, named)],
  }
}

function history(operation: Operation, named: Named): readonly Block[] {
  return [
    section(join([bold('Who decided'), ...decisionLines(operation, named)])),
    ...stepBlocks(operation, named),
    ...fieldBlocks(operation),
    context(`${digestLine(operation)} · ref ${operation.ref}`),
  ]
}

function decisionLines(operation: Operation, named: Named): readonly Markup[] {
  const { requester, reason, createdAt, reviews, breakGlass, keptBy, follows } = operation
  const { names } = named
  const at = (moment: string) => localTime(new Date(moment), named.zone)
  const because = (why: string | null) => (why === null ? '' : `: ${why}`)
  const asked = follows === null ? 'asked for it' : 'had asked for what it follows from'
  return [
    text`• ${nameOf(names, requester)} ${asked}, ${at(createdAt)}${because(reason)}`,
    ...reviews.map((review) => {
      const said = review.verdict === 'approve' ? 'approved it' : 'denied it'
      return text`• ${nameOf(names, review)} ${said}, ${at(review.at)}${because(review.reason)}`
    }),
    ...(breakGlass === null ? [] : [breakGlassLine(breakGlass)]),
    ...(keptBy === null ? [] : [text`• ${names.get(keptBy) ?? keptBy} said that it may stay`]),
    text`• ${standing(operation, at)}`,
  ]
}

function standing({ state, settledAt, expiresAt }: Operation, at: (moment: string) => string): string {
  const word = capital(WORDS[state])
  if (settledAt !== null) return `${word}, ${at(settledAt)}`
  const canBegin = state === 'planned' || state === 'awaiting' || state === 'approved'
  return canBegin ? `${word}; it can begin until ${at(expiresAt)}` : word
}

function breakGlassLine({ reason, reviewedBy }: NonNullable<Operation['breakGlass']>): Markup {
  const seen = reviewedBy === null ? 'nobody has reviewed it yet' : `${reviewedBy} has reviewed it`
  return text`• It ran without a second person: ${reason}; ${seen}`
}

/** What changes goes by short names on a card; here is where exactly it is. */
function fieldBlocks({ plan }: Operation): readonly Block[] {
  const paths = fullPaths(plan.differences ?? [], MOST_FIELDS)
  return paths.length === 0 ? [] : [section(bold('Fields')), preformatted(paths)]
}

const MOST_FIELDS = 40
const STEPS_PER_BLOCK = 8

function stepBlocks({ steps }: Operation, { zone }: Named): readonly Block[] {
  const lines = steps.map(({ n, step, state, says, auditIds, settledAt }) => {
    const when = settledAt === null ? '' : `, ${localTime(new Date(settledAt), zone)}`
    const ids = auditIds.length === 0 ? '' : text` Audit-Id ${join(auditIds.map(code), ' ')}`
    const said = says === null ? '' : ` ${sentence(capital(says))}`
    return text`${n + 1}. ${stepSentence(step)}: ${state}${when}.${said}${ids}`
  })
  return Array.from({ length: Math.ceil(lines.length / STEPS_PER_BLOCK) }, (_, index) =>
    section(
      join([
        ...(index === 0 ? [bold('Steps')] : []),
        ...lines.slice(index * STEPS_PER_BLOCK, (index + 1) * STEPS_PER_BLOCK),
      ]),
    ),
  )
}
