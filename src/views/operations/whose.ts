import type { Operation } from '../../core/operation.ts'
import type { CardFacts } from '../../core/ports/operations.ts'

/** What somebody is called in the mirror, else how platform.yaml calls the person. */
export function nameOf(
  names: CardFacts['names'],
  { user, person }: { user: string; person: string },
): string {
  return names.get(user) ?? person
}

/** `Asked for by ana, approved by olivia. Operation 4f7k2m9x0q.` */
export function whose(operation: Operation, names: CardFacts['names']): string {
  const { id, requester, reviews, follows, breakGlass } = operation
  const begun = `${begunBy(nameOf(names, requester), follows)}${approvers(reviews, names)}.`
  return [begun, ...(breakGlass === null ? [] : [brokenGlass(breakGlass)]), `Operation ${id}.`].join(' ')
}

/** `Without a second person: the shop is down; nobody has reviewed it yet.` */
function brokenGlass({ reason, reviewedBy }: NonNullable<Operation['breakGlass']>): string {
  const seen = reviewedBy === null ? 'nobody has reviewed it yet' : `${reviewedBy} has reviewed it`
  return `Without a second person: ${reason}; ${seen}.`
}

function begunBy(who: string, follows: Operation['follows']): string {
  if (follows === 'undo') return `Begun by Bakery itself, because nobody kept what ${who} had asked for`
  if (follows === 'resume') return `Begun by Bakery itself, as ${who} had asked for`
  return `Asked for by ${who}`
}

function approvers(reviews: Operation['reviews'], names: CardFacts['names']): string {
  const said = reviews.filter(({ verdict }) => verdict === 'approve').map((one) => nameOf(names, one))
  return said.length === 0 ? '' : `, approved by ${said.join(' and ')}`
}
