import { placeOf, showHead } from './channel.js'
import { composer } from './composer.js'
import { controls } from './controls.js'
import { atEnd, keepAtEnd, now, refreshMessages, toEnd } from './conversation.js'
import { desk } from './desk.js'
import { showModal } from './dialogs.js'
import { drawer, drawerButton } from './drawer.js'
import { refreshHome, showTab, tabs } from './home.js'
import { looks } from './looks.js'
import { ask, live, tell } from './net.js'
import { globalShortcuts, messageMenu } from './shortcuts.js'
import { showSidebar } from './sidebar.js'
import { refreshThreads, showThreads } from './threads.js'
import { attachments, inBase64 } from './uploads.js'

const byId = (id) => document.getElementById(id)
const drafts = new Map()
/** Where a keyboard on the screen would cover half of what one came to read. */
const narrow = matchMedia('(max-width: 760px)')
let stopListening = () => {}

async function refreshState() {
  const person = desk.person
  const state = await ask('state', { person: person || null })
  if (person !== desk.person) return
  desk.state = state
  desk.person = state.person
  const here = [...state.channels, ...state.directs, state.direct].some(({ id }) => id === now.channel)
  if (!here) now.channel = state.channels[0]?.id ?? state.direct.id
  showSidebar(now.threads ? 'threads' : now.channel)
  if (!now.threads) showHead(now.channel, (text) => main.fill(text))
}

async function go(channel) {
  drafts.set(`${desk.person} ${now.channel}`, byId('text').value)
  now.channel = channel
  now.home = false
  now.newFrom = placeOf(channel).unread > 0 ? placeOf(channel).readUpTo : null
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
async function goTo({ channel, person }) {
  if (channel === 'threads') return goToThreads()
  if (channel !== '') return go(channel)
  const begun = await tell('direct', { person: desk.person, with: person })
  await refreshState()
  await go(begun.channel)
}

/** Under the composer, where a person looks for what came of something. */
function say(error) {
  byId('status').textContent = error.message
  byId('status').classList.add('bad')
}

function openThread(ts) {
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
}

/** As in Slack: Escape leaves the thread, and one goes on typing in the channel. */
function leaveThread() {
  closeThread()
  byId('text').focus()
}

async function refreshModal() {
  const { person } = desk
  const view = await ask('views', { person })
  if (person !== desk.person) return
  showModal(view, {
    onSubmit: (id, values) => tell('submit', { person, view: id, values }),
    onClose: (id) => tell('close', { person, view: id }).catch(() => {}),
  })
}

async function send(text, thread, along) {
  const { person } = desk
  const files = await Promise.all(along.map(inBase64))
  const delivery = await tell('send', { person, channel: now.channel, text, thread: thread ?? '', files })
  if (delivery.ackMs === undefined) return ''
  return delivery.error === null
    ? `${desk.state.bot} took the request in ${delivery.ackMs} ms.`
    : `Not taken: ${delivery.error}.`
}

const main = composer({
  ...{ form: byId('composer'), box: byId('text'), status: byId('status') },
  offers: { box: byId('completions-box'), list: byId('completions'), hint: byId('completion-hint') },
  files: attachments(byId('attach'), byId('attached'), byId('text')),
  send: (text, along) => send(text, null, along),
})
composer({
  ...{ form: byId('reply'), box: byId('reply-text'), status: byId('reply-status'), offers: null },
  files: attachments(byId('reply-attach'), byId('reply-attached'), byId('reply-text')),
  send: (text, along) => send(text, now.thread, along),
})

let pending = null
function changed(change) {
  document.dispatchEvent(new CustomEvent('practice:change', { detail: change }))
  if (change.type === 'view') return refreshModal()
  if (change.type === 'home') return now.home ? refreshHome(null) : undefined
  clearTimeout(pending)
  pending = setTimeout(refresh, 30)
}

const refresh = () =>
  Promise.all([refreshMessages(), refreshState(), now.threads ? refreshThreads() : null]).catch(() => {})

/** After the connection was gone, whatever happened meanwhile. */
let wasGone = false
function connection(stands) {
  document.body.classList.toggle('offline', !stands)
  if (stands && wasGone) Promise.all([refresh(), refreshModal()]).catch(() => {})
  wasGone = !stands
}

async function become(person) {
  stopListening()
  desk.person = person
  desk.state = null
  closeThread()
  for (const id of ['status', 'announcer']) byId(id).textContent = ''
  byId('latest').hidden = true
  byId('messages').replaceChildren()
  await refreshState()
  sessionStorage.setItem('person', desk.person)
  stopListening = live(desk.person, changed, connection)
  now.home = false
  now.newFrom = placeOf(now.channel).unread > 0 ? placeOf(now.channel).readUpTo : null
  showTab(false)
  showThreads(false)
  showHead(now.channel, (text) => main.fill(text))
  await refreshMessages()
  await refreshModal()
  toEnd(byId('scroll'))
  document.body.dataset.ready = desk.person
}

byId('person').addEventListener('change', (event) => {
  delete document.body.dataset.ready
  become(event.target.value)
})

/** Makes a line ready to be sent: by this person, in this channel. What is null stays as it is. */
export async function prepare({ as = null, channel = null, line }) {
  if (as !== null && as !== desk.person) await become(as)
  if (channel !== null && (channel !== now.channel || now.home || now.threads)) await go(channel)
  main.fill(line)
  toEnd(byId('scroll'))
}

byId('sidebar').addEventListener('click', (event) => {
  const entry = event.target.closest('li button')
  if (entry !== null) goTo(entry.dataset).catch((error) => say(error))
})
for (const list of [byId('messages'), byId('replies')]) {
  list.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]')
    const item = button?.closest('.message')
    if (button?.dataset.do === 'thread') openThread(item.dataset.ts)
    if (button?.dataset.do === 'more') messageMenu(button, item, byId('status'))
  })
}
byId('threads').addEventListener('click', async (event) => {
  const chosen = event.target.closest('button')
  if (chosen === null) return
  const { channel, ts } = chosen.dataset
  await go(channel)
  openThread(ts)
})
byId('thread-close').addEventListener('click', leaveThread)
byId('thread').addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) leaveThread()
})
for (const id of ['scroll', 'thread-scroll']) keepAtEnd(byId(id))
byId('latest').addEventListener('click', () => toEnd(byId('scroll')))
byId('scroll').addEventListener('scroll', () => {
  if (atEnd(byId('scroll'))) byId('latest').hidden = true
})
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && desk.state !== null) refresh()
})
tabs((tab) => {
  now.home = tab === 'home'
  showTab(now.home)
  refreshHome(tab).catch(() => {})
})
byId('mention').addEventListener('click', () => main.type('@'))
looks()
globalShortcuts(byId('shortcuts'), byId('status'), main)
controls()
drawerButton()
Object.assign(desk, {
  ...{ become, go, fill: (text) => main.fill(text) },
  announce(words) {
    byId('announcer').textContent = words
  },
})

become(sessionStorage.getItem('person') ?? '')
