import type { z } from 'zod'
import { coerceError } from './core/errors.ts'

/** Exit code of a process whose configuration is at fault (EX_CONFIG of sysexits.h; docs/CONTRACT.md). */
export const EXIT_CONFIGURATION = 78

/** Everything that is wrong with the configuration, one line each: `path: found X, expected Y`. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

const SECRET_KEY = /password|token|secret|key|^ca$|^(DATABASE|REDIS)_/i

/** zod's issues as fault lines. A value under a name that may hold a secret is never shown. */
export function faultLines(error: z.ZodError, prefix: string): string[] {
  return error.issues.map((issue) => {
    const path = [prefix, ...issue.path.map(String)].filter((part) => part !== '').join('.')
    const hidden = issue.path.some((part) => SECRET_KEY.test(String(part)))
    return `${path}: found ${found(issue, hidden)}, expected ${expected(issue)}`
  })
}

type Issue = z.core.$ZodIssue

function found(issue: Issue, hidden: boolean): string {
  if (issue.code === 'unrecognized_keys')
    return `the unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`
  if (issue.input === undefined) return 'nothing'
  if (Number.isNaN(issue.input)) return 'something that is not a number'
  if (hidden) return 'a value that is not shown'
  const text = JSON.stringify(issue.input) ?? String(issue.input)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function expected(issue: Issue): string {
  if (!/^(Invalid|Too|Unrecognized) /.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'int') return 'a whole number'
      return `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
    case 'unrecognized_keys':
      return 'only the keys that docs/platform.schema.json names'
    case 'invalid_value':
      return `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`
    default:
      return issue.message.replace(/^Invalid (string|input): /, '')
  }
}

function unitOf(origin: string, count: number | bigint): string {
  const isOne = Number(count) === 1
  if (origin === 'array') return isOne ? ' entry' : ' entries'
  if (origin === 'string') return isOne ? ' character' : ' characters'
  return ''
}

/** What the operating system has against an address to listen on, as a fault of the configuration; anything else as it is. */
export function listenFault(thrown: unknown, host: string, port: number): Error {
  const problem = coerceError(thrown)
  switch ('code' in problem ? problem.code : undefined) {
    case 'EADDRINUSE':
      return new ConfigurationError([`PORT: found ${port} in use by another process, expected a free port`])
    case 'EACCES':
      return new ConfigurationError([
        `PORT: found ${port}, which is not given to this user, expected 1024 or higher`,
      ])
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigurationError([
        `HOST: found "${host}", expected an address of this machine, such as 0.0.0.0 for all of them`,
      ])
    default:
      return problem
  }
}
