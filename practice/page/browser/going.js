import { placeOf, showHead } from './channel.js'
import { now, refreshMessages, toEnd } from './conversation.js'
import { desk } from './desk.js'
import { drawer } from './drawer.js'
import { showTab } from './home.js'
import { ask, tell } from './net.js'
import { listenFor, refreshModal, refreshState } from './refreshing.js'
import { main } from './sending.js'
import { showSidebar } from './sidebar.js'
import { refreshThreads, showThreads } from './threads.js'

/** From one place to another, and from one person to another. */

const byId = (id) => document.getElementById(id)
const drafts = new Map()
/** Where a keyboard on the screen would cover half of what one came to read. */
const narrow = matchMedia('(max-width: 760px)')

/** Goes to a channel or to direct messages. */
export async function go(channel) {
  drafts.set(`${desk.person} ${now.channel}`, byId('text').value)
  now.channel = channel
  now.home = false
  now.newFrom = placeOf(channel).unread > 0 ? placeOf(channel).readUpTo : null
  byId('status').textContent = ''
  closeThread()
  drawer(false)
  byId('latest').hidden = true
  byId('messages').replaceChildren()
  showTab(false)
  showThreads(false)
  main.fill(drafts.get(`${desk.person} ${channel}`) ?? '', !narrow.matches)
  const { kind } = showHead(channel, (text) => main.fill(text))
  showSidebar(channel)
  await refreshMessages()
  await refreshState()
  toEnd(byId('scroll'))
  if (kind === 'app') await ask('home', { person: desk.person, opened: 'messages' })
}

/** All threads that one takes part in; choosing one leads into its channel. */
async function goToThreads() {
  drafts.set(`${desk.person} ${now.channel}`, byId('text').value)
  now.home = false
  closeThread()
  drawer(false)
  showThreads(true)
  showSidebar('threads')
  await refreshThreads()
}

/** Direct messages with somebody begin when they are opened. */
export async function goTo({ channel, person }) {
  if (channel === 'threads') return goToThreads()
  if (channel !== '') return go(channel)
  const begun = await tell('direct', { person: desk.person, with: person })
  await refreshState()
  await go(begun.channel)
}

export function openThread(ts) {
  now.thread = ts
  byId('thread').hidden = false
  byId('thread-where').textContent = placeOf(now.channel).title
  byId('replies').replaceChildren()
  refreshMessages().then(() => {
    toEnd(byId('thread-scroll'))
    byId('reply-text').focus()
  })
}

function closeThread() {
  now.thread = null
  byId('thread').hidden = true
  byId('reply-status').textContent = ''
}

/** As in Slack: Escape leaves the thread, and one goes on typing in the channel. */
export function leaveThread() {
  closeThread()
  byId('text').focus()
}

/** Makes the page that of another person. */
export async function become(person) {
  listenFor(null)
  desk.person = person
  desk.state = null
  closeThread()
  for (const id of ['status', 'announcer']) byId(id).textContent = ''
  byId('latest').hidden = true
  byId('messages').replaceChildren()
  showThreads(false)
  await refreshState()
  sessionStorage.setItem('person', desk.person)
  listenFor(desk.person)
  now.home = false
  now.newFrom = placeOf(now.channel).unread > 0 ? placeOf(now.channel).readUpTo : null
  showTab(false)
  showHead(now.channel, (text) => main.fill(text))
  await refreshMessages()
  await refreshModal()
  toEnd(byId('scroll'))
  document.body.dataset.ready = desk.person
}

/** Makes a line ready to be sent: by this person, in this channel. What is null stays as it is. */
export async function prepare({ as = null, channel = null, line }) {
  if (as !== null && as !== desk.person) await become(as)
  if (channel !== null && (channel !== now.channel || now.home || now.threads)) await go(channel)
  main.fill(line)
  toEnd(byId('scroll'))
}
