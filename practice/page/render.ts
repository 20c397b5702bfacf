import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { Message } from 'slack-blocks-to-jsx'
import { controlsOf, wordsOf } from '../slack/controls.ts'
import { isObject, type Json, objects, string } from '../slack/json.ts'
import type { State } from '../slack/state.ts'

/** Draws blocks as Slack draws them, as HTML whose buttons and menus say which control they are. */
export interface Renderer {
  blocks(blocks: readonly Json[]): string
  /** A message without blocks: Slack's mrkdwn. */
  text(text: string): string
}

const KEPT = 500

export function createRenderer(state: State): Renderer {
  const cache = new Map<string, string>()
  const names = () => ({
    users: [
      ...[...state.people.values()].map(({ id, name }) => ({ id, name })),
      { id: state.bot.id, name: state.bot.name },
    ],
    channels: [...state.channels.values()].map(({ id, name }) => ({ id, name })),
    user_groups: [...state.groups.values()].map(({ id, handle }) => ({ id, name: handle })),
  })
  const blocks = (given: readonly Json[]): string => {
    const data = names()
    const key = JSON.stringify([given, data])
    const known = cache.get(key)
    if (known !== undefined) return known
    const html = draw(given, data)
    cache.set(key, html)
    const oldest = cache.size > KEPT ? cache.keys().next().value : undefined
    if (oldest !== undefined) cache.delete(oldest)
    return html
  }
  return {
    blocks,
    text: (text) => (text === '' ? '' : blocks([{ type: 'section', text: { type: 'mrkdwn', text } }])),
  }
}

function draw(blocks: readonly Json[], data: object): string {
  const literal = literals()
  const element = createElement(Message, {
    blocks: blocks.map(drawable).map(literal.hide),
    name: '',
    logo: '',
    withoutWrapper: true,
    theme: 'light',
    data,
  })
  return literal.show(adapt(renderToStaticMarkup(element), controlsOf(blocks)))
}

/**
 * Where the library reads differently from Slack, what it would misread is put in afterwards: plain text with markup
 * (literal in Slack), colons of times and addresses (it looks for emoji), escaped characters (it unescapes too early), and
 * `verbatim`, which keeps Slack from making links and nothing else.
 */
function literals(): { hide(value: Json): Json; show(html: string): string } {
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
      html
        .replace(/\uE000(\d+)\uE001/g, (_, index: string) => escapeHtml(texts[Number(index)] ?? ''))
        .replace(HIDDEN, (mark) => SHOWN[mark] ?? mark),
  }
}

const EMOJI = /(?<=^|\s):[a-z][a-z0-9_+-]*:(?=\s|$)/
const SHOWN: Readonly<Record<string, string>> = {
  '\uE002': ':',
  '\uE003': '&lt;',
  '\uE004': '&gt;',
  '\uE005': '&amp;',
}
const HIDDEN = /[\uE002-\uE005]/g

/** Hides every colon but those of links, mentions and emoji names, and every escaped character. */
const hidden = (text: string): string =>
  text
    .split(/(<[^>]*>|(?<=^|\s):[a-z][a-z0-9_+-]*:(?=\s|$))/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(':', '\uE002').replace(/&(lt|gt|amp);/g, escaped),
    )
    .join('')

const escaped = (_: string, name: string): string =>
  ({ lt: '\uE003', gt: '\uE004', amp: '\uE005' })[name] ?? ''

/** Menus are drawn as buttons first, so that the places of all controls are known, and replaced by the browser's own. */
function drawable(block: Json): Json {
  if (block.type === 'actions') return { ...block, elements: objects(block.elements).map(asButton) }
  return isObject(block.accessory) ? { ...block, accessory: asButton(block.accessory) } : block
}

function asButton(element: Json): Json {
  if (element.type === 'button')
    return { ...element, confirm: undefined, url: undefined, accessibility_label: undefined }
  return {
    type: 'button',
    action_id: element.action_id,
    text: element.placeholder ?? { type: 'plain_text', text: 'Choose' },
  }
}

const BUTTON =
  /<button type="button" id="[^"]*" class="([^"]*slack_blocks_to_jsx__button_element[^"]*)">([\s\S]*?)<\/button>/g

/** The library's markup fitted to a page with many messages: no repeated ids, no fixed theme, controls that name themselves. */
function adapt(html: string, controls: readonly { block: Json; element: Json }[]): string {
  let next = 0
  return html
    .replace(BUTTON, (all: string, classes: string, inner: string) => {
      const control = controls[next]
      next += 1
      return control === undefined ? all : controlHtml(control, classes, inner)
    })
    .replace(/ id="[^"]*"/g, '')
    .replace(/ data-theme="[^"]*"/g, '')
    .replace(/<a /g, '<a rel="noopener noreferrer" target="_blank" ')
}

function controlHtml(control: { block: Json; element: Json }, classes: string, inner: string): string {
  const { block, element } = control
  const confirm = isObject(element.confirm)
    ? ` data-confirm="${escapeHtml(JSON.stringify(element.confirm))}"`
    : ''
  const which = `data-block="${escapeHtml(string(block.block_id))}" data-action="${escapeHtml(string(element.action_id))}"${confirm}`
  if (element.type !== 'button') return menuHtml(element, which)
  const label = string(element.accessibility_label)
  const aria = label === '' ? '' : ` aria-label="${escapeHtml(label)}"`
  const style = element.style === 'danger' || element.style === 'primary' ? ` ${element.style}` : ''
  const url = string(element.url)
  const link = url.startsWith('https://') || url.startsWith('http://') ? ` data-url="${escapeHtml(url)}"` : ''
  return `<button type="button" class="control${style} ${classes}" ${which}${aria}${link}>${inner}</button>`
}

function menuHtml(element: Json, which: string): string {
  const initial = isObject(element.initial_option) ? string(element.initial_option.value) : ''
  const placeholder = wordsOf({ text: element.placeholder }) || 'Choose'
  const options = objects(element.options).map((option) => {
    const value = string(option.value)
    const selected = value === initial && value !== '' ? ' selected' : ''
    return `<option value="${escapeHtml(value)}"${selected}>${escapeHtml(wordsOf(option))}</option>`
  })
  const first = initial === '' ? `<option value="" disabled selected>${escapeHtml(placeholder)}</option>` : ''
  return `<select class="control menu" ${which} aria-label="${escapeHtml(placeholder)}">${first}${options.join('')}</select>`
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
