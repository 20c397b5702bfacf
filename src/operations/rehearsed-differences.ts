import type { Difference } from '../core/plan.ts'
import type { RawObject } from '../core/ports/objects.ts'

/** What changes with every write and says nothing to a person, Bakery's own mark, and the moments that a step is made of. */
const UNSAID = [
  /^(status|kind|apiVersion|metadata\.(managedFields|resourceVersion|generation|uid))(\.|\[|$)/,
  /bakery\.dev\//,
  /\.kubectl\.kubernetes\.io\/restartedAt$/,
  /\.reconcile\.fluxcd\.io\/requestedAt$/,
]
const MOST = 40
const LONGEST = 120

/** Where two forms of an object differ, a line each: `Deployment/orders-service spec.replicas`. Values are scrubbed. */
export function objectDifferences(
  name: string,
  before: RawObject,
  after: RawObject,
  scrub: (text: string) => string,
): readonly Difference[] {
  const was = flatten(before)
  const becomes = flatten(after)
  const changed = [...new Set([...was.keys(), ...becomes.keys()])]
    .filter((path) => was.get(path) !== becomes.get(path) && !UNSAID.some((unsaid) => unsaid.test(path)))
    .sort()
  const shown = changed.slice(0, MOST).map((path) => ({
    what: `${name} ${path}`,
    was: shownValue(path, was.get(path), scrub),
    becomes: shownValue(path, becomes.get(path), scrub),
  }))
  const left = changed.length - shown.length
  return left > 0 ? [...shown, { what: `${name}: ${left} more fields`, was: null, becomes: null }] : shown
}

function shownValue(path: string, value: string | undefined, scrub: (text: string) => string): string | null {
  if (value === undefined) return null
  // A value is judged by its name too: `…env[DB_PASSWORD].value=…` is a secret, whatever it looks like.
  const whole = scrub(`${path.match(/\[([^\]]+)\]\.value$/)?.[1] ?? ''}=${value}`)
  const clean = whole.slice(whole.indexOf('=') + 1)
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean
}

/** Every leaf with its path; members of a list that have a name are found by it, as the API server merges them. */
function flatten(value: unknown, path = '', into = new Map<string, string>()): ReadonlyMap<string, string> {
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) flatten(member, `${path}[${labelOf(member, index)}]`, into)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value))
      flatten(member, path === '' ? key : `${path}.${key}`, into)
  } else if (value !== undefined) {
    into.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return into
}

function labelOf(member: unknown, index: number): string {
  if (typeof member === 'object' && member !== null && 'name' in member && typeof member.name === 'string') {
    return member.name
  }
  return String(index)
}
