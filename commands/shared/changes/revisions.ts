import { ago } from '../../../src/blocks/builders.ts'
import type { Ask } from '../../../src/core/ask.ts'
import type { Choice } from '../../../src/core/plan.ts'
import type { Revision } from '../../../src/core/ports/workloads.ts'

/** An earlier revision as something to choose. */
export function choiceOf(name: string, revision: Revision, { at }: Pick<Ask, 'at'>): Choice {
  const { number, createdAt, differences } = revision
  return {
    line: rollbackLine(name, number),
    label: `Revision ${number}, ${ago(createdAt, at)}${causeOf(revision)}`,
    differences,
  }
}

/** `: release 1.4.2`, as whoever made it said; nothing when nobody did. */
export function causeOf({ changeCause }: Revision): string {
  return changeCause === null ? '' : `: ${changeCause}`
}

export function rollbackLine(name: string, number: number): string {
  return `rollback ${name} --to ${number}`
}
