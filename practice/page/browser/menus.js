import { make } from './draw.js'
import { popup } from './popup.js'

/** `{ label, note?, run }`, or `{ heading }` between them. */
function itemElement(item, close) {
  if (item.heading !== undefined)
    return make('div', { className: 'menu-heading', role: 'presentation', textContent: item.heading })
  const note = item.note === undefined ? null : make('small', { textContent: item.note })
  const button = make('button', { type: 'button', role: 'menuitem', tabIndex: -1 }, item.label, note)
  button.addEventListener('click', () => {
    close()
    item.run()
  })
  return button
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }

/** Opens a menu at `button`; `items` are made when it opens. Arrows go round, Escape goes back to the button. */
export function openMenu(button, label, items) {
  const menu = make('div', { className: 'menu', role: 'menu', 'aria-label': label })
  button.setAttribute('aria-expanded', 'true')
  const close = popup(button, menu, () => button.setAttribute('aria-expanded', 'false'))
  const leave = () => {
    close()
    button.focus()
  }
  menu.append(...items.map((item) => itemElement(item, leave)))
  const choices = [...menu.querySelectorAll('[role=menuitem]')]
  choices[0]?.focus()
  menu.addEventListener('keydown', (event) => {
    const at = choices.indexOf(document.activeElement)
    const step = STEPS[event.key]
    if (event.key === 'Tab') return close()
    if (event.key === 'Escape') leave()
    else if (step === undefined) return byLetter(event, choices, at)
    else choices.at(Math.abs(step) === 1 ? (at + step) % choices.length : step > 0 ? -1 : 0)?.focus()
    event.preventDefault()
    event.stopPropagation()
  })
}

function byLetter(event, choices, at) {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey) return
  const letter = event.key.toLowerCase()
  const starts = (choice) => choice.textContent.toLowerCase().startsWith(letter)
  const found = choices.slice(at + 1).find(starts) ?? choices.find(starts)
  found?.focus()
}

/** Makes a button open a menu, by a click, Enter, the space bar or the arrow down. */
export function menuButton(button, label, items) {
  button.setAttribute('aria-haspopup', 'menu')
  button.setAttribute('aria-expanded', 'false')
  button.addEventListener('click', () => openMenu(button, label, items()))
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown') return
    event.preventDefault()
    openMenu(button, label, items())
  })
  return button
}
