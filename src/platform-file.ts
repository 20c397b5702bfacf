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
  if (!parsed.success) throw new ConfigurationError(faultLines(parsed.error, name))
  const crossed = crossFaults(parsed.data).map((fault) => `${name}.${fault}`)
  if (crossed.length > 0) throw new ConfigurationError(crossed)
  return parsed.data
}

/** What no single field shows: names that are used twice, and references to things that are not there. */
function crossFaults(platform: Platform): string[] {
  const databases = new Set(platform.databases.map((each) => each.name))
  const people = new Set(platform.people.map((each) => each.name))
  const faults = [
    ...twice(
      'services',
      platform.services.map((each) => each.name),
    ),
    ...twice(
      'databases',
      platform.databases.map((each) => each.name),
    ),
    ...twice(
      'people',
      platform.people.map((each) => each.name),
    ),
    ...twice(
      'people.slack',
      platform.people.flatMap((each) => each.slack),
    ),
  ]
  platform.services.forEach((service, index) => {
    if (service.database && !databases.has(service.database)) {
      faults.push(`services.${index}.database: found "${service.database}", expected a name of databases`)
    }
    if (service.owner && !(service.owner in platform.teams)) {
      faults.push(`services.${index}.owner: found "${service.owner}", expected a key of teams`)
    }
  })
  platform.owners.forEach((owner, index) => {
    if (!people.has(owner) && !/^[UW][A-Z0-9]+$/.test(owner)) {
      faults.push(`owners.${index}: found "${owner}", expected a name of people or a Slack user id`)
    }
  })
  for (const [name, expression] of Object.entries(platform.schedules)) {
    if (!isCronExpression(expression)) {
      faults.push(`schedules.${name}: found "${expression}", expected a cron expression such as "0 7 * * *"`)
    }
  }
  return faults
}

function twice(path: string, names: readonly string[]): string[] {
  const doubled = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  return [...doubled].map((name) => `${path}: found "${name}" twice, expected each name once`)
}
