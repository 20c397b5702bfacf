import { make } from './draw.js'
import { prepare } from './going.js'
import { look, order, whenever } from './net.js'
import { makeWay, showFault } from './panel.js'

/** The tour: one step at a time, ticked by what really happens. It can be left and taken up again. */

const byId = (id) => document.getElementById(id)
const card = byId('tour')
const opener = byId('tour-open')
const heard = make('p', { className: 'hidden-words', role: 'status' })
const seen = make('p', { className: 'tour-seen' })
const title = make('h2', { id: 'tour-title', tabIndex: -1 })
const words = make('p', { className: 'tour-words' })
const line = make('p', { className: 'tour-line' })
const buttons = make('div', { className: 'tour-buttons' })
const steps = make('ol', {})
const all = make('details', {}, make('summary', { textContent: 'All steps' }), steps)
const button = (textContent, then, className = 'choice') => {
  const element = make('button', { type: 'button', className, textContent })
  element.addEventListener('click', then)
  return element
}
const doIt = button('Do it for me', () => doFor(now()), 'choice primary')
const skip = button('Skip', () => order('/tour/skip').then(show))
const again = button('Begin again', () => order('/tour/begin').then(show))
const leave = button('Leave', () => {
  open(false)
  opener.focus()
})
buttons.append(doIt, skip, again, leave)
card.append(
  make('div', { className: 'tour-text' }, seen, title, words, line),
  make('div', { className: 'tour-side' }, buttons, all),
  heard,
)

let tour = { begun: false, done: 0, steps: [] }
const now = () => tour.steps[tour.done]

/** The line stands in the box, or the button of the panel is ready: to send it and to press it is left to the person. */
async function doFor(step) {
  if (step.line === null) return showFault(step.fault)
  makeWay()
  await prepare(step)
}

function show(state) {
  const before = tour.begun ? tour.done : state.done
  tour = state
  const last = tour.steps[tour.done - 1]
  const ended = tour.begun && tour.done === tour.steps.length
  seen.hidden = last === undefined
  if (last !== undefined) showLast(last)
  if (ended) showEnd()
  else if (tour.steps.length > 0) showStep(now())
  for (const part of [doIt, skip]) part.hidden = ended
  line.hidden = ended || now()?.line === null
  again.hidden = tour.done === 0
  steps.replaceChildren(...tour.steps.map(entry))
  showOpener(ended)
  if (tour.done > before) heard.textContent = `${seen.textContent} ${title.textContent}. ${words.textContent}`
}

function showLast({ how, title: name, seen: what }) {
  if (how === 'skipped') return seen.replaceChildren(`${name}: skipped.`)
  seen.replaceChildren(make('strong', { textContent: `✓ ${name}.` }), ` ${what}`)
}

function showStep(step) {
  title.replaceChildren(
    make('span', { className: 'tour-count', textContent: `Step ${tour.done + 1} of ${tour.steps.length}` }),
    ` ${step.title}`,
  )
  words.textContent = step.words
  const code = make('code', { textContent: step.line ?? '' })
  line.replaceChildren(`${step.who}, in ${step.where}: `, code)
}

function showEnd() {
  title.replaceChildren('That was the tour')
  words.textContent =
    '“Break it” has more troubles, and each says what you should see. /bakery help says what each person may do here.'
}

function entry(step, index) {
  const mark = { done: '✓ ', skipped: '– ' }[step.how] ?? ''
  const element = make('li', { textContent: `${mark}${step.title}` })
  if (index === tour.done) element.setAttribute('aria-current', 'step')
  if (step.how !== null)
    element.append(make('span', { className: 'hidden-words', textContent: `, ${step.how}` }))
  return element
}

function showOpener(ended) {
  opener.hidden = tour.steps.length === 0
  const progress = ended ? 'Tour: done' : `Tour: step ${tour.done + 1} of ${tour.steps.length}`
  opener.textContent = tour.begun ? progress : 'Take the tour, 10 minutes'
}

function open(wanted) {
  card.hidden = !wanted
  opener.setAttribute('aria-expanded', String(wanted))
  sessionStorage.setItem('tour', wanted ? 'open' : '')
}

opener.addEventListener('click', async () => {
  if (!card.hidden) return open(false)
  if (!tour.begun) show(await order('/tour/begin'))
  open(true)
  title.focus()
})
card.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  event.stopPropagation()
  leave.click()
})
const refresh = async () => show(await look('/tour').catch(() => tour))
whenever('tour', refresh)
await refresh()
open(tour.begun && sessionStorage.getItem('tour') === 'open')
