import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { formatLine, parseArguments, type RawArguments } from '../../src/core/arguments.ts'
import { UserError } from '../../src/core/errors.ts'
import { duration } from '../../src/core/names.ts'
import { signatureOf } from '../../src/core/registry.ts'
import { fromSlack, normalise, quote, tokenise } from '../../src/core/tokens.ts'

const signature = signatureOf({
  name: 'logs',
  summary: 'Show logs.',
  examples: ['logs orders'],
  args: z.object({
    workload: z.string().describe('a workload'),
    lines: z.array(z.string()).default([]).describe('lines'),
    since: duration.prefault('1h').describe('how far back'),
    grep: z.string().optional().describe('a text'),
    maxLines: z.coerce.number().optional().describe('how many'),
    previous: z.boolean().default(false).describe('of the last life'),
  }),
  positional: ['workload', 'lines'],
  family: 'logs',
  role: null,
})

function parse(line: string): RawArguments {
  const clean = normalise(fromSlack(line))
  return parseArguments(signature, clean, tokenise(clean).slice(1))
}

function refusalOf(line: string): UserError {
  try {
    parse(line)
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown
    throw thrown
  }
  throw new Error(`${line} was not refused`)
}

describe('a command line', () => {
  it.each<[string, string, RawArguments]>([
    ['places', 'logs orders', { workload: 'orders' }],
    ['a flag with a space', 'logs orders --since 1h', { workload: 'orders', since: '1h' }],
    ['a flag with an equals sign', 'logs orders --since=1h', { workload: 'orders', since: '1h' }],
    ['a key with a value', 'logs orders since=1h', { workload: 'orders', since: '1h' }],
    ['a flag without a value', 'logs orders --previous', { workload: 'orders', previous: true }],
    ['a flag that is denied', 'logs orders --no-previous', { workload: 'orders', previous: false }],
    ['a flag that says no', 'logs orders --previous=no', { workload: 'orders', previous: false }],
    ['a flag before a place', 'logs --previous orders', { workload: 'orders', previous: true }],
    ['two words of a flag', 'logs orders --max-lines 5', { workload: 'orders', maxLines: '5' }],
    ['capitals of a phone', 'logs orders --Since 1h', { workload: 'orders', since: '1h' }],
    ['an em dash', 'logs orders —since 1h', { workload: 'orders', since: '1h' }],
    ['an en dash and a hyphen', 'logs orders –-since=1h', { workload: 'orders', since: '1h' }],
    ['straight quotes', 'logs orders --grep "a b"', { workload: 'orders', grep: 'a b' }],
    ['quotes after an equals sign', 'logs orders --grep="a = b"', { workload: 'orders', grep: 'a = b' }],
    ['curly quotes', 'logs orders --grep “a b”', { workload: 'orders', grep: 'a b' }],
    ['a straight and a curly quote', 'logs orders --grep "a b”', { workload: 'orders', grep: 'a b' }],
    ['single curly quotes', 'logs orders --grep ‘a b’', { workload: 'orders', grep: 'a b' }],
    ['guillemets', 'logs orders --grep «a b»', { workload: 'orders', grep: 'a b' }],
    ['an apostrophe', 'logs orders --grep don’t', { workload: 'orders', grep: 'don’t' }],
    [
      'an apostrophe in quotes',
      "logs orders --grep 'don't stop'",
      { workload: 'orders', grep: "don't stop" },
    ],
    ['an escaped quote', String.raw`logs orders --grep "a \"b\" c"`, { workload: 'orders', grep: 'a "b" c' }],
    [
      'a regular expression',
      String.raw`logs orders --grep \d+`,
      { workload: 'orders', grep: String.raw`\d+` },
    ],
    ['an escaped space', String.raw`logs orders --grep a\ b`, { workload: 'orders', grep: 'a b' }],
    [
      'spaces that do not break',
      'logs\u00a0orders\u2009--since\u00a01h',
      { workload: 'orders', since: '1h' },
    ],
    ['invisible characters', 'logs or\u200bders\u2060 --si\u00adnce 1h', { workload: 'orders', since: '1h' }],
    ['what follows two hyphens', 'logs -- --since', { workload: '--since' }],
    ['a flag in quotes', 'logs "--since"', { workload: '--since' }],
    ['a list by place', 'logs orders a b', { workload: 'orders', lines: ['a', 'b'] }],
    [
      'a list with commas',
      'logs orders --lines a,b --lines c',
      { workload: 'orders', lines: ['a', 'b', 'c'] },
    ],
    ['a comma in quotes', 'logs orders "a,b"', { workload: 'orders', lines: ['a,b'] }],
    ['an equals sign of its own', 'logs orders x=y', { workload: 'orders', lines: ['x=y'] }],
    ['a mention', 'logs <@U0ANA|ana>', { workload: 'U0ANA' }],
    ['a channel', 'logs <#C0OPS|ops>', { workload: 'C0OPS' }],
    ['a user group', 'logs <!subteam^S0ONCALL|@oncall>', { workload: 'S0ONCALL' }],
    ['an address', 'logs <https://a.example/x|a.example>', { workload: 'https://a.example/x' }],
    [
      'what Slack escapes',
      'logs orders --grep "a &lt; b &amp;amp;"',
      { workload: 'orders', grep: 'a < b &amp;' },
    ],
  ])('understands %s', (_what, line, expected) => {
    expect(parse(line)).toEqual(expected)
  })

  it.each([
    ['an unknown flag', 'logs orders --sinc 1h', '“logs” has no flag --sinc. Did you mean --since?'],
    ['a flag nothing is like', 'logs orders --zzzz', 'It knows --workload, --lines, --since'],
    ['a flag that is given twice', 'logs orders --since 1h --since 2h', 'since is given twice'],
    [
      'a place that is given twice',
      'logs orders --workload orders --workload auth',
      'workload is given twice',
    ],
    ['a flag without its value', 'logs orders --since', '--since needs a value: how far back'],
    ['a flag where a value belongs', 'logs orders --grep --previous', '--grep needs a value: a text'],
    ['a yes that is none', 'logs orders --previous=maybe', '--previous is yes or no, got “maybe”'],
    ['a denied value', 'logs orders --no-since', '“logs” has no flag --no-since.'],
    ['a quote without an end', 'logs orders --grep "a b', 'The quote before “a b” is not closed'],
    [
      'a long value',
      `logs orders --grep ${'x'.repeat(1001)}`,
      'grep has 1001 characters, at most 1000 are read',
    ],
    ['a long line', 'x'.repeat(3001), 'This line has 3001 characters. At most 3000 are read.'],
    ['many words', 'x '.repeat(101), 'This line has 101 words. At most 100 are read.'],
    ['a long list', `logs orders --lines ${'a,'.repeat(51)}`, 'lines takes at most 50 values'],
  ])('refuses %s and says why', (_what, line, sentence) => {
    const error = refusalOf(line)
    expect(error.code).toBe('BAD_ARGUMENT')
    expect(error.message).toContain(sentence)
  })

  it('gives the whole line again with the nearest flag in the place of the misspelt one', () => {
    expect(refusalOf('logs orders --sinc=1h --previous').suggestions).toEqual([
      'logs orders --since=1h --previous',
    ])
  })

  it('says one word too many where no list takes it', () => {
    const alone = { ...signature, positional: ['workload'] }
    const line = 'logs orders more'
    expect(() => parseArguments(alone, line, tokenise(line).slice(1))).toThrow('“more” is one word too many')
  })
})

/** Text as it can stand in a line: whatever `normalise` would take away is not in it. */
const value = fc.string({ unit: 'binary', maxLength: 60 }).map(normalise)
const raw = fc.record(
  {
    workload: value,
    lines: fc.array(value, { minLength: 1, maxLength: 5 }),
    since: value,
    grep: value,
    maxLines: value,
    previous: fc.boolean(),
  },
  { requiredKeys: ['workload'] },
)

describe('a formatted line', () => {
  it('gives the same arguments again', () => {
    fc.assert(
      fc.property(raw, (given) => {
        const line = formatLine(signature, given)
        expect(parseArguments(signature, line, tokenise(line).slice(1))).toEqual(given)
      }),
      { numRuns: 2000 },
    )
  })

  it('quotes only what would be read as something else', () => {
    expect(['orders-service', 'a b', '--x', 'k=v', 'a,b', '{message}', '', 'U0ANA'].map(quote)).toEqual([
      'orders-service',
      '"a b"',
      '"--x"',
      '"k=v"',
      '"a,b"',
      '"{message}"',
      '""',
      'U0ANA',
    ])
  })
})
