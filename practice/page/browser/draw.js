import { icon } from './icons.js'
import { morph } from './morph.js'

/** Draws messages. What people and systems wrote is set as text; only the server's own drawing of blocks is set as HTML. */

const COLOURS = ['#1d7a74', '#a3541b', '#5b4b8a', '#2d6a35', '#8a2d52', '#2f5d8c', '#7a5c00', '#5c5c5c']

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('data-') || key.startsWith('aria-') || key === 'role') element.setAttribute(key, value)
    else element[key] = value
  }
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

/** HTML that the server drew from blocks; nothing else may come here. */
export function drawn(html) {
  const element = make('div', { className: 'blocks' })
  element.innerHTML = html
  return element
}

export const moment = (ts) => new Date(Number(ts) * 1000)

export const clock = (date) => date.toLocaleTimeString([], { timeStyle: 'short' })
const day = (date) => date.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })

/** Somebody's first letter on a colour that is always theirs. */
export function avatar({ user, name, app }, size = '') {
  const colour = app ? ` app-${name.toLowerCase()}` : ''
  const element = make('span', {
    className: `avatar${colour} ${size}`,
    'aria-hidden': 'true',
    textContent: name[0],
  })
  const sum = [...user].reduce((total, letter) => total + letter.charCodeAt(0), 0)
  if (!app) element.style.background = COLOURS[sum % COLOURS.length]
  return element
}

function files(message) {
  if (message.files.length === 0) return null
  return make('div', { className: 'files' }, ...message.files.map(file))
}

function file({ path, name, title, size, picture }) {
  const href = `/file?path=${encodeURIComponent(path)}&name=${encodeURIComponent(name)}`
  const bytes = size < 1024 ? `${size} bytes` : `${Math.round(size / 1024)} kB`
  const words = make(
    'span',
    { className: 'file-words' },
    make(
      'span',
      { className: 'file-name' },
      make('span', { className: 'unseen', textContent: 'Download ' }),
      title || name,
    ),
    make('span', {
      className: 'file-facts',
      textContent: title === '' || title === name ? bytes : `${name}, ${bytes}`,
    }),
  )
  const link = { className: 'file', href, download: name }
  if (!picture) return make('a', link, icon('file'), words, icon('download'))
  const image = make('img', { src: `${href}&shown=1`, alt: title || name, loading: 'lazy' })
  const whole = {
    href: `${href}&shown=1`,
    target: '_blank',
    rel: 'noopener',
    className: 'picture',
    'aria-label': `Open ${title || name}`,
  }
  return make(
    'figure',
    {},
    make(
      'figcaption',
      {},
      make(
        'a',
        { ...link, className: 'picture-name' },
        make('span', { className: 'unseen', textContent: 'Download ' }),
        title || name,
        icon('download'),
      ),
    ),
    make('a', whole, image),
  )
}

function time(message, short) {
  const date = moment(message.ts)
  return make('time', {
    textContent: clock(date),
    title: date.toLocaleString(),
    dateTime: date.toISOString(),
    className: short ? 'gutter' : '',
  })
}

function head(message) {
  return make(
    'div',
    { className: 'author' },
    make('strong', { textContent: message.author }),
    message.app ? make('span', { className: 'tag', textContent: 'APP' }) : null,
    time(message, false),
  )
}

const only = () => make('p', { className: 'only' }, icon('eye'), 'Only visible to you')

/** Under a message: who answered, and how often. */
function answers(message) {
  const words = `${message.replies} ${message.replies === 1 ? 'reply' : 'replies'}`
  const faces = message.replyAuthors.slice(0, 5).map((author) => avatar(author, 'small'))
  return make('button', { type: 'button', className: 'reply', 'data-do': 'thread' }, ...faces, words)
}

/** What a message offers when one points at it. */
function tools(place) {
  const button = (name, what, picture) => {
    const element = make('button', { type: 'button', 'aria-label': name, title: name, 'data-do': what })
    element.append(icon(picture))
    return element
  }
  return make(
    'div',
    { className: 'tools' },
    place.thread === null ? button('Reply in thread', 'thread', 'reply') : null,
    button('More actions', 'more', 'more'),
  )
}

/** One message. `compact`: the one before is the same person's, minutes ago. */
function messageItem(message, place, compact) {
  const content = make('div', { className: 'content' })
  if (message.ephemeral) content.append(only())
  if (!compact) content.append(head(message))
  content.append(drawn(message.html))
  if (message.edited) content.append(make('span', { className: 'edited', textContent: '(edited)' }))
  const attached = files(message)
  if (attached !== null) content.append(attached)
  if (place.thread === null && message.replies > 0) content.append(answers(message))
  const side = compact
    ? time(message, true)
    : avatar({ user: message.user, name: message.author, app: message.app })
  const item = make(
    'li',
    {
      className: `message${message.ephemeral ? ' ephemeral' : ''}${compact ? ' compact' : ''}`,
      tabIndex: -1,
    },
    side,
    content,
  )
  if (!message.ephemeral) item.append(tools(place))
  Object.assign(item.dataset, { ts: message.ts, channel: place.channel, thread: place.thread ?? '' })
  return item
}

const COMPACT_S = 300

function follows(message, before) {
  if (before === undefined || before.user !== message.user || before.ephemeral || message.ephemeral)
    return false
  return Number(message.ts) - Number(before.ts) < COMPACT_S && before.replies === 0
}

/**
 * Brings a list up to date. What did not change keeps its element, what changed is changed in place: focus and open menus
 * stay. `place.newFrom`: what is newer than this stands under the line “New”.
 */
export function showMessages(list, messages, place) {
  const old = new Map([...list.children].map((element) => [element.dataset.key, element]))
  const wanted = []
  const keep = (key, shape, draw) => {
    const element = old.get(key)
    if (element?.dataset.shape === shape) return wanted.push(element)
    const fresh = draw()
    Object.assign(fresh.dataset, { key, shape })
    if (element === undefined) return wanted.push(fresh)
    morph(element, fresh)
    wanted.push(element)
  }
  let before
  let lined = place.newFrom === null
  for (const message of messages) {
    const today = day(moment(message.ts))
    const begins = place.thread === null && (before === undefined || day(moment(before.ts)) !== today)
    if (begins)
      keep(`day:${today}`, today, () =>
        make('li', { className: 'day' }, make('span', { textContent: today })),
      )
    const line = !lined && message.ts > place.newFrom && message.user !== place.person && !message.ephemeral
    if (line) keep('new', 'new', () => make('li', { className: 'new' }, make('span', { textContent: 'New' })))
    lined ||= line
    const compact = !begins && !line && follows(message, before)
    const shape = JSON.stringify([message, compact])
    keep(`${place.channel} ${place.thread} ${message.ts}`, shape, () => messageItem(message, place, compact))
    before = message
  }
  arrange(list, wanted)
}

/** Puts the elements into this order and touches only what is out of place. */
function arrange(list, wanted) {
  const stays = new Set(wanted)
  for (const element of [...list.children]) if (!stays.has(element)) element.remove()
  for (const [index, element] of wanted.entries()) {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null)
  }
}
