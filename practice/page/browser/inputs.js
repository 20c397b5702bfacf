import { make } from './draw.js'
import { icon } from './icons.js'
import { menuButton } from './menus.js'

let groups = 0

/** Text that is typed: one line, several, a number, an address. */
export function textInput(host, element) {
  const box = make(element.multiline || element.type === 'rich_text_input' ? 'textarea' : 'input', {
    className: 'typed',
  })
  box.value = typeof element.initial_value === 'string' ? element.initial_value : ''
  box.placeholder = element.placeholder?.text ?? ''
  if (element.type === 'number_input') box.inputMode = element.is_decimal_allowed ? 'decimal' : 'numeric'
  if (element.type === 'email_text_input') box.inputMode = 'email'
  if (element.type === 'url_text_input') box.inputMode = 'url'
  if (element.max_length !== undefined) box.maxLength = element.max_length
  host.name(box, box.placeholder)
  const on = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed']
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || box.nodeName === 'TEXTAREA' || event.isComposing) return
    if (host.dispatches && on.includes('on_enter_pressed')) {
      event.preventDefault()
      host.changed()
    }
  })
  box.addEventListener('input', () => {
    if (host.dispatches && on.includes('on_character_entered')) host.changed()
  })
  return {
    ...{ nodes: [box], first: box, isEmpty: () => box.value.trim() === '' },
    get: () =>
      element.type === 'rich_text_input'
        ? richText(box.value)
        : { value: box.value === '' ? null : box.value },
    set(state) {
      box.value = state.value ?? state.rich_text_value?.elements[0].elements[0].text ?? ''
    },
    fault: () => faultOf(element, box.value),
  }
}

const richText = (text) => ({
  rich_text_value:
    text === ''
      ? null
      : { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] },
})

/** What Slack itself says of a text before the app sees it; empty: nothing. */
function faultOf(element, value) {
  if (value === '') return ''
  if (element.min_length !== undefined && value.length < element.min_length)
    return `This needs at least ${element.min_length} characters.`
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value))
    return 'This is not an e-mail address.'
  if (element.type === 'url_text_input' && !URL.canParse(value)) return 'This is not an address of a page.'
  return element.type === 'number_input' ? numberFault(element, value) : ''
}

function numberFault({ is_decimal_allowed: decimal, min_value: least, max_value: most }, value) {
  const number = Number(value)
  if (!Number.isFinite(number) || (!decimal && !Number.isInteger(number)))
    return decimal ? 'This is not a number.' : 'This is not a whole number.'
  if (least !== undefined && number < Number(least)) return `This must be at least ${least}.`
  return most !== undefined && number > Number(most) ? `This must be at most ${most}.` : ''
}

/** Radio buttons and check boxes. */
export function choices(host, element) {
  const many = element.type === 'checkboxes'
  groups += 1
  const start = many ? (element.initial_options ?? []) : [element.initial_option].filter(Boolean)
  const rows = element.options.map((option) => {
    const box = make('input', { type: many ? 'checkbox' : 'radio', name: `choice-${groups}` })
    box.checked = start.some(({ value }) => value === option.value)
    box.addEventListener('change', () => host.changed())
    const note =
      option.description === undefined ? null : make('small', { textContent: option.description.text })
    const words = make('span', { textContent: option.text.text })
    return { option, box, row: make('label', { className: 'option' }, box, make('span', {}, words, note)) }
  })
  const group = make(
    'div',
    { className: 'choices-group', role: many ? 'group' : 'radiogroup' },
    ...rows.map(({ row }) => row),
  )
  host.name(group, many ? 'Check boxes' : 'Choices')
  const chosen = () => rows.filter(({ box }) => box.checked).map(({ option }) => option)
  return {
    ...{ nodes: [group], first: rows[0]?.box, isEmpty: () => chosen().length === 0 },
    get: () => (many ? { selected_options: chosen() } : { selected_option: chosen()[0] ?? null }),
    set(state) {
      const wanted = many ? state.selected_options : [state.selected_option].filter(Boolean)
      for (const { option, box } of rows) box.checked = wanted.some(({ value }) => value === option.value)
    },
  }
}

/** The three dots with what else can be done. */
export function overflow(host, element) {
  let chosen = null
  const button = make(
    'button',
    { type: 'button', className: 'overflow', 'aria-label': 'More actions' },
    icon('more'),
  )
  menuButton(button, 'More actions', () =>
    element.options.map((option) => ({
      label: option.text.text,
      note: option.description?.text,
      run() {
        chosen = option
        if (option.url !== undefined) window.open(option.url, '_blank', 'noopener')
        host.changed()
      },
    })),
  )
  return {
    ...{ nodes: [button], first: button, isEmpty: () => chosen === null, set() {} },
    get: () => ({ selected_option: chosen }),
  }
}
