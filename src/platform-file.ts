import { readFileSync } from 'node:fs'
import { parse, YAMLParseError } from 'yaml'
import type { z } from 'zod'
import { coerceError } from './core/errors.ts'
import { ConfigurationError, faultLines } from './faults.ts'
import { type Platform, platformSchema } from './platform.ts'
import { isCronExpression } from './schedule/slots.ts'

/** Reads and checks platform.yaml. Throws `ConfigurationError` with every fault of the file. */
export function readPlatform(file: string): Platform {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    const problem = coerceError(thrown)
    throw new ConfigurationError([
      `PLATFORM_FILE: found no readable file at ${file} (${'code' in problem ? String(problem.code) : problem.message}), ` +
        'expected a description of the platform: copy platform.example.yaml and adapt it',
    ])
  }
  return parsePlatform(text, file)
}

/** Checks the text of a platform file; `name` begins each fault. */
export function parsePlatform(text: string, name: string): Platform {
  let raw: unknown
  try {
    raw = parse(text, { maxAliasCount: 100 })
  } catch (thrown) {
    const { code, linePos } = thrown instanceof YAMLParseError ? thrown : {}
    const where = linePos?.[0]
    const place = where ? ` at line ${where.line}, column ${where.col}` : ''
    const what = code === 'DUPLICATE_KEY' ? 'a key for the second time' : 'text that is not YAML'
    throw new ConfigurationError([`${name}: found ${what}${place}, expected a YAML document`])
  }
  const parsed = platformSchema.safeParse(raw, { reportInput: true })
  const faults = parsed.success ? [] : faultLines(parsed.error, name)
  const sound = parsed.success ? parsed.data : withoutFaults(raw, parsed.error)
  faults.push(...crossFaults(sound).map((fault) => `${name}.${fault}`))
  if (!parsed.success || faults.length > 0) throw new ConfigurationError(faults)
  return parsed.data
}

/** A platform of which anything may be missing. */
type Sound<Part> = Part extends readonly (infer Member)[]
  ? readonly (Sound<Member> | undefined)[]
  : Part extends object
    ? { readonly [Key in keyof Part]?: Sound<Part[Key]> | undefined }
    : Part

/** What is left of a faulty file when its faults are taken out, so that what is wrong between its parts is said at once too. */
function withoutFaults(raw: unknown, { issues }: z.ZodError): Sound<Platform> {
  if (!isContainer(raw)) return {}
  const copy = structuredClone(raw)
  for (const { code, path } of issues) {
    const inside = path.slice(0, -1)
    const parent = inside.reduce<unknown>(
      (part, key) => (isContainer(part) ? Reflect.get(part, key) : null),
      copy,
    )
    const last = path.at(-1)
    // A key that is not known harms nothing beside it.
    if (code !== 'unrecognized_keys' && last !== undefined && isContainer(parent))
      Reflect.set(parent, last, undefined)
  }
  return copy as Sound<Platform>
}

function isContainer(part: unknown): part is object {
  return typeof part === 'object' && part !== null
}

/** What no single field shows: names that are used twice, and references to things that are not there. */
function crossFaults(parts: Sound<Platform>): string[] {
  const { services = [], databases = [], people = [], schedules = {} } = parts
  return [
    ...twice('services', services.map(nameOf)),
    ...twice('databases', databases.map(nameOf)),
    ...twice('people', people.map(nameOf)),
    ...twice(
      'people.slack',
      people.flatMap((each) => each?.slack ?? []),
    ),
    ...serviceFaults(parts),
    ...accessFaults(parts),
    ...Object.entries(schedules).flatMap(([name, expression]) =>
      expression === undefined || isCronExpression(expression)
        ? []
        : [`schedules.${name}: found "${expression}", expected a cron expression such as "0 7 * * *"`],
    ),
  ]
}

function serviceFaults({ services = [], databases, teams }: Sound<Platform>): string[] {
  return services.flatMap((service, index) => {
    const { database, owner } = service ?? {}
    return [
      ...(database && databases && !databases.map(nameOf).includes(database)
        ? [`services.${index}.database: found "${database}", expected a name of databases`]
        : []),
      ...(owner && teams && !Object.hasOwn(teams, owner)
        ? [`services.${index}.owner: found "${owner}", expected a key of teams`]
        : []),
    ]
  })
}

const CHANNEL = "expected a key of channels or a channel's id"

/** Who and where: a slip here would plant a grant that nobody holds, and after the first start nobody would look. */
function accessFaults({
  channels,
  people,
  owners = [],
  bindings = [],
  grants = [],
}: Sound<Platform>): string[] {
  const isNobody = (name: string | undefined, id: RegExp) =>
    name !== undefined && people !== undefined && !people.map(nameOf).includes(name) && !id.test(name)
  const isNowhere = (name: string | undefined) =>
    name !== undefined &&
    channels !== undefined &&
    !Object.hasOwn(channels, name) &&
    !/^[CG][A-Z0-9]{2,}$/.test(name)
  const ownerFaults = owners.flatMap((owner, index) =>
    isNobody(owner, /^[UW][A-Z0-9]+$/)
      ? [`owners.${index}: found "${owner}", expected a name of people or a Slack user id`]
      : [],
  )
  const bindingFaults = bindings.flatMap((binding, index) =>
    isNowhere(binding?.channel) ? [`bindings.${index}.channel: found "${binding?.channel}", ${CHANNEL}`] : [],
  )
  const grantFaults = grants.flatMap((grant, index) => [
    ...(isNowhere(grant?.channel) ? [`grants.${index}.channel: found "${grant?.channel}", ${CHANNEL}`] : []),
    ...(isNobody(grant?.to, /^[UWS][A-Z0-9]+$/)
      ? [
          `grants.${index}.to: found "${grant?.to}", expected a name of people, or the id of a user or a group`,
        ]
      : []),
  ])
  return [...ownerFaults, ...bindingFaults, ...grantFaults]
}

function nameOf(part: { readonly name?: string | undefined } | undefined): string | undefined {
  return part?.name
}

function twice(path: string, names: readonly (string | undefined)[]): string[] {
  const doubled = new Set(names.filter((name, index) => name !== undefined && names.indexOf(name) !== index))
  return [...doubled].map((name) => `${path}: found "${name}" twice, expected each name once`)
}
