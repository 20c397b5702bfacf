import { confirmed } from './dialogs.js'
import { make } from './draw.js'
import { tell } from './net.js'

/** Says under a message that its control did not work, as Slack does with a mark. */
function complain(control, words) {
  const place = control.closest('.message .content, #modal-body, .home')
  place?.querySelector('.complaint')?.remove()
  place?.append(make('p', { className: 'complaint', role: 'alert', textContent: `⚠ ${words}` }))
}

async function act(person, control, option) {
  const confirmation = control.dataset.confirm
  if (confirmation !== undefined && !(await confirmed(JSON.parse(confirmation)))) return
  if (control.dataset.url !== undefined) window.open(control.dataset.url, '_blank', 'noopener')
  const { block, action } = control.dataset
  const item = control.closest('.message')
  const view = control.closest('[data-view]')?.dataset.view
  const place =
    item === null
      ? { view }
      : { channel: item.dataset.channel, ts: item.dataset.ts, thread: item.dataset.thread }
  control.setAttribute('aria-busy', 'true')
  try {
    const delivery = await tell('act', { person, ...place, block, action, option: option ?? '' })
    if (delivery.error !== null) complain(control, `That did not work: ${delivery.error}`)
  } catch (error) {
    complain(control, error.message)
  } finally {
    control.removeAttribute('aria-busy')
  }
}

/** Makes every drawn button and menu act, for whoever is the person just then. */
export function controls(person) {
  document.addEventListener('click', (event) => {
    const control = event.target instanceof Element ? event.target.closest('button.control') : null
    if (control !== null) act(person(), control)
  })
  document.addEventListener('change', (event) => {
    const menu = event.target
    if (menu instanceof HTMLSelectElement && menu.matches('select.control')) act(person(), menu, menu.value)
  })
}
