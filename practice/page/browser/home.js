import { desk } from './desk.js'
import { drawn, make } from './draw.js'
import { morphChildren } from './morph.js'
import { ask } from './net.js'

const byId = (id) => document.getElementById(id)
const TABS = ['home', 'messages']

/** Which of the app's two tabs is shown. */
export function showTab(home) {
  for (const tab of TABS) {
    const isShown = (tab === 'home') === home
    byId(`tab-${tab}`).setAttribute('aria-selected', String(isShown))
    byId(`tab-${tab}`).tabIndex = isShown ? 0 : -1
  }
  byId('home').hidden = !home
  for (const id of ['messages', 'intro', 'composer']) byId(id).hidden = home
}

/** Draws the app's home tab for the person. `opened`: the tab that was just opened, which the bot hears of. */
export async function refreshHome(opened) {
  const person = desk.person
  const view = await ask('home', { person, opened })
  if (person !== desk.person) return
  byId('home').dataset.view = view?.id ?? ''
  const nothing = make('p', { textContent: `${desk.state.bot} has nothing on its home tab for you.` })
  morphChildren(byId('home'), [view === null ? nothing : drawn(view.html)])
}

/** Tabs as a keyboard expects them: the arrows go from one to the other. */
export function tabs(onTab) {
  for (const tab of TABS) {
    const button = byId(`tab-${tab}`)
    const other = byId(`tab-${TABS[1 - TABS.indexOf(tab)]}`)
    button.addEventListener('click', () => onTab(tab))
    button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
      other.focus()
      other.click()
    })
  }
}
