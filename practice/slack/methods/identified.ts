import { isObject, type Json, objects } from '../json.ts'

let count = 0

/** An id as Slack makes one up for what was sent without. */
function madeUp(): string {
  count += 1
  return count.toString(36).padStart(5, 'b')
}

/** The blocks with an id each, and each of their elements with an action id, as Slack gives them. */
export const identified = (blocks: unknown): readonly Json[] =>
  objects(blocks).map((block) => ({
    ...block,
    block_id: block.block_id ?? madeUp(),
    ...(block.type === 'actions' ? { elements: objects(block.elements).map(named) } : {}),
    ...(isObject(block.accessory) ? { accessory: named(block.accessory) } : {}),
    ...(isObject(block.element) ? { element: named(block.element) } : {}),
  }))

const named = (element: Json): Json =>
  element.type === 'image' || element.action_id !== undefined ? element : { ...element, action_id: madeUp() }
