import { drawn, make } from './draw.js'

const byId = (id) => document.getElementById(id)

/** Slack's confirmation before a button acts. Resolves to whether the person agreed. */
export function confirmed(confirmation) {
  const dialog = byId('confirm')
  byId('confirm-title').textContent = confirmation.title?.text ?? 'Are you sure?'
  byId('confirm-text').textContent = confirmation.text?.text ?? ''
  byId('confirm-deny').textContent = confirmation.deny?.text ?? 'Cancel'
  byId('confirm-yes').textContent = confirmation.confirm?.text ?? 'Yes'
  byId('confirm-yes').className = confirmation.style === 'danger' ? 'danger' : 'primary'
  dialog.returnValue = 'deny'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'confirm'), { once: true })
  })
}

/** Shows the topmost modal of a person; null closes it. */
export function showModal(view, { onSubmit, onClose }) {
  const dialog = byId('modal')
  if (view === null) {
    if (dialog.open) dialog.close()
    return
  }
  byId('modal-title').textContent = view.title
  byId('modal-close').textContent = view.close
  byId('modal-submit').textContent = view.submit
  byId('modal-submit').hidden = view.submit === ''
  byId('modal-body').replaceChildren(...view.parts.map(part))
  byId('modal-body').dataset.view = view.id
  byId('modal-close').onclick = () => onClose(view.id)
  dialog.oncancel = (event) => {
    event.preventDefault()
    onClose(view.id)
  }
  byId('modal-form').onsubmit = async (event) => {
    event.preventDefault()
    showErrors(await onSubmit(view.id, valuesOf(byId('modal-body'))))
  }
  if (!dialog.open) dialog.showModal()
}

export const part = ({ html, input }) => (input === undefined ? drawn(html) : field(input))

function field(block) {
  const control = inputOf(block.element)
  control.dataset.block = block.block_id
  control.dataset.action = block.element.action_id
  control.dataset.type = block.element.type
  control.required = block.optional !== true
  const label = make(
    'label',
    { className: 'field' },
    make('span', { textContent: block.label.text }),
    control,
  )
  if (block.hint !== undefined) label.append(make('small', { textContent: block.hint.text }))
  label.append(make('small', { className: 'error', role: 'alert', 'data-error': block.block_id }))
  return label
}

function inputOf(element) {
  if (element.type.endsWith('select')) {
    const options = element.options ?? []
    const chosen = element.initial_option?.value
    return make(
      'select',
      {},
      ...options.map(({ text, value }) =>
        make('option', { value, textContent: text.text, selected: value === chosen }),
      ),
    )
  }
  const area = make(element.multiline ? 'textarea' : 'input', { value: element.initial_value ?? '' })
  area.placeholder = element.placeholder?.text ?? ''
  if (element.max_length !== undefined) area.maxLength = element.max_length
  return area
}

/** Slack's `state.values`: block id, then action id, then what was entered. */
function valuesOf(body) {
  const values = {}
  for (const control of body.querySelectorAll('[data-type]')) {
    const { block, action, type } = control.dataset
    values[block] ??= {}
    values[block][action] = type.endsWith('select')
      ? {
          type,
          selected_option: {
            value: control.value,
            text: { type: 'plain_text', text: control.selectedOptions[0]?.textContent ?? '' },
          },
        }
      : { type, value: control.value }
  }
  return values
}

function showErrors(errors) {
  for (const place of byId('modal-body').querySelectorAll('[data-error]')) {
    place.textContent = errors[place.dataset.error] ?? ''
  }
}
