import { canonical } from '../../core/canonical.ts'
import type { Difference } from '../../core/plan.ts'
import { at, list, type Raw, record, text } from '../../core/raw.ts'
import { RESTARTED_AT } from '../../core/rollout/template.ts'
import { createScrubber } from '../../core/scrub.ts'

/** An operator reads these beside each other. */
const LONGEST = 160
const { scrub } = createScrubber()

/** What is looked for first comes first; the rest follows in the order of the alphabet. */
const FIRST = ['image', 'command', 'args', 'resources']

/** Of a container, shown by themselves. Everything else of it that differs is shown too, under its own name. */
const NAMED = new Set(['name', 'env', 'envFrom'])

/**
 * What differs between two pod templates, as people name it: `image`, `environment LOG_LEVEL`, `resources`. Values pass the
 * scrubber with their names, and what comes from a Secret is shown as where it comes from.
 */
export function templateDifferences(present: Raw, other: Raw): readonly Difference[] {
  const kinds = ['containers', 'initContainers'] as const
  const parts = kinds.flatMap((kind) => containerDifferences(present, other, kind))
  const spec = memberDifferences(record(present.spec), record(other.spec), '', new Set(kinds))
  const labels = metadata(present, other, 'labels', 'label')
  const annotations = metadata(present, other, 'annotations', 'annotation')
  return [...parts, ...spec, ...labels, ...annotations]
}

function containerDifferences(present: Raw, other: Raw, kind: 'containers' | 'initContainers') {
  const [before, after] = [byName(present, kind), byName(other, kind)]
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const alone = kind === 'containers' && names.length === 1
  return names.flatMap((name) => {
    const [was, becomes] = [before.get(name), after.get(name)]
    if (was === undefined || becomes === undefined) {
      const image = (one: Raw | undefined) => (one === undefined ? null : shown(one.image, 'image'))
      return [{ what: `container ${name}`, was: image(was), becomes: image(becomes) }]
    }
    const where = alone ? '' : ` of ${name}`
    return [...memberDifferences(was, becomes, where, NAMED), ...environment(was, becomes, where)]
  })
}

function byName(template: Raw, kind: string): Map<string, Raw> {
  return new Map(list(at(template, 'spec', kind)).map((one) => [text(at(one, 'name')) ?? '', record(one)]))
}

/** Members that differ, each under its own name. */
function memberDifferences(
  was: Raw,
  becomes: Raw,
  where: string,
  without: ReadonlySet<string>,
): readonly Difference[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(becomes)])].filter(
    (name) => !without.has(name),
  )
  return names
    .filter((name) => canonical(at(was, name)) !== canonical(at(becomes, name)))
    .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((name) => ({
      what: `${name}${where}`,
      was: shown(at(was, name), name),
      becomes: shown(at(becomes, name), name),
    }))
}

function rank(name: string): number {
  const place = FIRST.indexOf(name)
  return place === -1 ? FIRST.length : place
}

function environment(was: Raw, becomes: Raw, where: string): readonly Difference[] {
  const [before, after] = [variables(was), variables(becomes)]
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({
      what: `environment ${name}${where}`,
      was: variable(name, before.get(name)),
      becomes: variable(name, after.get(name)),
    }))
}

/** By name: `=value`, or where it comes from. */
function variables(container: Raw): Map<string, string> {
  const single = list(container.env).map((one): [string, string] => {
    const name = text(at(one, 'name')) ?? ''
    const from = at(one, 'valueFrom')
    return [name, from === undefined ? `=${text(at(one, 'value')) ?? ''}` : origin(from)]
  })
  const whole = list(container.envFrom).map((one): [string, string] => {
    const source = text(at(one, 'secretRef', 'name'))
    const name = source === null ? `ConfigMap ${text(at(one, 'configMapRef', 'name'))}` : `Secret ${source}`
    return [`from ${name}`, `everything with the prefix ${JSON.stringify(at(one, 'prefix') ?? '')}`]
  })
  return new Map([...single, ...whole])
}

function origin(from: unknown): string {
  const secret = at(from, 'secretKeyRef')
  if (secret !== undefined) return `key ${text(at(secret, 'key'))} of Secret ${text(at(secret, 'name'))}`
  const map = at(from, 'configMapKeyRef')
  if (map !== undefined) return `key ${text(at(map, 'key'))} of ConfigMap ${text(at(map, 'name'))}`
  return canonical(from)
}

/** The scrubber sees the name with its value: `PASSWORD=…` is masked where `…` alone would not be. */
function variable(name: string, value: string | undefined): string | null {
  if (value === undefined) return null
  if (!value.startsWith('=')) return short(value)
  const clean = scrub(`${name}${value}`).text
  return short(clean.startsWith(`${name}=`) ? clean.slice(name.length + 1) : clean)
}

function metadata(present: Raw, other: Raw, member: string, word: string): readonly Difference[] {
  const without = new Set([RESTARTED_AT, 'pod-template-hash'])
  const of = (template: Raw) => record(at(template, 'metadata', member))
  return memberDifferences(of(present), of(other), '', without).map(({ what, ...values }) => ({
    what: `${word} ${what}`,
    ...values,
  }))
}

function shown(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return variable(name, `=${value}`)
  return short(scrub(canonical(value)).text)
}

function short(value: string): string {
  return value.length > LONGEST ? `${value.slice(0, LONGEST - 1)}…` : value
}
