import { make } from './draw.js'
import { icon } from './icons.js'
import { listbox } from './listbox.js'
import { ofOption, sources } from './options.js'

/** A select of any kind, one choice or many, as Slack draws it: a field that opens a list with a search. */
export function select(host, element) {
  const many = element.type.startsWith('multi_')
  const source = sources(element, host.suggest)
  const most = element.max_selected_items ?? Infinity
  let chosen = initial(element).map((value) =>
    typeof value === 'object' ? ofOption(value) : (source.find(value) ?? { value, label: value, note: '' }),
  )
  const words = make('span', { className: 'select-words' })
  const button = make('button', { type: 'button', className: 'select' }, words, icon('chevron'))
  button.setAttribute('aria-haspopup', 'listbox')
  button.setAttribute('aria-expanded', 'false')
  const tokens = make('span', { className: 'tokens' })
  let close = null

  function draw() {
    const placeholder = element.placeholder?.text ?? (many ? 'Select options' : 'Select an option')
    const none = chosen.length === 0
    words.textContent = many || none ? placeholder : chosen[0].label
    words.classList.toggle('placeholder', many || none)
    host.name(button, placeholder, none ? '' : chosen.map(({ label }) => label).join(', '))
    tokens.replaceChildren(...(many ? chosen.map(token) : []))
  }

  function token(option) {
    const remove = make('button', { type: 'button', 'aria-label': `Remove ${option.label}` }, icon('close'))
    remove.addEventListener('click', () => {
      chosen = chosen.filter(({ value }) => value !== option.value)
      draw()
      host.changed()
      button.focus()
    })
    return make('span', { className: 'token' }, option.label, remove)
  }

  function choose(option) {
    const there = chosen.some(({ value }) => value === option.value)
    if (!many) chosen = there && host.field?.block.optional === true ? [] : [option]
    else if (there) chosen = chosen.filter(({ value }) => value !== option.value)
    else if (chosen.length < most) chosen = [...chosen, option]
    draw()
    if (!many) host.changed()
  }

  function open() {
    if (close !== null) return close()
    const before = JSON.stringify(chosen)
    button.setAttribute('aria-expanded', 'true')
    close = listbox(button, {
      ...{ label: host.label || element.placeholder?.text || 'Options', source, many, onChoose: choose },
      isChosen: (wanted) => chosen.some(({ value }) => value === wanted),
      onClose() {
        close = null
        button.setAttribute('aria-expanded', 'false')
        if (many && JSON.stringify(chosen) !== before) host.changed()
      },
    })
  }
  button.addEventListener('click', open)
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    open()
  })
  draw()
  const key = KEYS.find(([kind]) => element.type.endsWith(kind))?.[1] ?? 'option'
  return {
    nodes: many ? [tokens, button] : [button],
    first: button,
    get: () => {
      const values = chosen.map(({ value, option }) => (key === 'option' ? option : value))
      return many ? { [`selected_${key}s`]: values } : { [`selected_${key}`]: values[0] ?? null }
    },
    set(state) {
      const values = state[`selected_${key}s`] ?? [state[`selected_${key}`]].filter(Boolean)
      chosen = values.map((value) =>
        typeof value === 'object'
          ? ofOption(value)
          : (source.find(value) ?? { value, label: value, note: '' }),
      )
      draw()
    },
    isEmpty: () => chosen.length === 0,
  }
}

const KEYS = [
  ['users_select', 'user'],
  ['channels_select', 'channel'],
  ['conversations_select', 'conversation'],
]

const initial = (element) =>
  ['options', 'users', 'channels', 'conversations']
    .flatMap((kind) => element[`initial_${kind}`] ?? [])
    .concat(['option', 'user', 'channel', 'conversation'].flatMap((kind) => element[`initial_${kind}`] ?? []))
