/**
 * Block Kit as Bakery uses it: a small part of Slack's own types, so that a block that is not in this list cannot be sent.
 * Source: https://docs.slack.dev/reference/block-kit/blocks
 */
export interface PlainText {
  readonly type: 'plain_text'
  readonly text: string
  readonly emoji?: boolean
}
export interface Mrkdwn {
  readonly type: 'mrkdwn'
  readonly text: string
  readonly verbatim?: boolean
}
export interface Confirmation {
  readonly title: PlainText
  readonly text: PlainText | Mrkdwn
  readonly confirm: PlainText
  readonly deny: PlainText
  readonly style?: 'primary' | 'danger'
}
export interface Button {
  readonly type: 'button'
  readonly action_id: string
  readonly text: PlainText
  readonly value?: string
  readonly style?: 'primary' | 'danger'
  readonly accessibility_label?: string
  readonly confirm?: Confirmation
}
export interface Option {
  readonly text: PlainText
  readonly value: string
  readonly description?: PlainText
}
export interface StaticSelect {
  readonly type: 'static_select'
  readonly action_id: string
  readonly placeholder?: PlainText
  readonly options: readonly Option[]
  readonly initial_option?: Option
}
export interface RadioButtons {
  readonly type: 'radio_buttons'
  readonly action_id: string
  readonly options: readonly Option[]
  readonly initial_option?: Option
}
export interface Checkboxes {
  readonly type: 'checkboxes'
  readonly action_id: string
  readonly options: readonly Option[]
}
export interface PlainTextInput {
  readonly type: 'plain_text_input'
  readonly action_id: string
  readonly multiline?: boolean
  readonly initial_value?: string
  readonly placeholder?: PlainText
  readonly max_length?: number
}

export interface RichTextStyle {
  readonly bold?: boolean
  readonly italic?: boolean
  readonly code?: boolean
  readonly strike?: boolean
}
export interface RichTextText {
  readonly type: 'text'
  readonly text: string
  readonly style?: RichTextStyle
}
export interface RichTextPreformatted {
  readonly type: 'rich_text_preformatted'
  readonly elements: readonly RichTextText[]
}
export interface RichTextSection {
  readonly type: 'rich_text_section'
  readonly elements: readonly RichTextText[]
}

export interface SectionBlock {
  readonly type: 'section'
  readonly block_id?: string
  readonly text?: Mrkdwn | PlainText
  readonly fields?: readonly (Mrkdwn | PlainText)[]
  readonly accessory?: Button | StaticSelect
  readonly expand?: boolean
}
export interface HeaderBlock {
  readonly type: 'header'
  readonly block_id?: string
  readonly text: PlainText
}
export interface ContextBlock {
  readonly type: 'context'
  readonly block_id?: string
  readonly elements: readonly (Mrkdwn | PlainText)[]
}
export interface ActionsBlock {
  readonly type: 'actions'
  readonly block_id?: string
  readonly elements: readonly (Button | StaticSelect)[]
}
export interface DividerBlock {
  readonly type: 'divider'
  readonly block_id?: string
}
export interface RichTextBlock {
  readonly type: 'rich_text'
  readonly block_id?: string
  readonly elements: readonly (RichTextPreformatted | RichTextSection)[]
}
export interface InputBlock {
  readonly type: 'input'
  readonly block_id?: string
  readonly label: PlainText
  readonly hint?: PlainText
  readonly optional?: boolean
  readonly element: PlainTextInput | StaticSelect | RadioButtons | Checkboxes
}

export type Block =
  | SectionBlock
  | HeaderBlock
  | ContextBlock
  | ActionsBlock
  | DividerBlock
  | RichTextBlock
  | InputBlock
