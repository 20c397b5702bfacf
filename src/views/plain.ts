import { clean, cleanLines } from '../blocks/text.ts'
import type { Block, Button, Mrkdwn, PlainText, StaticSelect } from '../blocks/types.ts'
import type { Answer } from '../core/answer.ts'

const INDENT = '  '
/** A decision about an operation is taken in Slack, where others see it. */
const OPERATION_VALUE = /^[0-9a-z]{10}\.[0-9a-f]{16}$/
/** Buttons for what a terminal has nobody to do with. */
const ONLY_IN_SLACK: ReadonlySet<string> = new Set(['share'])

/** An answer as text for a terminal: what Slack would draw, without Slack's markup. Threads and the names of files follow. */
export function plainAnswer(answer: Answer): string {
  const blocks = answer.blocks.map(plainBlock).filter((part) => part !== '')
  const body = blocks.length > 0 ? blocks.join('\n\n') : cleanLines(answer.text)
  const thread = (answer.thread ?? []).map(plainAnswer)
  const files = (answer.files ?? []).map(({ name, title }) => `File ${clean(name)}: ${clean(title)}`)
  return [body, ...thread, ...files].join('\n\n')
}

function plainBlock(block: Block): string {
  switch (block.type) {
    case 'section':
      return [block.text, ...(block.fields ?? [])]
        .flatMap((object) => (object === undefined ? [] : [plainText(object)]))
        .concat(block.accessory === undefined ? [] : [plainElement(block.accessory)])
        .join('\n')
    case 'header': {
      const title = plainText(block.text)
      return `${title}\n${'='.repeat(Math.min(title.length, 72))}`
    }
    case 'context':
      return block.elements.map(plainText).join('\n')
    case 'actions':
      return block.elements.map(plainElement).filter(Boolean).join('\n')
    case 'rich_text':
      return block.elements
        .map(({ elements }) => cleanLines(elements.map(({ text }) => text).join('')))
        .join('\n')
    case 'input':
      return plainText(block.label)
    case 'divider':
      return '-'.repeat(45)
  }
}

/** A button is the line that it stands for. */
function plainElement(element: Button | StaticSelect): string {
  if (element.type === 'static_select' || ONLY_IN_SLACK.has(element.action_id)) return ''
  if (OPERATION_VALUE.test(element.value ?? '')) return ''
  const target = element.value?.replace(/^line:/, '') ?? ''
  const label = clean(element.text.text)
  return label === clean(target) ? `${INDENT}${label}` : `${INDENT}${label}: ${clean(target)}`
}

/**
 * Takes away the formatting that the source wrote. Formatting characters that came from outside stand between invisible
 * joiners (blocks/text.ts), so they are told apart and stay.
 */
function plainText(object: PlainText | Mrkdwn): string {
  if (object.type === 'plain_text') return cleanLines(object.text)
  const bare = object.text
    .replace(/(?<!\u2060)`([^`]*)`(?!\u2060)/g, '$1')
    .replace(
      /(?<![\u2060\p{L}\p{N}])([*_~])(?=[^\s\u2060])([^\n]*?[^\s\u2060])\1(?![\u2060\p{L}\p{N}])/gu,
      '$2',
    )
  return cleanLines(
    bare.replaceAll('\u2060', '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  )
}
