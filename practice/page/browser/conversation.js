import { placeOf } from './channel.js'
import { desk } from './desk.js'
import { showMessages } from './draw.js'
import { ask, tell } from './net.js'

const byId = (id) => document.getElementById(id)

/**
 * Where the person looks: a channel, perhaps a thread, perhaps the app's home tab, or all threads of theirs. `newFrom`: up to where the channel was
 * read when it was opened; null where nothing was new.
 */
export const now = { channel: null, thread: null, home: false, threads: false, newFrom: null }

/** Brings the channel and its open thread up to date. */
export async function refreshMessages() {
  const { channel, thread } = now
  const { person } = desk
  const [messages, replies] = await Promise.all([
    ask('messages', { person, channel }),
    thread === null ? [] : ask('messages', { person, channel, thread }),
  ])
  if (person !== desk.person || channel !== now.channel || thread !== now.thread) return
  const isFresh = fillList('scroll', 'messages', messages, {
    person,
    channel,
    thread: null,
    newFrom: now.newFrom,
  })
  if (thread !== null)
    fillList('thread-scroll', 'replies', replies, { person, channel, thread, newFrom: null })
  markThread(replies)
  byId('latest').hidden = byId('latest').hidden && (!isFresh || atEnd(byId('scroll')))
  markRead(messages)
}

/** What is on the screen is read; a page in the background reads nothing. */
function markRead(messages) {
  const last = messages.findLast(({ ephemeral }) => !ephemeral)
  if (last === undefined || now.home || now.threads || document.hidden) return
  const { unread } = placeOf(now.channel)
  if (last.ts <= placeOf(now.channel).readUpTo && unread === 0) return
  tell('mark', { person: desk.person, channel: now.channel, ts: last.ts }).catch(() => {})
}

let threadRead = ''

/** What stands in the open thread is read, too. */
function markThread(replies) {
  const last = replies.findLast(({ ephemeral }) => !ephemeral)
  const { person } = desk
  const read = `${person} ${now.channel} ${last?.ts}`
  if (last === undefined || document.hidden || read === threadRead) return
  threadRead = read
  tell('mark', { person, channel: now.channel, thread: now.thread, ts: last.ts }).catch(() => {})
}

export const atEnd = (scroll) => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80
export const toEnd = (scroll) => {
  scroll.scrollTop = scroll.scrollHeight
}

const spoken = ({ author, text, ephemeral }) =>
  `${author}${ephemeral ? ', only visible to you' : ''}: ${text}`

/** A picture that has come makes its message higher, and a step of the tour the list lower: whoever was at the end stays there. */
export function keepAtEnd(scroll) {
  let wasAtEnd = true
  scroll.addEventListener('scroll', () => {
    wasAtEnd = atEnd(scroll)
  })
  const stay = () => {
    if (wasAtEnd && !now.home) toEnd(scroll)
  }
  scroll.addEventListener('load', stay, true)
  new ResizeObserver(stay).observe(scroll)
}

/**
 * Shows messages, stays at the end when the reader was there, and says new ones. Where a button is gone that had the
 * focus, its message has it. Whether there were new ones.
 */
function fillList(scrollId, listId, messages, place) {
  const scroll = byId(scrollId)
  const wasAtEnd = atEnd(scroll)
  const list = byId(listId)
  const shown = `${place.person} ${place.channel} ${place.thread}`
  const before = list.dataset.shown === shown ? Number(list.dataset.last ?? 0) : Infinity
  const held = list.contains(document.activeElement) ? document.activeElement.closest('.message') : null
  showMessages(list, messages, place)
  if (held !== null && !list.contains(document.activeElement)) (held.isConnected ? held : scroll).focus()
  if (wasAtEnd) toEnd(scroll)
  list.dataset.shown = shown
  list.dataset.last = messages.at(-1)?.ts ?? '0'
  const fresh = messages.filter(({ ts, user }) => Number(ts) > before && user !== place.person)
  if (fresh.length > 0) desk.announce(fresh.map(spoken).join('\n'))
  return fresh.length > 0
}
