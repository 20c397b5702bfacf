import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRenderer } from '../../../practice/page/render.ts'
import { createState } from '../../../practice/slack/state.ts'
import { bakeryIa } from '../../../practice/slack/workspace.ts'

const renderer = createRenderer(createState(bakeryIa))
const html = (text: string) => renderer.text(text)
const words = (drawn: string) =>
  drawn
    .replace(/<[^>]*>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
const TAGS = { '*': 'strong', _: 'em', '~': 's' } as const

const mark = fc.constantFrom('*', '_', '~')
const letters = (...more: readonly string[]) =>
  fc.string({ unit: fc.constantFrom('a', 'Ñ', '7', ...more), minLength: 1, maxLength: 12 })
/** Anything that a title may hold, punctuation at either end included. */
const held = letters(' ', '(', ')', ':', '"', "'", '.', '/', '-', '%', '?').filter(
  (text) => text.trim() === text && !/:\w*:/.test(text) && !/^[\s\d]+\.|^[-.]/.test(text),
)

describe('bold, italic and struck text', () => {
  it('are drawn where no word runs into the mark or out of it, whatever punctuation stands there', () => {
    const before = fc.constantFrom('', 'so ', '(', 'so: ', '"', 'at:')
    const after = fc.constantFrom('', ' so', ':', ': so', ')', ', so', '.', '?', '"')
    fc.assert(
      fc.property(mark, held, before, after, (sign, text, left, right) => {
        const drawn = html(`${left}${sign}${text}${sign}${right}`)
        const [, within = ''] = new RegExp(`<${TAGS[sign]}>(.*?)</${TAGS[sign]}>`, 's').exec(drawn) ?? []
        expect(words(within)).toBe(text)
        expect(words(drawn)).toBe(`${left}${text}${right}`)
      }),
    )
  })

  it('are not drawn where a word runs into the mark or out of it', () => {
    fc.assert(
      fc.property(mark, letters(), letters(), fc.boolean(), (sign, text, word, into) => {
        const line = into ? `${word}${sign}${text}${sign}` : `${sign}${text}${sign}${word}`
        expect(words(html(line))).toBe(line)
      }),
    )
  })

  it('lose no letter, whatever marks stand in a text', () => {
    const text = letters('*', '_', '~', ' ', ':', ')', '(', '`').map((said) => `a ${said} z`)
    const bare = (said: string) => said.replace(/[*_~`\s]/g, '')
    fc.assert(
      fc.property(text, (said) => {
        expect(bare(words(html(said)))).toBe(bare(said))
      }),
    )
  })

  it('close after a bracket and before a colon', () => {
    expect(words(html('*node-2 (not ready)*: 3 pods'))).toBe('node-2 (not ready): 3 pods')
  })

  it.each(['2*3*4', '* a *', 'snake_case_name', '**a**', '*one\nline*', 'a * b _ c ~'])(
    'leave %j as it is',
    (text) => {
      expect(words(html(text))).toBe(text)
    },
  )

  it('mean nothing in code, and hold around links, people and one another', () => {
    expect(words(html('`*a*` and `_b_ ~c~`'))).toBe('*a* and _b_ ~c~')
    expect(words(html('```*a* _b_```')).trim()).toBe('*a* _b_')
    expect(html('*see <https://x.example/a_b_c|it>, <@U0ANA>*: _*so*_')).toMatch(
      /<strong>.*href="https:\/\/x\.example\/a_b_c".*@ana.*<\/strong>.*<em>.*<strong>.*so.*<\/strong>.*<\/em>/s,
    )
  })
})
