import { isObject, type Json, string } from '../slack/json.ts'
import { hideMarks, showMarks } from './emphasis.ts'

/**
 * Where the library reads differently from Slack, what it would misread is put in afterwards: plain text with markup
 * (literal in Slack), colons of times and addresses (it looks for emoji), escaped characters (it unescapes too early), marks
 * of bold, italic and struck text (emphasis.ts), and `verbatim`, which keeps Slack from making links and nothing else.
 */
export function literals(): { hide(value: Json): Json; show(html: string): string } {
  const texts: string[] = []
  const hide = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(hide)
    if (!isObject(value)) return value
    if (
      value.type === 'plain_text' &&
      /[*_~`<>&:]/.test(string(value.text)) &&
      !EMOJI.test(string(value.text))
    ) {
      texts.push(string(value.text))
      return { ...value, text: `\uE000${texts.length - 1}\uE001` }
    }
    if (value.type === 'mrkdwn') return { type: 'mrkdwn', text: hidden(string(value.text)) }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]))
  }
  return {
    hide: (block) => {
      const hidden = hide(block)
      return isObject(hidden) ? hidden : block
    },
    show: (html) =>
      showMarks(html)
        .replace(/\uE000(\d+)\uE001/g, (_, index: string) => escapeHtml(texts[Number(index)] ?? ''))
        .replace(HIDDEN, (mark) => SHOWN[mark] ?? mark),
  }
}

const EMOJI = /(?<=^|\s)(?::[a-z][a-z0-9_+-]*:)+(?=\s|$)/
const SHOWN: Readonly<Record<string, string>> = {
  '\uE002': ':',
  '\uE003': '&lt;',
  '\uE004': '&gt;',
  '\uE005': '&amp;',
}
const HIDDEN = /[\uE002-\uE005]/g

/** Hides every colon but those of links, mentions and emoji names, and every escaped character. */
const hidden = (text: string): string =>
  hideMarks(text)
    .split(/(<[^>]*>|(?<=^|\s)(?::[a-z][a-z0-9_+-]*:)+(?=\s|$))/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(':', '\uE002').replace(/&(lt|gt|amp);/g, escaped),
    )
    .join('')

const escaped = (_: string, name: string): string =>
  ({ lt: '\uE003', gt: '\uE004', amp: '\uE005' })[name] ?? ''

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
