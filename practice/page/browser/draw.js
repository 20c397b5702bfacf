/** Draws messages. What people and systems wrote is set as text; only the server's own drawing of blocks is set as HTML. */

const COLOURS = ['#1d7a74', '#a3541b', '#5b4b8a', '#2d6a35', '#8a2d52', '#2f5d8c', '#7a5c00', '#5c5c5c']

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('data-') || key.startsWith('aria-') || key === 'role') element.setAttribute(key, value)
    else element[key] = value
  }
  element.append(...children.filter((child) => child !== null))
  return element
}

/** HTML that the server drew from blocks; nothing else may come here. */
export function drawn(html) {
  const element = make('div', { className: 'blocks' })
  element.innerHTML = html
  return element
}

export const moment = (ts) => new Date(Number(ts) * 1000)

const clock = (date) => date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
const day = (date) => date.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })

function avatar(message) {
  if (message.app)
    return make('span', {
      className: `avatar app-${message.author.toLowerCase()}`,
      textContent: message.author[0],
    })
  const element = make('span', { className: 'avatar', textContent: message.author[0] })
  const sum = [...message.user].reduce((total, letter) => total + letter.charCodeAt(0), 0)
  element.style.background = COLOURS[sum % COLOURS.length]
  return element
}

function files(message) {
  if (message.files.length === 0) return null
  const list = message.files.map((file) => {
    const href = `/file?path=${encodeURIComponent(file.path)}&name=${encodeURIComponent(file.name)}`
    const size = file.size < 1024 ? `${file.size} bytes` : `${Math.round(file.size / 1024)} kB`
    return make(
      'a',
      { className: 'file', href, download: file.name },
      make('span', { className: 'file-name', textContent: file.title || file.name }),
      make('span', { className: 'file-facts', textContent: `${file.name}, ${size}` }),
    )
  })
  return make('div', { className: 'files' }, ...list)
}

function body(message) {
  const date = moment(message.ts)
  const time = make('time', {
    textContent: clock(date),
    title: date.toLocaleString(),
    dateTime: date.toISOString(),
  })
  const head = make(
    'div',
    { className: 'author' },
    make('strong', { textContent: message.author }),
    message.app ? make('span', { className: 'tag', textContent: 'APP' }) : null,
    time,
    message.edited ? make('span', { className: 'edited', textContent: '(edited)' }) : null,
  )
  const only = message.ephemeral ? make('p', { className: 'only', textContent: 'Only visible to you' }) : null
  return make('div', { className: 'content' }, only, head, drawn(message.html), files(message))
}

/** One message. `place` says where its controls act; `openThread` is null inside a thread. */
export function messageItem(message, place, openThread) {
  const content = body(message)
  if (openThread !== null && !message.ephemeral) {
    const words =
      message.replies === 0
        ? 'Reply in thread'
        : `${message.replies} ${message.replies === 1 ? 'reply' : 'replies'}`
    const button = make('button', {
      type: 'button',
      className: message.replies === 0 ? 'reply quiet' : 'reply',
      textContent: words,
    })
    button.addEventListener('click', () => openThread(message.ts))
    content.append(button)
  }
  const item = make(
    'li',
    { className: message.ephemeral ? 'message ephemeral' : 'message' },
    avatar(message),
    content,
  )
  item.dataset.ts = message.ts
  item.dataset.channel = place.channel
  item.dataset.thread = place.thread ?? ''
  return item
}

/** Brings a list up to date; what did not change keeps its element, and with it the focus. */
export function showMessages(list, messages, place, openThread) {
  const old = new Map([...list.children].map((element) => [element.dataset.key, element]))
  const wanted = []
  let lastDay = ''
  for (const message of messages) {
    const today = day(moment(message.ts))
    if (place.thread === null && today !== lastDay) {
      const key = `day:${today}`
      wanted.push(
        old.get(key) ?? keyed(key, make('li', { className: 'day' }, make('span', { textContent: today }))),
      )
      lastDay = today
    }
    const key = JSON.stringify([place, message])
    wanted.push(old.get(key) ?? keyed(key, messageItem(message, place, openThread)))
  }
  if (
    wanted.length === list.children.length &&
    wanted.every((element, index) => element === list.children[index])
  )
    return
  const focused = document.activeElement
  list.replaceChildren(...wanted)
  if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true })
}

function keyed(key, element) {
  element.dataset.key = key
  return element
}
