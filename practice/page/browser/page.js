import { controls } from './controls.js'
import { atEnd, keepAtEnd, now, toEnd } from './conversation.js'
import { desk } from './desk.js'
import { drawerButton } from './drawer.js'
import { become, go, goTo, leaveThread, openThread } from './going.js'
import { refreshHome, showTab, tabs } from './home.js'
import { looks } from './looks.js'
import { refresh } from './refreshing.js'
import { main, reply } from './sending.js'
import { globalShortcuts, messageMenu } from './shortcuts.js'

/** What the page's parts do when they are used. */

const byId = (id) => document.getElementById(id)

/** Under the composer, where a person looks for what came of something. */
function say(error) {
  byId('status').textContent = error.message
  byId('status').classList.add('bad')
}

byId('person').addEventListener('change', (event) => {
  delete document.body.dataset.ready
  become(event.target.value)
})
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
for (const id of ['scroll', 'thread-scroll']) {
  keepAtEnd(byId(id))
  byId(id).tabIndex = 0
}
byId('latest').addEventListener('click', () => toEnd(byId('scroll')))
byId('scroll').addEventListener('scroll', () => {
  if (atEnd(byId('scroll'))) byId('latest').hidden = true
})
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh()
})
tabs((tab) => {
  now.home = tab === 'home'
  showTab(now.home)
  refreshHome(tab).catch(() => {})
})
byId('mention').addEventListener('click', () => main.type('@'))
byId('reply-mention').addEventListener('click', () => reply.type('@'))
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
