import { showHead } from './channel.js'
import { now, refreshMessages } from './conversation.js'
import { desk } from './desk.js'
import { showModal } from './dialogs.js'
import { refreshHome } from './home.js'
import { ask, live, tell } from './net.js'
import { main } from './sending.js'
import { showSidebar } from './sidebar.js'
import { refreshThreads } from './threads.js'

/** What keeps the page as the workspace is, for the person that it is just then. */

/** Who one is, and what there is for them at the left. */
export async function refreshState() {
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

export async function refreshModal() {
  const { person } = desk
  const view = await ask('views', { person })
  if (person !== desk.person) return
  showModal(view, {
    onSubmit: (id, values) => tell('submit', { person, view: id, values }),
    onClose: (id) => tell('close', { person, view: id }).catch(() => {}),
  })
}

let pending = null
function changed(change) {
  document.dispatchEvent(new CustomEvent('practice:change', { detail: change }))
  if (change.type === 'view') return refreshModal()
  if (change.type === 'home') return now.home ? refreshHome(null) : undefined
  clearTimeout(pending)
  pending = setTimeout(refresh, 30)
}

/** What stands on the page, brought up to date; between two persons nothing does. */
export async function refresh() {
  if (desk.state === null) return
  await Promise.all([refreshMessages(), refreshState(), now.threads ? refreshThreads() : null]).catch(
    () => {},
  )
}

/** After the connection was gone, whatever happened meanwhile. */
let wasGone = false
function connection(stands) {
  document.body.classList.toggle('offline', !stands)
  if (stands && wasGone) Promise.all([refresh(), refreshModal()]).catch(() => {})
  wasGone = !stands
}

let stopListening = () => {}

/** Hears what changes for this person from now on; null: for nobody. */
export function listenFor(person) {
  stopListening()
  stopListening = person === null ? () => {} : live(person, changed, connection)
}
