import { drawn } from './draw.js'
import { valuesIn } from './fields.js'
import { morphChildren } from './morph.js'

const byId = (id) => document.getElementById(id)

/** Slack's confirmation before something acts. Resolves to whether the person agreed. */
export function confirmed(confirmation) {
  const dialog = byId('confirm')
  byId('confirm-title').textContent = confirmation.title?.text ?? 'Are you sure?'
  byId('confirm-text').textContent = confirmation.text?.text ?? ''
  byId('confirm-deny').textContent = confirmation.deny?.text ?? 'Cancel'
  byId('confirm-yes').textContent = confirmation.confirm?.text ?? 'Yes'
  byId('confirm-yes').className = confirmation.style === 'danger' ? 'danger' : 'primary'
  dialog.returnValue = 'deny'
  dialog.showModal()
  byId('confirm-yes').focus()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'confirm'), { once: true })
  })
}

/** Shows the topmost modal of a person; null closes it. What was entered stays where the field stays. */
export function showModal(view, { onSubmit, onClose }) {
  const dialog = byId('modal')
  if (view === null) {
    if (dialog.open) dialog.close()
    byId('modal-body').replaceChildren()
    return
  }
  const other = byId('modal-body').dataset.view !== view.id || !dialog.open
  byId('modal-title').textContent = view.title
  byId('modal-close').textContent = view.close
  byId('modal-submit').textContent = view.submit
  byId('modal-submit').hidden = view.submit === ''
  byId('modal-said').textContent = ''
  if (other) byId('modal-body').replaceChildren(drawn(view.html))
  else morphChildren(byId('modal-body'), [drawn(view.html)])
  byId('modal-body').dataset.view = view.id
  for (const button of [byId('modal-close'), byId('modal-x')]) button.onclick = () => onClose(view.id)
  dialog.oncancel = (event) => {
    event.preventDefault()
    onClose(view.id)
  }
  byId('modal-form').onsubmit = (event) => {
    event.preventDefault()
    submit(view.id, onSubmit)
  }
  if (!dialog.open) dialog.showModal()
  if (other) focusFirst()
}

/** As in Slack: the field that asks for it, or else the first, or else the first button. */
function focusFirst() {
  const fields = [...byId('modal-body').querySelectorAll('slack-control')]
  const asked = fields.find(({ element }) => element?.focus_on_load === true) ?? fields[0]
  if (asked === undefined) (byId('modal-submit').hidden ? byId('modal-close') : byId('modal-submit')).focus()
  else asked.focusFirst()
}

async function submit(id, onSubmit) {
  const fields = [...byId('modal-body').querySelectorAll('slack-field')]
  const own = Object.fromEntries(
    fields.map((field) => [field.block.block_id, field.fault()]).filter(([, why]) => why),
  )
  if (showErrors(fields, own)) return
  const button = byId('modal-submit')
  button.setAttribute('aria-busy', 'true')
  try {
    const { errors, error } = await onSubmit(id, valuesIn(byId('modal-body')))
    showErrors(fields, errors)
    if (error !== null) byId('modal-said').textContent = 'We had some trouble connecting. Try again?'
  } catch (error) {
    byId('modal-said').textContent = error.message
  } finally {
    button.removeAttribute('aria-busy')
  }
}

/** Puts each error under its field and goes to the first. Whether there is one. */
function showErrors(fields, errors) {
  for (const field of fields) field.complain(errors[field.block.block_id] ?? '')
  const first = fields.find((field) => errors[field.block.block_id])
  first?.focusFirst()
  return first !== undefined
}
