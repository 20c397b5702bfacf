import { bold, code, context, join, type Markup, preformatted, section, text } from './builders.ts'
import { LIMITS } from './limits.ts'
import type { Block } from './types.ts'
import { displayWidth } from './width.ts'

/** What of a plan is shown to people, wherever somebody decides about it. */
export interface ShownPlan {
  readonly headline: string
  readonly warnings: readonly { readonly code: string; readonly text: string }[]
  readonly facts?: readonly string[]
  readonly differences?: readonly ShownDifference[]
  /** As the API server says, from a dry run. */
  readonly rehearsed?: readonly ShownDifference[]
  /** What ends it by itself. */
  readonly resume?: { readonly says: string }
  readonly steps: readonly unknown[]
}

export interface ShownDifference {
  readonly what: string
  readonly was: string | null
  readonly becomes: string | null
}

/** A preview is read on a phone at night: what does not fit is counted. */
const MOST = { facts: 12, warnings: 15, differences: 20 }

export function shownPlan(plan: ShownPlan): readonly Block[] {
  const { headline, warnings, facts = [], differences = [], rehearsed = [], resume, steps } = plan
  return [
    section(bold(headline)),
    ...(warnings.length > 0 ? [section(warningLines(plan))] : []),
    ...(facts.length > 0 ? [section(bullets(facts))] : []),
    ...differenceBlocks('What changes', differences),
    ...differenceBlocks(
      differences.length > 0 ? 'What else changes, as the dry run shows' : 'What changes',
      unsaid(rehearsed, differences),
    ),
    ...(resume === undefined ? [] : [context(text`Afterwards, by itself: ${resume.says}`)]),
    ...(warnings.length === 0 && steps.length > 0 ? [context('No warnings.')] : []),
  ]
}

/** The sentence is for the person; its code, which documents and digests know, stands small behind it. */
function warningLines({ warnings }: ShownPlan): Markup {
  const left = warnings.length - MOST.warnings
  return join([
    ...warnings.slice(0, MOST.warnings).map((one) => text`⚠ ${one.text} ${code(one.code)}`),
    ...more(left),
  ])
}

/** What the command itself has not said already. */
function unsaid(
  rehearsed: readonly ShownDifference[],
  said: readonly ShownDifference[],
): readonly ShownDifference[] {
  const pairs = new Set(said.map(({ was, becomes }) => JSON.stringify([was, becomes])))
  return rehearsed.filter(({ was, becomes }) => !pairs.has(JSON.stringify([was, becomes])))
}

export function bullets(sentences: readonly string[]): Markup {
  const left = sentences.length - MOST.facts
  return join([...sentences.slice(0, MOST.facts).map((one) => text`• ${one}`), ...more(left)])
}

function differenceBlocks(title: string, differences: readonly ShownDifference[]): readonly Block[] {
  if (differences.length === 0) return []
  return [section(bold(title)), preformatted(differenceLines(differences, MOST.differences))]
}

const NOTHING = '–'
/** `Deployment/orders-service spec.replicas`: an object and one of its fields. */
const FIELD = /^(\S+\/\S+) (\S+)$/
/** What every workload has around the words that mean something. */
const AROUND = /^(spec\.template\.)?(spec|metadata)\.(?=.)/
const KEYS = /^(annotations|labels|nodeSelector|data)\.(.+\/)?(?=[^/]+$)/

/**
 * What differs, an object after the other: `replicas: 2 → 3`, with the two sides below each other where a phone has no room
 * beside; how many are left out is said. Fields go by their last words; `fullPaths` shows where exactly they are.
 */
export function differenceLines(differences: readonly ShownDifference[], most: number): readonly string[] {
  const shown = differences.slice(0, most).map((one) => ({ ...one, ...placeOf(one.what) }))
  const names = shortNames(shown)
  const lines = shown.flatMap(({ object, was, becomes }, index) => [
    ...(object === null || object === shown[index - 1]?.object ? [] : [object]),
    ...sides(`${object === null ? '' : '  '}${names[index]}`, was, becomes),
  ])
  return [...lines, ...more(differences.length - most)]
}

/** The same fields as the API server calls them. */
export function fullPaths(differences: readonly ShownDifference[], most: number): readonly string[] {
  const paths = differences.map(({ what }) => what).filter((what) => FIELD.test(what))
  return [...paths.slice(0, most), ...more(paths.length - most)]
}

function placeOf(what: string): { readonly object: string | null; readonly field: string } {
  const [, object = null, field = what] = FIELD.exec(what) ?? []
  return { object, field }
}

/** Two fields of one object that would be called the same keep their whole path. */
function shortNames(
  fields: readonly { readonly object: string | null; readonly field: string }[],
): readonly string[] {
  const named = fields.map(({ object, field }) => (object === null ? field : shortName(field)))
  const keys = fields.map(({ object }, index) => `${object} ${named[index]}`)
  return fields.map(({ field }, index) => {
    const twice = keys.indexOf(keys[index] ?? '') !== keys.lastIndexOf(keys[index] ?? '')
    return twice ? field : (named[index] ?? field)
  })
}

/** `spec.template.spec.containers[app].image` → `app image`; an annotation goes by the end of its name. */
function shortName(path: string): string {
  return path
    .replace(AROUND, '')
    .replace(KEYS, '')
    .replace(/^containers\[([^\]]+)\]\.(?=.)/, '$1 ')
}

function sides(name: string, was: string | null, becomes: string | null): readonly string[] {
  if (was === null && becomes === null) return [name]
  const one = `${name}: ${was ?? NOTHING} → ${becomes ?? NOTHING}`
  if (displayWidth(one) <= LIMITS.preformattedColumns && !/[\n\r]/.test(one)) return [one]
  return [name, ...(was === null ? [] : [`- ${was}`]), ...(becomes === null ? [] : [`+ ${becomes}`])]
}

function more(left: number): readonly string[] {
  return left > 0 ? [`… and ${left} more`] : []
}
