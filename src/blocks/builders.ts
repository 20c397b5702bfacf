import { LIMITS, shorten } from './limits.ts'
import { clean, cleanLines, disarm, fitMarkup, isMarkup, type Markup } from './text.ts'
import type {
  ActionsBlock,
  Button,
  Confirmation,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  Mrkdwn,
  PlainText,
  RichTextBlock,
  SectionBlock,
  StaticSelect,
} from './types.ts'
import { wrap } from './width.ts'

/**
 * Blocks as functions of data. Each one keeps within Slack's limits by itself, so that whatever is put in, Slack takes the
 * message. A string is shown as it is; formatting needs `text` from text.ts.
 */
export {
  ago,
  bytes,
  capital,
  count,
  duration,
  localTime,
  localTimes,
  sentence,
  span,
} from './format.ts'
export { bold, code, join, type Markup, mention, text } from './text.ts'

const NOTHING = '–'

/** Text that no client reads as formatting, mention or emoji. */
export function plain(value: string, max: number = LIMITS.sectionText): PlainText {
  const shown = disarm(cleanLines(value).trim())
  return { type: 'plain_text', text: shorten(shown || NOTHING, max), emoji: false }
}

/** `verbatim` keeps Slack from turning addresses and channel names inside it into links. */
export function mrkdwn(value: Markup, max: number = LIMITS.sectionText): Mrkdwn {
  const fitted = fitMarkup(value, max).toString()
  return { type: 'mrkdwn', text: fitted.trim() === '' ? NOTHING : fitted, verbatim: true }
}

function written(value: string | Markup, max: number): PlainText | Mrkdwn {
  return isMarkup(value) ? mrkdwn(value, max) : plain(value, max)
}

export function section(value: string | Markup, accessory?: Button | StaticSelect): SectionBlock {
  return {
    type: 'section',
    text: written(value, LIMITS.sectionText),
    ...(accessory === undefined ? {} : { accessory }),
  }
}

/** Short facts side by side (on a phone below each other); what is beyond ten is left out, and the last one says so. */
export function fields(values: readonly (string | Markup)[]): SectionBlock {
  const shown = values.length > LIMITS.sectionFields ? values.slice(0, LIMITS.sectionFields - 1) : values
  const left = values.length - shown.length
  const elements = [...shown, ...(left > 0 ? [`… +${left} more`] : [])]
  return {
    type: 'section',
    fields: (elements.length > 0 ? elements : [NOTHING]).map((value) => written(value, LIMITS.fieldText)),
  }
}

export function header(value: string): HeaderBlock {
  return { type: 'header', text: plain(clean(value), LIMITS.headerText) }
}

/** Small grey text under something. */
export function context(...values: readonly (string | Markup)[]): ContextBlock {
  const shown = values.slice(0, LIMITS.contextElements)
  return {
    type: 'context',
    elements: (shown.length > 0 ? shown : [NOTHING]).map((value) => written(value, LIMITS.contextText)),
  }
}

export function divider(): DividerBlock {
  return { type: 'divider' }
}

/** Buttons in a row; at most 25, and none is no block at all: spread the result. */
export function actions(...elements: readonly (Button | StaticSelect)[]): readonly ActionsBlock[] {
  if (elements.length === 0) return []
  return [{ type: 'actions', elements: elements.slice(0, LIMITS.actionsElements) }]
}

/** Text as it is, in a fixed-width font, with no line wider than 45: longer lines go on in the next one, indented. */
export function preformatted(value: string | readonly string[]): RichTextBlock {
  const lines = (typeof value === 'string' ? value.split('\n') : value).flatMap((line) =>
    cleanLines(line.slice(0, LIMITS.preformatted * 2))
      .split('\n')
      .flatMap((piece) => wrap(piece.trimEnd(), LIMITS.preformattedColumns)),
  )
  return {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: fitLines(lines) || NOTHING }] },
    ],
  }
}

/** As many whole lines as fit, and how many are missing. */
function fitLines(lines: readonly string[]): string {
  const whole = lines.join('\n')
  if (whole.length <= LIMITS.preformatted) return whole
  let used = 24
  const end = lines.findIndex((line) => {
    used += line.length + 1
    return used > LIMITS.preformatted
  })
  return [...lines.slice(0, end), `… +${lines.length - end} more lines`].join('\n')
}

export interface CommandButton {
  /** The action id: one word, see docs/CONTRACT.md ("Actions"); `run` where none of them fits. */
  readonly action: string
  readonly label: string
  /** A whole command line without `/bakery`. It never reaches Slack: it is exchanged when the message is sealed. */
  readonly line: string
  readonly style?: 'primary' | 'danger'
  /** What a screen reader says instead of the label. */
  readonly accessibilityLabel?: string
  readonly confirm?: Confirmation
}

/** A button that does what its command line says, for whoever clicks it and may do that. */
export function commandButton(button: CommandButton): Button {
  return {
    ...face(button),
    action_id: button.action,
    value: `line:${button.line.toWellFormed()}`,
    ...(button.style === undefined ? {} : { style: button.style }),
    ...(button.confirm === undefined ? {} : { confirm: button.confirm }),
  }
}

/** A click on it decides about an operation. Its value is opaque: what it does is read from the database. */
export function operationButton(button: {
  readonly action: 'confirm' | 'cancel' | 'approve' | 'deny' | 'undo' | 'review'
  readonly label: string
  readonly operation: { readonly id: string; readonly digest: string }
  readonly style?: 'primary' | 'danger'
  /** What a screen reader says instead of the label. */
  readonly says?: string
}): Button {
  const { id, digest } = button.operation
  return {
    ...face({
      label: button.label,
      ...(button.says === undefined ? {} : { accessibilityLabel: button.says }),
    }),
    action_id: button.action,
    value: `${id}.${digest.slice(0, 16)}`,
    ...(button.style === undefined ? {} : { style: button.style }),
  }
}

function face(button: { readonly label: string; readonly accessibilityLabel?: string }) {
  const spoken = button.accessibilityLabel
  return {
    type: 'button',
    text: plain(clean(button.label), LIMITS.buttonText),
    ...(spoken === undefined
      ? {}
      : { accessibility_label: shorten(clean(spoken) || NOTHING, LIMITS.accessibilityLabel) }),
  } as const
}
