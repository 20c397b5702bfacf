import { createHash } from 'node:crypto'
import type { Block, Button, StaticSelect } from '../blocks/types.ts'
import type { Answer, AnswerFile } from './answer.ts'

/**
 * Seals an answer into the message that Slack gets: its first block says which message it is, and no button carries what
 * it does. Each command line is exchanged for an offer that the store keeps. Pure: the same answer under the same outbox id
 * and version gives the same message, also after a crash.
 *
 * That each block is within Slack's limits is the builders' promise (src/blocks); the limits of the whole are kept here.
 */
export interface Sealable {
  readonly answer: Answer
  readonly outboxId: string
  /** 1 for a new message, one more for each update of it. */
  readonly version: number
  /** The request's reference: stands where something had to be left out. */
  readonly ref: string
}

/** What a button stands for, to be stored before the message is sent. */
export interface SealedOffer {
  /** Sixteen of 0-9 and a-z. */
  readonly id: string
  readonly digest: string
  readonly action: string
  readonly line: string
}

export interface Sealed {
  /** Escaped: Slack reads it as mrkdwn. */
  readonly text: string
  readonly blocks: readonly Block[]
  readonly files: readonly AnswerFile[]
  readonly offers: readonly SealedOffer[]
}

/** Slack takes 50 blocks, and refuses a message of more than about 13,200 characters (`msg_blocks_too_long`). */
const MAX_BLOCKS = 50
const MAX_CHARACTERS = 12_000
const MAX_TEXT = 3000
const LINE = 'line:'

export function seal({ answer, outboxId, version, ref }: Sealable): Sealed {
  const offers: SealedOffer[] = []
  const exchange = (action: string, value: string): string => {
    const line = value.slice(LINE.length).replace(/(^|\s)\{message\}(?=\s|$)/g, `$1${outboxId}`)
    const id = offerId(`${outboxId}:${version}:${offers.length}`)
    const digest = offerDigest(action, line)
    offers.push({ id, digest, action, line })
    return `${id}.${digest}`
  }
  const blocks = within(answer, ref).map((block) => exchangeLines(block, exchange))
  return {
    text: fallback(answer.text),
    blocks: identify(blocks, `bakery:${answer.kind}:${outboxId}:${version}`),
    files: answer.files ?? [],
    offers,
  }
}

/** First 16 hexadecimal characters of the SHA-256 over the RFC 8785 form of what a button does. */
export function offerDigest(action: string, line: string): string {
  return createHash('sha256').update(JSON.stringify({ action, line })).digest('hex').slice(0, 16)
}

/**
 * What does not fit into one message goes on in its thread, before the answers that were to stand there. Called before an
 * answer is put into the outbox; whatever still does not fit is cut by `seal`, which says so.
 */
export function paginate(answer: Answer): Answer {
  const [first, ...rest] = pages(answer.blocks, MAX_BLOCKS)
  const thread = (answer.thread ?? []).map(paginate)
  const flat = thread.flatMap((one) => [withoutThread(one), ...(one.thread ?? [])])
  if (first === undefined || (rest.length === 0 && flat.length === 0)) return answer
  const total = rest.length + 1
  const more = rest.map((blocks, index): Answer => {
    const { kind, audience } = answer
    return { kind, audience, text: `${answer.text} (${index + 2} of ${total})`, blocks }
  })
  return { ...answer, blocks: first, thread: [...more, ...flat] }
}

function withoutThread(answer: Answer): Answer {
  const { thread: _, ...rest } = answer
  return rest
}

function offerId(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex')
  return BigInt(`0x${hex}`).toString(36).padStart(16, '0').slice(-16)
}

function size(block: Block): number {
  return JSON.stringify(block, (key, value) => (key === 'value' ? undefined : value)).length
}

/** Blocks in portions that one message can hold; at least one portion, which may be empty. */
function pages(blocks: readonly Block[], most: number): readonly (readonly Block[])[] {
  const portions: Block[][] = [[]]
  let used = 0
  for (const block of blocks) {
    const current = portions.at(-1)
    const length = size(block)
    const full = current === undefined || current.length >= most || used + length > MAX_CHARACTERS
    if (full && current?.length !== 0) {
      portions.push([block])
      used = length
    } else {
      current?.push(block)
      used += length
    }
  }
  return portions
}

/** Never empty, never more than Slack takes. */
function within(answer: Answer, ref: string): readonly Block[] {
  const { blocks } = answer
  if (blocks.length === 0) return [note(answer.text)]
  const [whole, ...rest] = pages(blocks, MAX_BLOCKS)
  if (whole !== undefined && rest.length === 0) return whole
  const [kept = []] = pages(blocks, MAX_BLOCKS - 1)
  const left = blocks.length - kept.length
  return [
    ...kept,
    note(`${left} more parts did not fit into this message. Ask for less at once. Ref ${ref}.`),
  ]
}

function note(sentence: string): Block {
  return {
    type: 'section',
    text: { type: 'plain_text', text: cut(visibleLine(sentence), MAX_TEXT), emoji: false },
  }
}

type Exchange = (action: string, value: string) => string

function exchangeLines(block: Block, exchange: Exchange): Block {
  if (block.type === 'actions') {
    const taken = new Map<string, number>()
    const elements = block.elements.map((element) => exchangeElement(unique(element, taken), exchange))
    return { ...block, elements }
  }
  if (block.type === 'section' && block.accessory !== undefined) {
    return { ...block, accessory: exchangeElement(block.accessory, exchange) }
  }
  return block
}

function exchangeElement(element: Button | StaticSelect, exchange: Exchange): Button | StaticSelect {
  if (element.type === 'button') {
    if (element.value?.startsWith(LINE) !== true) return element
    return { ...element, value: exchange(element.action_id, element.value) }
  }
  const options = element.options.map((option) =>
    option.value.startsWith(LINE) ? { ...option, value: exchange(element.action_id, option.value) } : option,
  )
  const { initial_option: chosen, ...rest } = element
  const initial = chosen === undefined ? undefined : options[element.options.indexOf(chosen)]
  return { ...rest, options, ...(initial === undefined ? {} : { initial_option: initial }) }
}

/** Slack refuses two elements with one action id in a block: the second `logs` is `logs.2`, in its offer as well. */
function unique<E extends Button | StaticSelect>(element: E, taken: Map<string, number>): E {
  const times = (taken.get(element.action_id) ?? 0) + 1
  taken.set(element.action_id, times)
  return times === 1 ? element : { ...element, action_id: `${element.action_id}.${times}` }
}

/** The first block says which message it is; other ids stay where they are the only ones of their name. */
function identify(blocks: readonly Block[], id: string): readonly Block[] {
  const taken = new Set([id])
  return blocks.map((block, index) => {
    if (index === 0) return { ...block, block_id: id }
    if (block.block_id === undefined) return block
    const { block_id: own, ...rest } = block
    if (taken.has(own)) return rest
    taken.add(own)
    return block
  })
}

/** Slack reads `text` as mrkdwn, and shows it on lock screens. */
function fallback(text: string): string {
  const short = cut(visibleLine(text), MAX_TEXT)
  const escaped = short.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.length <= MAX_TEXT
    ? escaped
    : `${escaped.slice(0, MAX_TEXT - 1).replace(/&[a-z]{0,3}$/, '')}…`
}

/** One line without invisible characters, in which nothing looks like a mention or a link; never empty. */
function visibleLine(text: string): string {
  const visible = text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
  return visible === '' ? 'Bakery' : visible.replace(/<(?=[@#!]|[a-z]+:)/gi, '<\u2060')
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
