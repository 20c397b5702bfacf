import { LIMITS } from './limits.ts'
import type {
  Block,
  Button,
  Checkboxes,
  Confirmation,
  InputBlock,
  Mrkdwn,
  Option,
  PlainText,
  PlainTextInput,
  RadioButtons,
  RichTextBlock,
  SectionBlock,
  StaticSelect,
} from './types.ts'

/** What Slack would refuse a whole message for: one sentence for each fault, with the place. Empty: Slack takes it. */
export function limitFaults(
  blocks: readonly Block[],
  most: number = LIMITS.messageBlocks,
): readonly string[] {
  return [
    ...range('blocks', blocks.length, 1, most),
    ...repeated(
      'block_id',
      blocks.flatMap(({ block_id }) => (block_id === undefined ? [] : [block_id])),
    ),
    ...blocks.flatMap((block, index) => blockFaults(block, `block ${index + 1} (${block.type})`)),
  ]
}

type Faults = readonly string[]

function blockFaults(block: Block, at: string): Faults {
  const id = block.block_id === undefined ? [] : range(`${at}: block_id`, block.block_id.length, 1, LIMITS.id)
  return [...id, ...contentFaults(block, at)]
}

function contentFaults(block: Block, at: string): Faults {
  switch (block.type) {
    case 'section':
      return sectionFaults(block, at)
    case 'header':
      return text(at, block.text, LIMITS.headerText)
    case 'context':
      return [
        ...range(`${at}: elements`, block.elements.length, 1, LIMITS.contextElements),
        ...block.elements.flatMap((element) => text(at, element, LIMITS.contextText)),
      ]
    case 'actions':
      return [
        ...range(`${at}: elements`, block.elements.length, 1, LIMITS.actionsElements),
        ...repeated(
          `${at}: action_id`,
          block.elements.map(({ action_id }) => action_id),
        ),
        ...block.elements.flatMap((element) => elementFaults(element, at)),
      ]
    case 'rich_text':
      return richTextFaults(block, at)
    case 'input':
      return inputFaults(block, at)
    case 'divider':
      return []
  }
}

function sectionFaults(block: SectionBlock, at: string): Faults {
  const { text: body, fields, accessory } = block
  return [
    ...(body === undefined && fields === undefined ? [`${at}: has neither text nor fields`] : []),
    ...(body === undefined ? [] : text(at, body, LIMITS.sectionText)),
    ...(fields === undefined ? [] : range(`${at}: fields`, fields.length, 1, LIMITS.sectionFields)),
    ...(fields ?? []).flatMap((field) => text(`${at}: field`, field, LIMITS.fieldText)),
    ...(accessory === undefined ? [] : elementFaults(accessory, at)),
  ]
}

function richTextFaults(block: RichTextBlock, at: string): Faults {
  const pieces = block.elements.flatMap(({ elements }) => elements)
  return [
    ...range(`${at}: elements`, pieces.length, 1, Number.POSITIVE_INFINITY),
    ...pieces.flatMap((piece) => range(`${at}: text`, piece.text.length, 1, LIMITS.preformatted)),
  ]
}

function inputFaults(block: InputBlock, at: string): Faults {
  const { label, hint, element } = block
  const place = `${at}: element`
  return [
    ...text(`${at}: label`, label, LIMITS.inputLabel),
    ...(hint === undefined ? [] : text(`${at}: hint`, hint, LIMITS.inputHint)),
    ...(element.type === 'static_select' ? elementFaults(element, at) : writtenFaults(element, place)),
  ]
}

/** Slack shows at most 10 radio buttons (https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element). */
const MOST_CHOICES = 10

function writtenFaults(element: PlainTextInput | RadioButtons | Checkboxes, place: string): Faults {
  const id = range(`${place}: action_id`, element.action_id.length, 1, LIMITS.id)
  if (element.type === 'radio_buttons' || element.type === 'checkboxes') {
    return [
      ...id,
      ...range(`${place}: options`, element.options.length, 1, MOST_CHOICES),
      ...element.options.flatMap((option) => text(`${place}: option`, option.text, LIMITS.optionText)),
    ]
  }
  return [
    ...id,
    ...range(`${place}: max_length`, element.max_length ?? 1, 1, LIMITS.inputLength),
    ...optional(`${place}: placeholder`, element.placeholder, LIMITS.placeholder),
  ]
}

function elementFaults(element: Button | StaticSelect, at: string): Faults {
  const place = `${at}: ${element.type} ${element.action_id.slice(0, 40)}`
  const id = range(`${place}: action_id`, element.action_id.length, 1, LIMITS.id)
  return [...id, ...(element.type === 'button' ? buttonFaults(element, place) : selectFaults(element, place))]
}

function buttonFaults(button: Button, at: string): Faults {
  const { value, accessibility_label: spoken, confirm } = button
  return [
    ...text(`${at}: text`, button.text, LIMITS.buttonText),
    ...(value === undefined ? [] : range(`${at}: value`, sealedLength(value), 1, LIMITS.buttonValue)),
    ...(spoken === undefined
      ? []
      : range(`${at}: accessibility_label`, spoken.length, 1, LIMITS.accessibilityLabel)),
    ...(confirm === undefined ? [] : confirmFaults(confirm, `${at}: confirm`)),
  ]
}

function confirmFaults(confirm: Confirmation, at: string): Faults {
  return [
    ...text(`${at} title`, confirm.title, LIMITS.confirmTitle),
    ...text(`${at} text`, confirm.text, LIMITS.confirmText),
    ...text(`${at} button`, confirm.confirm, LIMITS.confirmButton),
    ...text(`${at} button`, confirm.deny, LIMITS.confirmButton),
  ]
}

function selectFaults(select: StaticSelect, at: string): Faults {
  return [
    ...range(`${at}: options`, select.options.length, 1, LIMITS.selectOptions),
    ...repeated(
      `${at}: option value`,
      select.options.map(({ value }) => value),
    ),
    ...select.options.flatMap((option) => optionFaults(option, `${at}: option`)),
    ...optional(`${at}: placeholder`, select.placeholder, LIMITS.placeholder),
  ]
}

function optionFaults(option: Option, at: string): Faults {
  return [
    ...text(at, option.text, LIMITS.optionText),
    ...range(`${at} value`, sealedLength(option.value), 1, LIMITS.optionValue),
    ...optional(`${at} description`, option.description, LIMITS.optionDescription),
  ]
}

/** A command line never reaches Slack: it is exchanged for 33 characters when the message is sealed. */
function sealedLength(value: string): number {
  return value.startsWith('line:') ? 33 : value.length
}

function optional(at: string, object: PlainText | undefined, max: number): Faults {
  return object === undefined ? [] : text(at, object, max)
}

function text(at: string, object: PlainText | Mrkdwn, max: number): Faults {
  if (object.text.trim() === '') return [`${at}: the text is empty`]
  return range(`${at}: text`, object.text.length, 1, max)
}

function range(at: string, found: number, min: number, max: number): Faults {
  if (found >= min && found <= max) return []
  const expected = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`
  return [`${at}: ${found}, expected ${expected}`]
}

function repeated(at: string, ids: readonly string[]): Faults {
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index))
  return [...twice].map((id) => `${at}: "${id.slice(0, 40)}" stands twice`)
}
