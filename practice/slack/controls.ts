import { type Chosen, reported } from './chosen.ts'
import { type Json, objects, string } from './json.ts'
import type { Message } from './messages.ts'

/** Which control of a message is meant: by its action id, by its words, or by its place. */
export type Selector =
  | string
  | {
      readonly action?: string
      readonly text?: string
      readonly block?: string
      readonly index?: number
      /** The value of the option that is chosen in a menu. */
      readonly option?: string
      /** What is chosen or typed, as Slack reports it. */
      readonly chosen?: Chosen
      /** What stands in the other controls: block id → action id → state. */
      readonly values?: Json
    }

/** Everything that can be used in a message or view, in reading order, each with the block that it is in. */
export function controlsOf(blocks: readonly Json[]): readonly { block: Json; element: Json }[] {
  return blocks.flatMap((block) => {
    const own = block.type === 'actions' ? objects(block.elements) : objects([block.accessory, block.element])
    return own.filter(({ type }) => type !== 'image').map((element) => ({ block, element }))
  })
}

export const wordsOf = (element: Json): string => string(textOf(element.text))
const textOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'text' in value ? value.text : ''

/** The control that a person means, or an error that lists those there are. */
export function findControl(blocks: readonly Json[], selector: Selector): { block: Json; element: Json } {
  const wanted = typeof selector === 'string' ? null : selector
  const controls = controlsOf(blocks)
  const matching = controls.filter(({ block, element }) => {
    if (wanted === null) return element.action_id === selector || wordsOf(element) === selector
    return (
      (wanted.action === undefined || element.action_id === wanted.action) &&
      (wanted.text === undefined || wordsOf(element) === wanted.text) &&
      (wanted.block === undefined || block.block_id === wanted.block)
    )
  })
  const found = matching[wanted?.index ?? 0]
  if (found !== undefined) return found
  const there = controls
    .map(({ element }) => `${string(element.action_id)} (“${wordsOf(element)}”)`)
    .join(', ')
  throw new Error(`this message has no control ${JSON.stringify(selector)}; it has: ${there || 'none'}`)
}

/** The action as Slack reports it for this control. */
export function actionOf({ block, element }: { block: Json; element: Json }, selector: Selector): Json {
  const base = { type: element.type, action_id: element.action_id, block_id: block.block_id }
  if (element.type === 'button') {
    return { ...base, text: element.text, ...(element.value === undefined ? {} : { value: element.value }) }
  }
  const { option, chosen } = typeof selector === 'string' ? {} : selector
  return { ...base, ...reported(element, option, chosen) }
}

/** The newest message that Slack would show, by predicate. */
export const newest = (
  messages: readonly Message[],
  is: (message: Message) => boolean,
): Message | undefined => messages.filter(is).at(-1)
