import { clock, make } from './draw.js'
import { prepare } from './going.js'
import { icon } from './icons.js'
import { look, order, whenever } from './net.js'

/** “Break it”: everything that can be broken, what one should see, and the way back. */

const byId = (id) => document.getElementById(id)
const panel = byId('panel')
const opener = byId('panel-open')
/** A fault's name → what its row is made of; made once, so that the focus stays where it is. */
const rows = new Map()

const title = make('h2', { id: 'panel-title', tabIndex: -1, textContent: 'Break it' })
const summary = make('p', {})
const close = make(
  'button',
  { type: 'button', className: 'icon', 'aria-label': 'Close Break it' },
  icon('close'),
)
const list = make('div', { className: 'panel-list' })
const status = make('p', { className: 'panel-status', role: 'status' })
const reset = make('button', { type: 'button', className: 'choice', id: 'panel-reset' }, 'Mend everything')
panel.append(
  make('header', { className: 'head' }, make('div', { className: 'where' }, title, summary), close),
  list,
  make('footer', { className: 'panel-foot' }, status, reset),
)

function rowOf(fault) {
  const name = make('h4', { id: `fault-${fault.name}`, textContent: fault.title })
  const state = make('span', { className: 'fault-state' })
  const button = make('button', { type: 'button', className: 'choice' })
  const says = make('p', { className: 'fault-says' })
  const attempt = make('button', { type: 'button', className: 'try' }, make('code', { textContent: '' }))
  const row = make(
    'li',
    { className: 'fault', 'aria-labelledby': `fault-${fault.name}` },
    make('div', { className: 'fault-head' }, name, state, button),
    make('p', { className: 'fault-does', textContent: fault.does }),
    says,
    attempt,
  )
  row.dataset.fault = fault.name
  button.addEventListener('click', () => change(fault.name))
  attempt.addEventListener('click', () => tryIt(`/bakery ${fault.ask}`))
  return { ...{ row, state, button, says, attempt }, fault, hint: null }
}

async function tryIt(line) {
  makeWay()
  await prepare({ line })
}

/** On a phone the panel covers the composer: it goes, when a line is to be sent. */
export function makeWay() {
  if (matchMedia('(max-width: 1000px)').matches) show(false)
}

function showRow(parts) {
  const { row, state, button, says, attempt, fault } = parts
  const { broken } = fault
  const verb = broken ? 'Mend' : 'Break'
  row.classList.toggle('broken', broken)
  state.textContent = broken ? `broken since ${clock(new Date(fault.since))}` : ''
  button.textContent = verb
  button.setAttribute('aria-label', `${verb}: ${fault.title}`)
  button.classList.toggle('primary', broken)
  says.hidden = !broken && parts.hint === null
  says.replaceChildren(
    make('strong', { textContent: broken ? 'What you should see: ' : 'Mended. ' }),
    broken ? fault.see : (parts.hint ?? ''),
  )
  attempt.hidden = !broken || fault.ask === null
  attempt.firstChild.textContent = `/bakery ${fault.ask}`
  attempt.setAttribute('aria-label', `Put /bakery ${fault.ask} into the message box`)
}

/** One change of one fault; the button says that it is under way. */
async function change(name) {
  const parts = rows.get(name)
  const { fault, button } = parts
  if (button.getAttribute('aria-disabled') === 'true') return
  const verb = fault.broken ? 'mend' : 'break'
  await underWay(button, `${fault.broken ? 'Mending' : 'Breaking'} ${fault.title}…`, async () => {
    const { broken, says } = await order(`/${verb}/${name}`)
    parts.hint = broken ? null : says
    return [`${fault.title} is ${broken ? 'broken' : 'mended'}.`, says]
  })
  parts.row.scrollIntoView({ block: 'nearest' })
}

/** The button waits while the work is under way; what came of it is said, what stands elsewhere only to who cannot see it. */
async function underWay(button, words, work) {
  button.setAttribute('aria-disabled', 'true')
  say(words)
  try {
    const [short, more = ''] = await work()
    say(short)
    status.append(make('span', { className: 'hidden-words', textContent: ` ${more}` }))
  } catch (error) {
    say(error.message, true)
  } finally {
    button.removeAttribute('aria-disabled')
    await refresh()
  }
}

function say(words, bad = false) {
  status.textContent = words
  status.classList.toggle('bad', bad)
}

function draw(faults) {
  const groups = Map.groupBy(faults, ({ group }) => group)
  list.replaceChildren(
    ...[...groups].map(([group, members]) => {
      const parts = members.map((fault) => {
        rows.set(fault.name, rowOf(fault))
        return rows.get(fault.name).row
      })
      return make('section', {}, make('h3', { textContent: group }), make('ul', {}, ...parts))
    }),
  )
}

async function refresh() {
  const faults = await look('/faults').catch(() => null)
  if (faults === null) return
  if (rows.size !== faults.length) draw(faults)
  for (const fault of faults) {
    const parts = rows.get(fault.name)
    if (parts.fault.broken !== fault.broken && fault.broken) parts.hint = null
    parts.fault = fault
    showRow(parts)
  }
  const broken = faults.filter((fault) => fault.broken)
  summary.textContent = broken.length === 0 ? 'Nothing is broken.' : `${broken.length} broken.`
  reset.setAttribute('aria-disabled', String(broken.length === 0))
  opener.hidden = faults.length === 0
  opener.textContent = broken.length === 0 ? 'Break it' : `Break it · ${broken.length} broken`
  opener.classList.toggle('alarm', broken.length > 0)
}

function show(open) {
  panel.hidden = !open
  opener.setAttribute('aria-expanded', String(open))
  sessionStorage.setItem('panel', open ? 'open' : '')
}

/** Opens the panel at one fault, with its button ready to be pressed. */
export function showFault(name) {
  show(true)
  const parts = rows.get(name)
  parts?.row.scrollIntoView({ block: 'center' })
  parts?.button.focus()
}

function leave() {
  show(false)
  opener.focus()
}

opener.addEventListener('click', () => {
  show(panel.hidden)
  if (!panel.hidden) title.focus()
})
close.addEventListener('click', leave)
panel.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  event.stopPropagation()
  leave()
})
reset.addEventListener('click', () => {
  if (reset.getAttribute('aria-disabled') === 'true') return
  underWay(reset, 'Mending everything…', async () => [(await order('/reset')).says])
})
whenever('faults', refresh)
show(sessionStorage.getItem('panel') === 'open')
refresh()
