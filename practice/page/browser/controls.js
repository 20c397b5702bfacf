import { desk } from './desk.js'
import { confirmed } from './dialogs.js'
import { make } from './draw.js'
import { suggestWith, valuesIn } from './fields.js'
import { tell } from './net.js'

/** Says beside a control that it did not work, as Slack does with a mark. */
function complain(control, words) {
  const place = control.closest('.message .content, #modal-body, .home')
  place?.querySelector('.complaint')?.remove()
  if (words !== '')
    place?.append(make('p', { className: 'complaint', role: 'alert', textContent: `⚠ ${words}` }))
}

/** Where a control stands, as the server asks for it. */
function placeOf(control) {
  const { block, action } = control.dataset
  const item = control.closest('.message')
  const where =
    item === null
      ? { view: control.closest('[data-view]')?.dataset.view }
      : { channel: item.dataset.channel, ts: item.dataset.ts, thread: item.dataset.thread }
  return { person: desk.person, ...where, block, action }
}

async function act(control, chosen) {
  const { confirm, url } = control.dataset
  const question = confirm === undefined ? control.element?.confirm : JSON.parse(confirm)
  if (question !== undefined && !(await confirmed(question))) return
  if (url !== undefined) window.open(url, '_blank', 'noopener')
  const around = control.closest('.content, [data-view]')
  control.setAttribute('aria-busy', 'true')
  complain(control, '')
  try {
    const values = around === null ? {} : valuesIn(around)
    const delivery = await tell('act', {
      ...placeOf(control),
      values,
      ...(chosen === null ? {} : { chosen }),
    })
    if (delivery.error !== null) complain(control, `That did not work: ${delivery.error}`)
  } catch (error) {
    complain(control, error.message)
  } finally {
    control.removeAttribute('aria-busy')
  }
}

/** Makes everything that is drawn from blocks act, for whoever the person is just then. */
export function controls() {
  suggestWith((control, typed) =>
    tell('suggest', { ...placeOf(control), typed }).catch((error) => ({
      error: error.message,
      options: [],
      groups: [],
    })),
  )
  document.addEventListener('click', (event) => {
    const control = event.target instanceof Element ? event.target.closest('button.control') : null
    if (control !== null && !control.hasAttribute('aria-busy')) act(control, null)
  })
  document.addEventListener('choose', (event) => act(event.target, event.detail))
}
