import { readFileSync } from 'node:fs'
import { parse, YAMLParseError } from 'yaml'
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
    const where = thrown instanceof YAMLParseError ? thrown.linePos?.[0] : undefined
    const place = where ? ` at line ${where.line}, column ${where.col}` : ''
    throw new ConfigurationError([`${name}: found text that is not YAML${place}, expected a YAML document`])
  }
  const parsed = platformSchema.safeParse(raw, { reportInput: true })
  const faults = parsed.success ? [] : faultLines(parsed.error, name)
  faults.push(...crossFaults(parsed.data ?? soundParts(raw)).map((fault) => `${name}.${fault}`))
  if (!parsed.success || faults.length > 0) throw new ConfigurationError(faults)
  return parsed.data
}

/** The parts of a faulty file that are well by themselves, so that what is wrong between them is said at once too. */
function soundParts(raw: unknown): Partial<Platform> {
  if (typeof raw !== 'object' || raw === null) return {}
  return Object.fromEntries(
    Object.entries(platformSchema.shape).flatMap(([key, schema]) => {
      const { success, data } = schema.safeParse(Reflect.get(raw, key))
      return success ? [[key, data]] : []
    }),
  )
}

/** What no single field shows: names that are used twice, and references to things that are not there. */
function crossFaults(parts: Partial<Platform>): string[] {
  const { services = [], databases = [], people = [], schedules = {} } = parts
  return [
    ...twice('services', services.map(nameOf)),
    ...twice('databases', databases.map(nameOf)),
    ...twice('people', people.map(nameOf)),
    ...twice(
      'people.slack',
      people.flatMap((each) => each.slack),
    ),
    ...serviceFaults(parts),
    ...accessFaults(parts),
    ...Object.entries(schedules).flatMap(([name, expression]) =>
      isCronExpression(String(expression))
        ? []
        : [`schedules.${name}: found "${expression}", expected a cron expression such as "0 7 * * *"`],
    ),
  ]
}

function serviceFaults({ services = [], databases, teams }: Partial<Platform>): string[] {
  return services.flatMap(({ database, owner }, index) => [
    ...(database && databases && !databases.map(nameOf).includes(database)
      ? [`services.${index}.database: found "${database}", expected a name of databases`]
      : []),
    ...(owner && teams && !Object.hasOwn(teams, owner)
      ? [`services.${index}.owner: found "${owner}", expected a key of teams`]
      : []),
  ])
}

/** Who and where: a slip here would plant a grant that nobody holds, and after the first start nobody would look. */
function accessFaults({ channels, people, owners = [], bindings = [], grants = [] }: Partial<Platform>) {
  const someone = (name: string, id: RegExp) => !people || people.map(nameOf).includes(name) || id.test(name)
  const somewhere = (name: string) =>
    !channels || Object.hasOwn(channels, name) || /^[CG][A-Z0-9]{2,}$/.test(name)
  const faults: string[] = []
  owners.forEach((owner, index) => {
    if (someone(owner, /^[UW][A-Z0-9]+$/)) return
    faults.push(`owners.${index}: found "${owner}", expected a name of people or a Slack user id`)
  })
  bindings.forEach(({ channel }, index) => {
    if (somewhere(channel)) return
    faults.push(`bindings.${index}.channel: found "${channel}", expected a key of channels or a channel's id`)
  })
  grants.forEach(({ to, channel }, index) => {
    if (!somewhere(channel))
      faults.push(`grants.${index}.channel: found "${channel}", expected a key of channels or a channel's id`)
    if (someone(to, /^[UWS][A-Z0-9]+$/)) return
    faults.push(
      `grants.${index}.to: found "${to}", expected a name of people, or the id of a user or a group`,
    )
  })
  return faults
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

function twice(path: string, names: readonly string[]): string[] {
  const doubled = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  return [...doubled].map((name) => `${path}: found "${name}" twice, expected each name once`)
}
