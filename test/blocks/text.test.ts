import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bold, clean, cleanLines, code, fitMarkup, join, literal, text } from '../../src/blocks/text.ts'
import { hostileText, seedOf } from '../support/hostile.ts'

const J = '\u2060'

describe('markup', () => {
  it.each([
    ['a mention of everybody', '<!channel>', `&lt;${J}!channel&gt;`],
    ['a mention', '<@U1>', `&lt;${J}@U1&gt;`],
    ['a link', '<http://x|y>', `&lt;${J}http://x|y&gt;`],
    ['an entity', '&lt;', '&amp;lt;'],
    ['bold text', '*x*', `${J}*${J}x${J}*${J}`],
    ['a code span', '`x`', 'ˋxˋ'],
    ['an emoji', ':fire:', `:${J}fire:`],
    ['a time', '10:30:00', '10:30:00'],
    ['a name with underscores', 'a_b_c', 'a_b_c'],
    ['a quote', '> x', `${J}&gt; x`],
    ['several lines', 'a\n> b', 'a &gt; b'],
    ['a reversed text', '\u202egnp\u202c', 'gnp'],
    ['terminal colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a NUL', 'a\u0000b', 'ab'],
    ['half a character', 'a\ud800', 'a\ufffd'],
  ])('shows %s as text', (_what, given, shown) => {
    expect(text`${given}`.toString()).toBe(shown)
  })

  it('keeps the formatting of the template and of what is markup already', () => {
    expect(text`*${'a&b'}* is ${code('x<y')} and ${bold('new')}, ${3} times`.toString()).toBe(
      '*a&amp;b* is `x&lt;y` and *new*, 3 times',
    )
  })

  it('makes nothing of nothing', () => {
    expect([code(''), bold(' '), literal(''), join(['', literal('')])].map(String)).toEqual(['', '', '', ''])
  })

  it('joins lines and leaves empty ones out', () => {
    expect(join(['a', '', text`*b*`]).toString()).toBe('a\n*b*')
    expect(join(['a', 'b'], ' < ').toString()).toBe('a &lt; b')
  })

  it('cuts long markup outside of escapes and spans, and says how much is missing', () => {
    expect(fitMarkup(literal('&'.repeat(100)), 100).toString()).toBe(`${'&amp;'.repeat(14)} … +86 more`)
    expect(fitMarkup(text`ab ${code('x'.repeat(200))}`, 100).toString()).toBe(
      `ab \`${'x'.repeat(66)}\` … +135 more`,
    )
    expect(fitMarkup(bold('x'.repeat(200)), 100).toString()).toBe(`*${'x'.repeat(69)}* … +132 more`)
    expect(fitMarkup(literal(`* ${'x'.repeat(200)}`), 100).toString()).toMatch(/x … \+\d+ more$/)
    expect(fitMarkup(text`short`, 100).toString()).toBe('short')
  })
})

describe('text from outside', () => {
  it('never becomes a mention, a link or more than one line', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const shown = text`*${one}* ${code(other)} ${bold(other)}`.toString()
        expect(shown).not.toMatch(/[<>\n]/)
        expect(shown).not.toMatch(/&(?!amp;|lt;|gt;)/)
        expect(shown).not.toMatch(/(?!\u2060)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(shown).not.toContain('```')
      }),
      { numRuns: 5000, seed: seedOf('hostile markup') },
    )
  })

  it('keeps its visible characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (given) => {
        const shown = literal(given).toString().replaceAll(J, '').replaceAll('ˋ', '`')
        const back = shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
        expect(back).toBe(given)
      }),
    )
  })

  it('has no invisible characters after cleaning', () => {
    fc.assert(
      fc.property(hostileText, (given) => {
        expect(clean(given)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(cleanLines(given)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 5000 },
    )
  })
})
