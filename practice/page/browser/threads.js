import { placeOf } from './channel.js'
import { now } from './conversation.js'
import { desk } from './desk.js'
import { clock, drawn, make, moment } from './draw.js'
import { morphChildren } from './morph.js'
import { ask } from './net.js'

const byId = (id) => document.getElementById(id)
const MOST_WORDS = 160

/** Shows the threads that one takes part in, in place of a channel. */
export function showThreads(on) {
  now.threads = on
  byId('threads').hidden = !on
  if (!on) return
  for (const id of ['messages', 'intro', 'home', 'tabs', 'composer']) byId(id).hidden = true
  byId('channel-name').textContent = 'Threads'
  byId('topic').textContent = 'What you began, answered, or were named in'
  byId('scroll').setAttribute('aria-label', 'Your threads')
}

export async function refreshThreads() {
  const { person } = desk
  const threads = await ask('threads', { person })
  if (person !== desk.person || !now.threads) return
  const nothing = make('p', { textContent: 'You take part in no thread yet.' })
  morphChildren(byId('threads'), threads.length === 0 ? [nothing] : [make('ol', {}, ...threads.map(card))])
}

/** What was said, without its form, and no more than a card has room for. */
function wordsOf(html) {
  const text = drawn(html).textContent.trim()
  return text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS)}…` : text
}

function card({ channel, ts, author, html, answer, replies, unread, last }) {
  const count = `${replies} ${replies === 1 ? 'reply' : 'replies'}, the last at ${clock(moment(last))}`
  const button = make(
    'button',
    { type: 'button', className: unread > 0 ? 'thread-card unread' : 'thread-card' },
    make('span', { className: 'thread-place', textContent: placeOf(channel).title }),
    make('strong', { textContent: author }),
    make('span', { className: 'thread-words', textContent: wordsOf(html) }),
    make('span', { className: 'thread-count', textContent: count }),
    make(
      'span',
      { className: 'thread-answer' },
      make('strong', { textContent: answer.author }),
      ` ${wordsOf(answer.html)}`,
    ),
    unread > 0 ? make('span', { className: 'badge', textContent: `${unread} new` }) : null,
  )
  Object.assign(button.dataset, { channel, ts })
  return make('li', {}, button)
}
