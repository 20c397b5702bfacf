import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { Message } from 'slack-blocks-to-jsx'
import { controlsOf } from '../slack/controls.ts'
import { isObject, type Json, objects, string } from '../slack/json.ts'
import type { State } from '../slack/state.ts'
import { escapeHtml, literals } from './literals.ts'

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

/** Blocks in which something is entered are the page's own; everything else the library draws, run by run. */
function draw(blocks: readonly Json[], data: object): string {
  let html = ''
  let run: Json[] = []
  const end = () => {
    if (run.length > 0) html += drawRun(run, data)
    run = []
  }
  for (const block of blocks) {
    if (block.type !== 'input') {
      run.push(block)
      continue
    }
    end()
    html += `<slack-field data-input="${escapeHtml(JSON.stringify(block))}"></slack-field>`
  }
  end()
  return html
}

function drawRun(blocks: readonly Json[], data: object): string {
  const literal = literals()
  const element = createElement(Message, {
    blocks: blocks.map(drawable).map(withPictures).map(literal.hide),
    name: '',
    logo: '',
    withoutWrapper: true,
    theme: 'light',
    data,
  })
  return literal.show(adapt(renderToStaticMarkup(element), controlsOf(blocks)))
}

/** Everything that can be used is drawn as a button first, so that its place is known, and then replaced by the page's own. */
function drawable(block: Json): Json {
  if (block.type === 'actions') return { ...block, elements: objects(block.elements).map(asButton) }
  const { accessory } = block
  return isObject(accessory) && accessory.type !== 'image'
    ? { ...block, accessory: asButton(accessory) }
    : block
}

function asButton(element: Json): Json {
  if (element.type === 'button')
    return { ...element, confirm: undefined, url: undefined, accessibility_label: undefined }
  return { type: 'button', action_id: element.action_id, text: { type: 'plain_text', text: 'Choose' } }
}

/** Pictures that were uploaded to Slack (`slack_file`) are shown from this server. */
function withPictures(block: Json): Json {
  const shown = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shown)
    if (!isObject(value)) return value
    const url = value.type === 'image' && isObject(value.slack_file) ? string(value.slack_file.url) : ''
    if (url === '' || !URL.canParse(url))
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]))
    const { slack_file: _, ...rest } = value
    return { ...rest, image_url: `/file?path=${encodeURIComponent(new URL(url).pathname)}&shown=1` }
  }
  const drawn = shown(block)
  return isObject(drawn) ? drawn : block
}

/** A picture of another site is not loaded: nothing of practice reaches outside. Its description stands for it. */
const ELSEWHERE = /<img src="https?:[^"]*"([^>]*?)\/?>/g
const elsewhere = (_: string, rest: string): string => {
  const alt = / ?alt="([^"]*)"/.exec(rest)?.[1] ?? ''
  return `<span class="elsewhere" role="img" aria-label="${alt}">${alt} (a picture from elsewhere, not loaded here)</span>`
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
    .replace(/<link rel="preload"[^>]*>/g, '')
    .replace(/<button type="button" class="w-\[15px\] h-\[15px\]">.*?<\/button>/gs, '')
    .replace(ELSEWHERE, elsewhere)
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
  if (element.type !== 'button')
    return `<slack-control ${which} data-element="${escapeHtml(JSON.stringify(element))}"></slack-control>`
  const label = string(element.accessibility_label)
  const aria = label === '' ? '' : ` aria-label="${escapeHtml(label)}"`
  const style = element.style === 'danger' || element.style === 'primary' ? ` ${element.style}` : ''
  const url = string(element.url)
  const link = url.startsWith('https://') || url.startsWith('http://') ? ` data-url="${escapeHtml(url)}"` : ''
  return `<button type="button" class="control${style} ${classes}" ${which}${aria}${link}>${inner}</button>`
}
