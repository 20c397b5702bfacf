import type { Platform } from '../platform.ts'
import type { NameKind } from './names.ts'
import { either, nearest } from './suggest.ts'

/** What a name stands for, or why it stands for nothing. */
export type Resolved =
  | { readonly found: string }
  | { readonly problem: string; readonly candidates: readonly string[] }

/** The names that there are, known without asking anybody. */
export interface Known {
  readonly platform: Platform
  /** The names of the scheduled jobs. */
  readonly jobs: readonly string[]
}

/** Finds what was meant by a name, perhaps abbreviated. */
export function resolveName(kind: NameKind, given: string, { platform, jobs }: Known): Resolved {
  switch (kind) {
    case 'service':
      return among('service of platform.yaml is called', given, servicesOf(platform))
    case 'database':
      return among('database of platform.yaml is called', given, databasesOf(platform))
    case 'workload':
      return workloadNamed(given, platform)
    case 'user':
      return personNamed(given, platform)
    case 'subject':
      return /^S[A-Z0-9]{2,}$/.test(unwrapped(given))
        ? { found: unwrapped(given) }
        : personNamed(given, platform)
    case 'channel':
      return channelNamed(given, platform)
    case 'job':
      return among('job is called', given, jobs)
  }
}

/** The names among which one is chosen in a form; empty where they are not known or too many. */
export function namesToChoose(kind: NameKind, { platform, jobs }: Known): readonly string[] {
  if (kind === 'job') return jobs
  if (kind === 'service') return servicesOf(platform)
  if (kind === 'database') return databasesOf(platform)
  return kind === 'workload' ? [...new Set([...servicesOf(platform), ...databasesOf(platform)])] : []
}

function servicesOf({ services }: Platform): readonly string[] {
  return services.map(({ name }) => name)
}

function databasesOf({ databases }: Platform): readonly string[] {
  return databases.map(({ name }) => name)
}

/** Services come first: `orders` is the service, `orders-d` the database. What the platform does not name may still run in the cluster. */
function workloadNamed(given: string, platform: Platform): Resolved {
  const services = servicesOf(platform)
  const all = [...new Set([...services, ...databasesOf(platform)])]
  const whole = given.toLowerCase()
  if (all.includes(whole)) return { found: whole }
  const asService = among('service or database of platform.yaml is called', given, services)
  if ('found' in asService || asService.candidates.some((name) => name.startsWith(whole))) return asService
  const asAny = among('service or database of platform.yaml is called', given, all)
  if ('found' in asAny || asAny.candidates.length > 0) return asAny
  return { found: whole }
}

function among(what: string, given: string, names: readonly string[]): Resolved {
  const meant = given.toLowerCase()
  if (names.includes(meant)) return { found: meant }
  const stems = names.filter((name) => name === `${meant}-service` || name === `${meant}-db`)
  const beginnings = names.filter((name) => name.startsWith(meant))
  const [only] = stems.length === 1 ? stems : beginnings
  if (only !== undefined && (stems.length === 1 || beginnings.length === 1)) return { found: only }
  if (meant !== '' && beginnings.length > 1) {
    const shown = beginnings.slice(0, 5)
    return { problem: `“${given}” can be ${either(shown)}`, candidates: shown }
  }
  const near = nearest(meant, names)
  const hint = near.length > 0 ? `. The nearest: ${either(near)}` : ''
  return { problem: `no ${what} “${given}”${hint}`, candidates: near }
}

function personNamed(given: string, { people }: Platform): Resolved {
  const plain = unwrapped(given)
  if (/^[UW][A-Z0-9]{2,}$/.test(plain)) return { found: plain }
  const meant = plain.replace(/^@/, '').toLowerCase()
  const exact = people.filter(({ name }) => name.toLowerCase() === meant)
  const matching =
    exact.length > 0 ? exact : people.filter(({ name }) => name.toLowerCase().startsWith(meant))
  const [only] = matching
  const id = only?.slack[0]
  if (meant !== '' && matching.length === 1 && id !== undefined) return { found: id }
  const near = nearest(
    meant,
    people.map(({ name }) => name),
  )
  const problem = `“${given}” is nobody that Slack or platform.yaml knows. Mention the person with @`
  return { problem, candidates: near.map((name) => `@${name}`) }
}

function channelNamed(given: string, { channels }: Platform): Resolved {
  const plain = unwrapped(given)
  if (/^[CG][A-Z0-9]{2,}$/.test(plain)) return { found: plain }
  const meant = plain.replace(/^#/, '').toLowerCase()
  const [, id] = Object.entries(channels).find(([key]) => key.toLowerCase() === meant) ?? []
  if (id !== undefined) return { found: id }
  const near = nearest(meant, Object.keys(channels))
  const problem = `“${given}” is no channel that Slack or platform.yaml knows. Mention the channel with #`
  return { problem, candidates: near.map((name) => `#${name}`) }
}

/** `<@U1|ana>` as Slack writes it, where nobody unwrapped it before. */
function unwrapped(given: string): string {
  return /^<(?:[@#]|!subteam\^)([A-Z0-9]+)(?:\|[^<>]*)?>$/.exec(given)?.[1] ?? given
}
