import { calendar, iso, ofIso, shortDay } from './calendar.js'
import { make } from './draw.js'
import { icon } from './icons.js'
import { listbox } from './listbox.js'

/** A field that opens something under it. */
function opener(host, kind, placeholder, open) {
  const words = make('span', { className: 'select-words' })
  const button = make('button', { type: 'button', className: 'select' }, icon(kind), words)
  button.setAttribute('aria-haspopup', kind === 'calendar' ? 'dialog' : 'listbox')
  button.addEventListener('click', () => open(button))
  return {
    button,
    show(value) {
      words.textContent = value || placeholder
      words.classList.toggle('placeholder', value === '')
      host.name(button, placeholder, value)
    },
  }
}

function datePart(host, placeholder, given, changed) {
  let date = given
  const show = () => field.show(date === null ? '' : shortDay(date))
  const set = (value) => {
    date = value
    show()
  }
  const field = opener(host, 'calendar', placeholder, (button) =>
    calendar(button, date, (chosen) => {
      set(chosen)
      changed()
    }),
  )
  show()
  return { button: field.button, get: () => date, set }
}

const TIMES = Array.from(
  { length: 48 },
  (_, half) => `${String(half >> 1).padStart(2, '0')}:${half % 2 ? '30' : '00'}`,
)

/** Half hours to choose from, and any minute that is typed: `9:05`, `0905`. */
function timesFor(typed) {
  const [, hours, minutes] = /^([01]?\d|2[0-3])[:.h]?([0-5]\d)$/.exec(typed.trim()) ?? []
  const exact = hours === undefined ? [] : [`${hours.padStart(2, '0')}:${minutes}`]
  const fitting = TIMES.filter((time) => time.includes(typed.trim()) && !exact.includes(time))
  return [...exact, ...fitting].map((value) => ({ value, label: value, note: '' }))
}

function timePart(host, placeholder, given, changed) {
  let time = given
  const set = (value) => {
    time = value
    field.show(time ?? '')
  }
  const field = opener(host, 'clock', placeholder, (button) =>
    listbox(button, {
      ...{ label: host.label || placeholder, many: false, isChosen: (value) => value === time },
      source: { at: async (typed) => [{ name: '', options: timesFor(typed) }] },
      onChoose({ value }) {
        set(value)
        changed()
      },
    }),
  )
  set(time)
  return { button: field.button, get: () => time, set }
}

export function datePicker(host, element) {
  const { initial_date: initial, placeholder } = element
  const part = datePart(host, placeholder?.text ?? 'Select a date', initial ? ofIso(initial) : null, () =>
    host.changed(),
  )
  return {
    ...{ nodes: [part.button], first: part.button, isEmpty: () => part.get() === null },
    get: () => ({ selected_date: part.get() === null ? null : iso(part.get()) }),
    set: ({ selected_date: date }) => part.set(date === null ? null : ofIso(date)),
  }
}

export function timePicker(host, element) {
  const { initial_time: initial, placeholder, timezone } = element
  const part = timePart(host, placeholder?.text ?? 'Select a time', initial ?? null, () => host.changed())
  return {
    ...{ nodes: [part.button], first: part.button, isEmpty: () => part.get() === null },
    get: () => ({ selected_time: part.get(), ...(timezone === undefined ? {} : { timezone }) }),
    set: ({ selected_time: time }) => part.set(time),
  }
}

/** A date and a time of the reader's own zone, reported as seconds since 1970. */
export function dateTimePicker(host, element) {
  const start = element.initial_date_time === undefined ? null : new Date(element.initial_date_time * 1000)
  const day = datePart(host, 'Select a date', dayOf(start), changed)
  const time = timePart(host, 'Select a time', clockOf(start), changed)
  function moment() {
    if (day.get() === null || time.get() === null) return null
    return Math.floor(new Date(`${iso(day.get())}T${time.get()}`).getTime() / 1000)
  }
  function changed() {
    if (moment() !== null) host.changed()
  }
  return {
    ...{ nodes: [day.button, time.button], first: day.button, isEmpty: () => moment() === null },
    get: () => ({ selected_date_time: moment() }),
    set({ selected_date_time: seconds }) {
      const at = seconds === null ? null : new Date(seconds * 1000)
      day.set(dayOf(at))
      time.set(clockOf(at))
    },
  }
}

const two = (number) => String(number).padStart(2, '0')
const dayOf = (at) => (at === null ? null : new Date(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate())))
const clockOf = (at) => (at === null ? null : `${two(at.getHours())}:${two(at.getMinutes())}`)
