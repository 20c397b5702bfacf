import { make } from './draw.js'
import { icon } from './icons.js'
import { popup } from './popup.js'

const DAY = 86_400_000
const KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** Days are counted in UTC here, so that no change of the clocks moves them. `2026-11-23` ↔ Date. */
export const iso = (date) => date.toISOString().slice(0, 10)
export const ofIso = (text) => new Date(`${text}T00:00:00Z`)
const inWords = (date, options) => date.toLocaleDateString('en-US', { timeZone: 'UTC', ...options })
export const shortDay = (date) => inWords(date, { month: 'short', day: 'numeric', year: 'numeric' })
const longDay = (date) => inWords(date, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' })

function today() {
  const now = new Date()
  return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()))
}

/** The same day of another month, or its last. */
function inMonth(date, step) {
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + step, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return new Date(first.getTime() + (Math.min(date.getUTCDate(), last) - 1) * DAY)
}

/** A month to choose a day from, under `anchor`; arrows go by days and weeks, page keys by months. */
export function calendar(anchor, chosen, onChoose, onClose) {
  let shown = chosen ?? today()
  const title = make('h3', { 'aria-live': 'polite' })
  const grid = make('div', { role: 'grid', 'aria-label': 'Days' })
  const turn = (name, step) => {
    const button = make(
      'button',
      { type: 'button', className: 'icon', 'aria-label': name },
      icon(step < 0 ? 'left' : 'right'),
    )
    button.addEventListener('click', () => show(inMonth(shown, step), false))
    return button
  }
  const head = make('div', { className: 'month' }, turn('Previous month', -1), title, turn('Next month', 1))
  const box = make(
    'div',
    { className: 'calendar', role: 'dialog', 'aria-label': 'Choose a date' },
    head,
    grid,
  )

  function show(date, focus) {
    shown = date
    title.textContent = inWords(date, { month: 'long', year: 'numeric' })
    grid.replaceChildren(weekdays(), ...weeksOf(date).map(week))
    if (focus) grid.querySelector('[tabindex="0"]').focus()
  }

  const week = (days) => make('div', { role: 'row' }, ...days.map(day))

  function day(date) {
    const of = iso(date)
    const button = make(
      'button',
      { type: 'button', tabIndex: of === iso(shown) ? 0 : -1 },
      String(date.getUTCDate()),
    )
    button.setAttribute('aria-label', longDay(date))
    if (date.getUTCMonth() !== shown.getUTCMonth()) button.classList.add('other')
    if (of === iso(today())) button.setAttribute('aria-current', 'date')
    button.addEventListener('click', () => leave(date))
    const selected = String(chosen !== null && of === iso(chosen))
    return make('div', { role: 'gridcell', 'aria-selected': selected }, button)
  }

  const close = popup(anchor, box, onClose)
  function leave(date) {
    close()
    anchor.focus()
    if (date !== null) onChoose(date)
  }
  box.addEventListener('keydown', (event) => {
    const step = KEYS[event.key]
    if (event.key === 'Escape') leave(null)
    else if (step !== undefined && grid.contains(event.target))
      show(new Date(shown.getTime() + step * DAY), true)
    else if (event.key === 'PageUp' || event.key === 'PageDown')
      show(inMonth(shown, event.key === 'PageUp' ? -1 : 1), true)
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  show(shown, true)
}

const weekdays = () =>
  make(
    'div',
    { role: 'row' },
    ...WEEKDAYS.map((name) =>
      make('span', { role: 'columnheader', 'aria-label': name, textContent: name.slice(0, 2) }),
    ),
  )

/** Six weeks from the Monday before the first of the month. */
function weeksOf(date) {
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1))
  const monday = first.getTime() - ((first.getUTCDay() + 6) % 7) * DAY
  return Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => new Date(monday + (week * 7 + day) * DAY)),
  )
}
