import fc from 'fast-check'
import { expect } from 'vitest'
import { limitFaults } from '../../src/blocks/faults.ts'
import type { Block } from '../../src/blocks/types.ts'
import type { Answer } from '../../src/core/answer.ts'
import { seal } from '../../src/core/seal.ts'

/** What somebody would put into a name, a reason or a log line to make Slack, a terminal or a reader believe something else. */
export const CORPUS: readonly string[] = [
  '<!channel>',
  '<!here>',
  '<!everyone|x>',
  '<@U1>',
  '<@U0ANA|ana>',
  '<#C1|general>',
  '<!subteam^S1>',
  '<!subteam^S1|@oncall>',
  '<!date^1392734382^{date}|x>',
  '<http://evil.example|bank.example>',
  '<mailto:a@b.example|x>',
  'http://evil.example/x',
  '&lt;!channel&gt;',
  '&amp;lt;!channel&amp;gt;',
  '@channel @here #general',
  '*bold* _italic_ ~strike~ `code`',
  '```\nfence\n```',
  '> quote\n>>> long quote',
  ':white_check_mark: all is well',
  '• ok\n1. ok',
  '\u202e\u2066gnp.exe\u2069\u202c',
  '\u200b\u200c\u200d\u2060\ufeff\u00ad',
  '\u001b[31mred\u001b[0m \u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007',
  '\u009b31m\u0007\b\b',
  'a\u0000b',
  '\ud800',
  '\udfff\ud83d',
  '\u2028\u2029\u0085\r\n\t',
  '__proto__',
  'constructor',
  '$(reboot) `id` ; rm -rf / | tee && true',
  "'; DROP TABLE audit; --",
  '--flag=--no-flag',
  '—since —- – -- "“”«‘',
  '\\" \\\\ \\',
  '{message} {ref} line:help',
  'ﷺ𝕏👩‍👩‍👧‍👦🇪🇸e\u0301\u0301\u0301',
  '%s %n %x $'.concat('{x} {{x}}'),
  '١٢٣ ０１ Ⅷ',
  'x'.repeat(5000),
  '<'.repeat(3100),
  '&'.repeat(3100),
  '*'.repeat(3100),
  '`'.repeat(3100),
  '👩'.repeat(2000),
]

/** Any text at all, much of it from the corpus, in any mixture. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...CORPUS),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '!', '@', '*', '_', '~', '`', '|', '^', ' ', '\n', 'a', ':'),
    maxLength: 60,
  }),
  fc
    .array(fc.constantFrom(...CORPUS.filter(({ length }) => length < 100)), { maxLength: 6 })
    .map((all) => all.join(' ')),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
    .map((units) => String.fromCharCode(...units)),
)

/** The seed of a run: from the environment for a repetition, else by the clock, and always printed. */
export function seedOf(what: string): number {
  const seed = Number(process.env.BAKERY_TEST_SEED ?? Date.now() % 2 ** 31)
  console.log(`${what}: BAKERY_TEST_SEED=${seed}`)
  return seed
}

/** Everything in a message that Slack reads as mrkdwn. */
function markupOf(blocks: readonly Block[]): readonly string[] {
  const found: string[] = []
  JSON.stringify(blocks, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('type' in value && value.type === 'mrkdwn' && 'text' in value) found.push(String(value.text))
    return value
  })
  return found
}

/** Fails when Slack would refuse the message, or find a mention, a link or an invisible trick in it. */
export function assertHarmless(answer: Answer): void {
  const message = seal({ answer, outboxId: '0192f1c4', version: 1, ref: 'K7M2Q9XA' })
  expect(limitFaults(message.blocks)).toEqual([])
  for (const text of [message.text, ...markupOf(message.blocks)]) {
    if (/[<>]|(?![\n\u2060])[\p{Cc}\p{Cf}\p{Cs}]/u.test(text))
      throw new Error(`not escaped: ${JSON.stringify(text)}`)
  }
  for (const thread of answer.thread ?? []) assertHarmless(thread)
}
