import { datePicker, dateTimePicker, timePicker } from './dates.js'
import { make } from './draw.js'
import { choices, overflow, textInput } from './inputs.js'
import { select } from './selects.js'
import { fileInput } from './uploads.js'

const KINDS = {
  ...{ datepicker: datePicker, timepicker: timePicker, datetimepicker: dateTimePicker },
  ...{ radio_buttons: choices, checkboxes: choices, overflow },
  ...{ plain_text_input: textInput, number_input: textInput, email_text_input: textInput },
  ...{ url_text_input: textInput, rich_text_input: textInput, file_input: fileInput },
}
const kindOf = (type) => KINDS[type] ?? (type.endsWith('_select') ? select : null)

let numbers = 0
let loadOptions = async () => ({ options: [], groups: [], error: 'dispatch_failed' })

/** How a menu whose options the bot knows asks for them: `(control, typed) => { options, groups, error }`. */
export const suggestWith = (load) => {
  loadOptions = load
}

/**
 * Everything of Block Kit that can be chosen or typed in. Says `choose` (with what Slack would report) when something was
 * chosen; `state` is what stands in it, `carried` what it begins with in place of its own beginning.
 */
class SlackControl extends HTMLElement {
  connectedCallback() {
    if (this.built !== undefined) return
    this.element = JSON.parse(this.dataset.element)
    const kind = kindOf(this.element.type)
    if (kind === null) {
      this.textContent = `(${this.element.type} is not drawn here)`
      this.built = null
      return
    }
    this.classList.add('slack-control', `of-${this.element.type}`)
    this.built = kind(this, this.element)
    if (this.carried !== undefined) this.built.set(this.carried)
    this.append(...this.built.nodes)
  }

  get state() {
    return { type: this.element.type, ...this.built?.get() }
  }

  get label() {
    return this.field?.words ?? ''
  }

  /** Whether a change is told at once: always outside an input block. */
  get dispatches() {
    return this.field === undefined || this.field.dispatches
  }

  suggest = (typed) => loadOptions(this, typed)

  /** Gives a part of the control its name: the label of its field, or else `own`, and what stands in it. */
  name(part, own, value = '') {
    const said = [this.label || own, value].filter(Boolean).join(': ')
    part.setAttribute('aria-label', said)
  }

  describe(ids, invalid) {
    for (const part of this.querySelectorAll('input.typed, textarea, button.select, [role$=group]')) {
      part.setAttribute('aria-describedby', ids)
      part.setAttribute('aria-invalid', String(invalid))
    }
  }

  require() {
    for (const part of this.querySelectorAll('input.typed, textarea, [role=radiogroup]'))
      part.setAttribute('aria-required', 'true')
  }

  changed() {
    if (!this.dispatches) return
    this.dispatchEvent(new CustomEvent('choose', { bubbles: true, detail: this.built.get() }))
  }

  focusFirst() {
    this.built?.first?.focus()
  }
}

/** An input block: a label, something to fill in, a hint, and what is wrong with it. */
class SlackField extends HTMLElement {
  connectedCallback() {
    if (this.control !== undefined) return
    const block = JSON.parse(this.dataset.input)
    numbers += 1
    this.block = block
    this.words = block.label.text
    this.dispatches = block.dispatch_action === true
    const label = make('span', { className: 'field-label', textContent: block.label.text })
    if (block.optional === true)
      label.append(make('span', { className: 'optional', textContent: ' (optional)' }))
    const hint = make('small', {
      id: `hint-${numbers}`,
      textContent: block.hint?.text ?? '',
      hidden: block.hint === undefined,
    })
    this.complaint = make('small', { id: `error-${numbers}`, className: 'error', role: 'alert' })
    this.control = document.createElement('slack-control')
    Object.assign(this.control.dataset, {
      ...{ block: block.block_id, action: block.element.action_id, element: JSON.stringify(block.element) },
    })
    this.control.field = this
    this.control.carried = this.carried
    this.append(label, this.control, this.complaint, hint)
    label.addEventListener('click', () => this.control.focusFirst())
    this.control.describe(`${hint.id} ${this.complaint.id}`, false)
    if (block.optional !== true) this.control.require()
  }

  get state() {
    return this.control.state
  }

  focusFirst() {
    this.control.focusFirst()
  }

  /** What can be said of it without asking the app; empty: nothing. */
  fault() {
    const { built } = this.control
    if (built?.isEmpty?.()) return this.block.optional === true ? '' : 'This is a required field.'
    return built?.fault?.() ?? ''
  }

  complain(words) {
    this.complaint.textContent = words
    this.classList.toggle('wrong', words !== '')
    this.control.describe(
      this.control.querySelector('[aria-describedby]')?.getAttribute('aria-describedby') ?? '',
      words !== '',
    )
  }
}

/** Slack's `state.values` of everything inside: block id, then action id, then what stands there. */
export function valuesIn(place) {
  const values = {}
  for (const control of place.querySelectorAll('slack-control')) {
    if (!control.built || control.element.type === 'overflow') continue
    const { block, action } = control.dataset
    values[block] = { ...values[block], [action]: control.state }
  }
  return values
}

customElements.define('slack-control', SlackControl)
customElements.define('slack-field', SlackField)
