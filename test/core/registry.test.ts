import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Command, defineQuery } from '../../src/core/command.ts'
import { UserError } from '../../src/core/errors.ts'
import { database, duration, service, slackChannel, slackSubject, workload } from '../../src/core/names.ts'
import { createRegistry } from '../../src/core/registry.ts'
import { examplePlatform } from '../support/platform.ts'

function query(name: string, args: z.ZodObject = z.object({}), positional: string[] = []): Command {
  return defineQuery({
    name,
    summary: 'Says something.',
    examples: [`${name} …`],
    args,
    positional: positional as never[],
    family: 'help',
    role: null,
    read: async () => null,
    render: () => ({ kind: 'help', audience: 'requester', text: 'x', blocks: [] }),
  })
}

const commands = [
  query('menu'),
  query('help', z.object({ command: z.array(z.string()).default([]) }), ['command']),
  query('health', z.object({ area: z.enum(['pods', 'nodes', 'redis']).optional().describe('an area') }), [
    'area',
  ]),
  query(
    'logs',
    z.object({ workload, since: duration.prefault('1h'), tail: z.coerce.number().int().max(500).optional() }),
    ['workload'],
  ),
  query('traffic', z.object({ service }), ['service']),
  query('locks', z.object({ database }), ['database']),
  query('roles list', z.object({ in: slackChannel.optional() })),
  query('roles grant', z.object({ subject: slackSubject, role: z.enum(['viewer', 'member']) }), [
    'subject',
    'role',
  ]),
]
const registry = createRegistry(commands, examplePlatform())

function refusalOf(line: string): UserError {
  try {
    registry.resolve(line)
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown
    throw thrown
  }
  throw new Error(`${line} was not refused`)
}

describe('the registry', () => {
  it.each([
    ['', 'menu'],
    ['   ', 'menu'],
    ['health', 'health'],
    ['Health', 'health'],
    ['HEALTH Pods', 'health pods'],
    ['roles list', 'roles list'],
    ['roles', 'help roles'],
    ['roles --help', 'help roles'],
    ['logs --help', 'help logs'],
    ['roles grant —help', 'help roles grant'],
    ['help logs', 'help logs'],
    ['logs orders', 'logs orders-service'],
    ['logs ORDERS', 'logs orders-service'],
    ['logs orders-d', 'logs orders-db'],
    ['logs signoz-otel-collector', 'logs signoz-otel-collector'],
    ['logs redis', 'logs redis'],
    ['logs --since 30m orders', 'logs orders-service --since 30m'],
    ['traffic production', 'traffic production-service'],
    ['traffic gate', 'traffic gateway'],
    ['locks orders', 'locks orders-db'],
    ['roles grant @ana member', 'roles grant U0ANA member'],
    ['roles grant <@U0MARCO|marco> Member', 'roles grant U0MARCO member'],
    ['roles grant S0ONCALL viewer', 'roles grant S0ONCALL viewer'],
    ['roles list --in #operations', 'roles list --in C0OPERATIONS'],
    ['roles list --in <#C0ELSE|else>', 'roles list --in C0ELSE'],
  ])('reads “%s” as “%s”', (line, canonical) => {
    const resolved = registry.resolve(line)
    expect(resolved.line).toBe(canonical)
    expect(registry.resolve(resolved.line)).toEqual(resolved)
  })

  it('gives the values that the command asked for, and what they are about', () => {
    const { command, args, target } = registry.resolve('logs orders --since 1h30m --tail 20')
    expect(command.name).toBe('logs')
    expect(args).toEqual({ workload: 'orders-service', since: 5400, tail: 20 })
    expect(target).toBe('orders-service')
    expect(registry.resolve('health').target).toBeNull()
  })

  it.each([
    [
      'helth pods',
      'There is no command “helth”. Did you mean “health” or “help”',
      ['health pods', 'help pods'],
    ],
    [
      'role grant @ana member',
      'Did you mean “roles grant” or “roles list”',
      ['roles grant @ana member', 'roles list @ana member'],
    ],
    [
      'roles grnt @ana member',
      'There is no command “roles grnt”.',
      ['roles grant @ana member', 'roles list @ana member'],
    ],
    ['log orders', 'Did you mean “logs”', ['logs orders']],
  ])('answers “%s” with the nearest commands', (line, sentence, suggestions) => {
    const error = refusalOf(line)
    expect(error.code).toBe('UNKNOWN_COMMAND')
    expect(error.message).toContain(sentence)
    expect(error.suggestions).toEqual(suggestions)
  })

  it('names no command where none is near', () => {
    const error = refusalOf('xyzzy')
    expect(error.message).toBe('There is no command “xyzzy”. “help” shows what you can do here.')
    expect(error.suggestions).toEqual([])
  })

  it.each([
    [
      'logs',
      'workload is missing: a service, a database, or another workload of the namespace',
      ['help logs'],
    ],
    [
      'logs oders-service',
      'no service or database of platform.yaml is called “oders-service”',
      ['logs orders-service'],
    ],
    ['traffic zzz', 'no service of platform.yaml', ['help traffic']],
    [
      'traffic s',
      '“s” can be sales-service or suppliers-service',
      ['traffic sales-service', 'traffic suppliers-service'],
    ],
    ['locks oders-db', 'no database of platform.yaml', ['locks orders-db']],
    ['health pdos', 'area must be pods, nodes or redis, got “pdos”', ['health pods']],
    ['logs orders --since 5', 'since must be a span such as 90s, 30m, 1h or 7d, got “5”', ['help logs']],
    ['logs orders --since 99999d', 'since must be at most 366d', ['help logs']],
    ['logs orders --tail many', 'tail must be a number, got “many”', ['help logs']],
    ['logs orders --tail 501', 'tail must be at most 500, got “501”', ['help logs']],
    ['logs orders --tail 1.5', 'tail must be a whole number, got “1.5”', ['help logs']],
    ['logs ../etc/passwd', 'workload must be a lower-case name', ['help logs']],
    [
      'roles grant @nobody member',
      '“@nobody” is nobody that Slack or platform.yaml knows',
      ['help roles grant'],
    ],
    ['roles grant @marko member', 'Mention the person with @', ['roles grant @marco member']],
    ['roles grant @ana boss', 'role must be viewer or member, got “boss”', ['help roles grant']],
    [
      'roles list --in #opreations',
      'is no channel that Slack or platform.yaml knows',
      ['roles list --in #operations'],
    ],
  ])('refuses “%s”, says what is wrong and offers the nearest', (line, sentence, suggestions) => {
    const error = refusalOf(line)
    expect(error.code).toBe('BAD_ARGUMENT')
    expect(error.message).toContain(sentence)
    expect(error.suggestions).toEqual(suggestions)
  })

  it('ends the sentence on a wrong argument with a line that is right', () => {
    expect(refusalOf('health pdos').message).toBe(
      'In “health”, area must be pods, nodes or redis, got “pdos”. For instance: health …',
    )
  })

  it('says that there is no such command when even the menu is missing', () => {
    expect(() => createRegistry([], examplePlatform()).resolve('')).toThrow('There is no command “menu”.')
  })
})
