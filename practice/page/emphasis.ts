/**
 * Which `*`, `_` and `~` of Slack's mrkdwn are marks and which are themselves. Slack: a mark opens where no word runs into it
 * and closes where none runs out of it, holds to the text within, stays on its line, and means nothing in code. The library
 * that draws blocks holds to Markdown's rule instead, which looks at punctuation.
 */

/** Put around a mark so that Markdown's rule never refuses it; not shown. Within: a letter. Outside: punctuation. */
const WITHIN = '\uE006'
const OUTSIDE = '\u2E52'
/** A `*`, `_` or `~` that is nothing but itself. */
const ITSELF: Readonly<Record<string, string>> = { '*': '\uE007', _: '\uE008', '~': '\uE009' }
const SHOWN: Readonly<Record<string, string>> = {
  ...{ [WITHIN]: '', [OUTSIDE]: '' },
  ...Object.fromEntries(Object.entries(ITSELF).map(([mark, hidden]) => [hidden, mark])),
}
const HIDDEN = new RegExp(`[${Object.keys(SHOWN).join('')}]`, 'g')

const CODE = /```[\s\S]*?```|`[^`\n]+`/
const OPAQUE = new RegExp(`(${CODE.source}|<[^>\\n]*>)`)
const IS_CODE = new RegExp(`^(?:${CODE.source})$`)

/** A mark, what it holds, and its other end. */
const pairOf = (mark: string) =>
  new RegExp(
    `(?<![\\p{L}\\p{N}${mark}])${mark}(?![\\s${mark}])[^\\n]*?(?<![\\s${mark}])${mark}(?![\\p{L}\\p{N}${mark}])`,
    'gu',
  )
const PAIRS = [pairOf('\\*'), pairOf('_'), pairOf('~')]

/** The text with every mark made certain and every other `*`, `_` and `~` hidden; `showMarks` brings those back. */
export function hideMarks(text: string): string {
  const parts = text.split(OPAQUE)
  const [opens, closes] = marksIn(
    parts.map((part, index) => (index % 2 === 1 ? masked(part) : part)).join(''),
  )
  let at = 0
  return parts
    .map((part, index) => {
      const from = at
      at += part.length
      if (index % 2 === 1) return IS_CODE.test(part) ? part.replace(/[*_~]/g, itself) : part
      return part.replace(/[*_~]/g, (mark, offset: number) => {
        if (opens.has(from + offset)) return `${OUTSIDE}${mark}${WITHIN}`
        return closes.has(from + offset) ? `${WITHIN}${mark}${OUTSIDE}` : itself(mark)
      })
    })
    .join('')
}

export const showMarks = (html: string): string => html.replace(HIDDEN, (hidden) => SHOWN[hidden] ?? '')

const itself = (mark: string): string => ITSELF[mark] ?? mark

/** Code and links are one piece: nothing within them is a mark. */
const masked = (part: string): string => `${part[0]}${'x'.repeat(part.length - 2)}${part.at(-1)}`

function marksIn(text: string): readonly [opens: ReadonlySet<number>, closes: ReadonlySet<number>] {
  const found = PAIRS.flatMap((pair) => [...text.matchAll(pair)])
  return [
    new Set(found.map(({ index }) => index)),
    new Set(found.map(({ 0: all, index }) => index + all.length - 1)),
  ]
}
