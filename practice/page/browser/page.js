import { composer } from './composer.js'
import { controls } from './controls.js'
import { part, showModal } from './dialogs.js'
import { make, showMessages } from './draw.js'
import { ask, live, tell } from './net.js'

const byId = (id) => document.getElementById(id)
const now = { person: null, channel: null, thread: null, home: false, state: null, stop: () => {} }

/** What a person has read, channel by channel, for as long as this tab lives. */
const seen = {
  all: JSON.parse(sessionStorage.getItem('seen') ?? '{}'),
  get: (channel) => seen.all[`${now.person} ${channel}`] ?? '',
  set(channel, ts) {
    seen.all[`${now.person} ${channel}`] = ts
    sessionStorage.setItem('seen', JSON.stringify(seen.all))
  },
}

const isDirect = () => now.channel === now.state.direct.id
const channelOf = (id) => now.state.channels.find((channel) => channel.id === id)

async function refreshState() {
  now.state = await ask('state', { person: now.person })
  now.person = now.state.person
  if (now.channel === null || (channelOf(now.channel) === undefined && now.channel !== now.state.direct.id)) {
    now.channel = now.state.channels[0]?.id ?? now.state.direct.id
  }
  showSidebar()
  showHead()
}

function showSidebar() {
  const { team, people, channels, direct, bot } = now.state
  byId('team').textContent = team
  byId('person').replaceChildren(
    ...people.map(({ id, realName, title }) =>
      make('option', { value: id, textContent: `${realName} (${title})`, selected: id === now.person }),
    ),
  )
  byId('channels').replaceChildren(
    ...channels.map((channel) => entry(channel, `# ${channel.name}`, channel.shared)),
  )
  byId('apps').replaceChildren(entry(direct, bot))
}

function entry({ id, latest }, words, shared = false) {
  const unread = id !== now.channel && latest > seen.get(id)
  const button = make('button', { type: 'button', className: unread ? 'unread' : '', textContent: words })
  if (shared) button.append(make('span', { className: 'shared', textContent: 'shared' }))
  if (unread) button.append(make('span', { className: 'dot', role: 'img', 'aria-label': 'unread' }))
  if (id === now.channel) button.setAttribute('aria-current', 'page')
  button.dataset.channel = id
  button.addEventListener('click', () => go(id))
  return make('li', {}, button)
}

function showHead() {
  const channel = channelOf(now.channel)
  byId('channel-name').textContent = channel === undefined ? now.state.bot : `# ${channel.name}`
  const shared = channel?.shared ? 'Shared with another company. ' : ''
  byId('topic').textContent =
    channel === undefined
      ? 'App: only you see this'
      : `${shared}${channel.topic} · ${channel.members} members`
  byId('text').placeholder =
    channel === undefined ? `Message ${now.state.bot}, or /bakery` : `Message #${channel.name}, or /bakery`
  byId('tabs').hidden = !isDirect() || !now.state.homeTab
  showIntro(channel)
}

function showIntro(channel) {
  const mine = now.state.suggestions.filter((suggestion) => suggestion.channel === now.channel)
  const me = now.state.people.find(({ id }) => id === now.person)
  const title =
    channel === undefined ? `You and ${now.state.bot}` : `This is the beginning of #${channel.name}`
  const list = mine.map(({ text, why }) => {
    const button = make('button', { type: 'button', className: 'try' }, make('code', { textContent: text }))
    button.addEventListener('click', () => main.fill(text))
    return make('li', {}, button, make('span', { textContent: why }))
  })
  byId('intro').replaceChildren(
    make('h3', { textContent: title }),
    make('p', {
      textContent: `You are ${me.realName} (${me.title}). Switch persons at the top left: each may do something else.`,
    }),
    ...(list.length === 0 ? [] : [make('p', { textContent: 'Try:' }), make('ul', {}, ...list)]),
  )
}

async function refreshMessages() {
  const { person, channel, thread } = now
  const [messages, replies] = await Promise.all([
    ask('messages', { person, channel }),
    thread === null ? [] : ask('messages', { person, channel, thread }),
  ])
  if (person !== now.person || channel !== now.channel || thread !== now.thread) return
  fillList('scroll', 'messages', messages, { channel, thread: null }, openThread)
  if (thread !== null) fillList('thread-scroll', 'replies', replies, { channel, thread }, null)
  const last = messages.at(-1)
  if (last !== undefined) seen.set(channel, last.ts)
}

/** Shows messages and stays at the end when the reader was there. */
function fillList(scrollId, listId, messages, place, open) {
  const scroll = byId(scrollId)
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80
  showMessages(byId(listId), messages, place, open)
  if (atEnd) scroll.scrollTop = scroll.scrollHeight
}

async function go(channel) {
  now.channel = channel
  now.home = false
  closeThread()
  document.body.classList.remove('drawer')
  byId('messages').replaceChildren()
  showTab()
  showHead()
  await refreshMessages()
  await refreshState()
  byId('scroll').scrollTop = byId('scroll').scrollHeight
}

function openThread(ts) {
  now.thread = ts
  byId('thread').hidden = false
  const channel = channelOf(now.channel)
  byId('thread-where').textContent = channel === undefined ? now.state.bot : `# ${channel.name}`
  byId('replies').replaceChildren()
  refreshMessages().then(() => byId('reply-text').focus())
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

function showTab() {
  byId('tab-messages').setAttribute('aria-pressed', String(!now.home))
  byId('tab-home').setAttribute('aria-pressed', String(now.home))
  byId('home').hidden = !now.home
  byId('messages').hidden = now.home
  byId('intro').hidden = now.home
  byId('composer').hidden = now.home
}

async function refreshHome(opened) {
  const view = await ask('home', { person: now.person, opened: opened ? '1' : null })
  byId('home').dataset.view = view?.id ?? ''
  const nothing = make('p', { textContent: `${now.state.bot} has nothing on its home tab for you.` })
  byId('home').replaceChildren(...(view === null ? [nothing] : view.parts.map(part)))
}

async function refreshModal() {
  const view = await ask('views', { person: now.person })
  showModal(view, {
    onSubmit: async (id, values) => (await tell('submit', { person: now.person, view: id, values })).errors,
    onClose: (id) => tell('close', { person: now.person, view: id }),
  })
}

controls(() => now.person)

async function send(text, thread) {
  const delivery = await tell('send', {
    person: now.person,
    channel: now.channel,
    text,
    thread: thread ?? '',
  })
  if (delivery.ackMs === undefined) return ''
  return delivery.error === null
    ? `${now.state.bot} took the request in ${delivery.ackMs} ms.`
    : `Not taken: ${delivery.error}.`
}

const main = composer({
  form: byId('composer'),
  box: byId('text'),
  status: byId('status'),
  list: byId('completions'),
  completions: () => now.state?.completions ?? [],
  send: (text) => send(text, null),
})
composer({
  form: byId('reply'),
  box: byId('reply-text'),
  status: byId('reply-status'),
  list: null,
  completions: () => [],
  send: (text) => send(text, now.thread),
})

let pending = null
function changed(change) {
  if (change.type === 'view') return refreshModal()
  if (change.type === 'home') return now.home ? refreshHome(false) : undefined
  clearTimeout(pending)
  pending = setTimeout(async () => {
    await refreshMessages()
    await refreshState()
  }, 30)
}

async function become(person) {
  now.stop()
  now.person = person
  closeThread()
  byId('status').textContent = ''
  byId('messages').replaceChildren()
  await refreshState()
  sessionStorage.setItem('person', now.person)
  now.stop = live(now.person, changed, (stands) => document.body.classList.toggle('offline', !stands))
  now.home = false
  showTab()
  await refreshMessages()
  await refreshModal()
  showSidebar()
  byId('scroll').scrollTop = byId('scroll').scrollHeight
  document.body.dataset.ready = now.person
}

byId('person').addEventListener('change', (event) => {
  delete document.body.dataset.ready
  become(event.target.value)
})
byId('thread-close').addEventListener('click', leaveThread)
byId('thread').addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) leaveThread()
})
byId('menu').addEventListener('click', () => document.body.classList.toggle('drawer'))
byId('tab-messages').addEventListener('click', () => {
  now.home = false
  showTab()
})
byId('tab-home').addEventListener('click', () => {
  now.home = true
  showTab()
  refreshHome(true)
})

const dark = matchMedia('(prefers-color-scheme: dark)')
const theme = () => document.documentElement.setAttribute('data-theme', dark.matches ? 'dark' : 'light')
dark.addEventListener('change', theme)
theme()
become(sessionStorage.getItem('person') ?? null)
