import { make } from './draw.js'

/**
 * A box that grows, sends with Enter, remembers what was sent, and offers commands, people and channels while one types.
 * `offers`: the elements of the list (`box`, `list`, `hint`), and what can follow a text (`find`). `files`: what goes along
 * (uploads.js).
 */
export function composer({ form, box, status, offers, files, send }) {
  const sent = []
  let recalled = 0
  let chosen = -1
  let options = []

  function grow() {
    box.style.height = 'auto'
    box.style.height = `${Math.min(box.scrollHeight, 200)}px`
  }

  /** Only the name of a slash command is chosen at once: without it, Enter would send what is no command. */
  const first = () => (/^\/\S*$/.test(box.value) && options[0]?.insert.trim() !== box.value ? 0 : -1)

  function offer() {
    const found = box.selectionEnd === box.value.length ? offers.find(box.value) : { options: [], hint: '' }
    options = found.options
    chosen = options.length > 0 ? first() : -1
    offers.hint.textContent = found.hint
    offers.hint.hidden = found.hint === ''
    offers.box.hidden = options.length === 0 && found.hint === ''
    box.setAttribute('aria-expanded', String(options.length > 0))
    offers.list.replaceChildren(...options.map(row))
    point()
  }

  function hide() {
    options = []
    chosen = -1
    offers.box.hidden = true
    offers.list.replaceChildren()
    offers.hint.textContent = ''
    box.setAttribute('aria-expanded', 'false')
    box.removeAttribute('aria-activedescendant')
  }

  function row({ label, summary, more = '' }, index) {
    const element = make(
      'div',
      { id: `${offers.list.id}-${index}`, role: 'option', 'aria-selected': 'false' },
      make('code', { textContent: label }),
      more === '' ? null : make('span', { className: 'hint', textContent: more }),
      make('span', { className: 'summary', textContent: summary }),
    )
    element.addEventListener('mousedown', (event) => {
      event.preventDefault()
      take(options[index])
    })
    return element
  }

  function point() {
    for (const [index, element] of [...offers.list.children].entries()) {
      element.setAttribute('aria-selected', String(index === chosen))
      if (index === chosen) element.scrollIntoView({ block: 'nearest' })
    }
    if (chosen >= 0) box.setAttribute('aria-activedescendant', `${offers.list.id}-${chosen}`)
    else box.removeAttribute('aria-activedescendant')
  }

  function put(text, focus = true) {
    box.value = text
    box.setSelectionRange(text.length, text.length)
    grow()
    if (focus) box.focus()
  }

  function take(option) {
    put(option.insert)
    offer()
  }

  async function submit() {
    const text = box.value.trim()
    const along = files.take()
    if (text === '' && along.length === 0) return
    box.value = ''
    if (text !== '') sent.push(text)
    recalled = sent.length
    grow()
    hide()
    status.textContent = 'Sending…'
    status.classList.remove('bad')
    try {
      status.textContent = await send(text, along)
    } catch (error) {
      status.textContent = error.message
      status.classList.add('bad')
      if (box.value === '') put(text, false)
      files.put(along)
    }
  }

  function recall(step) {
    recalled = Math.min(Math.max(recalled + step, 0), sent.length)
    put(sent[recalled] ?? '')
  }

  function arrow(event, step) {
    if (options.length > 0) {
      event.preventDefault()
      chosen = chosen < 0 && step < 0 ? options.length - 1 : (chosen + step + options.length) % options.length
      point()
    } else if (!box.value.includes('\n') && (box.value === '' || box.value === sent[recalled])) {
      event.preventDefault()
      recall(step)
    }
  }

  box.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      if (options[chosen] !== undefined) take(options[chosen])
      else submit()
    } else if (event.key === 'Tab' && options.length > 0 && !event.shiftKey) {
      event.preventDefault()
      take(options[Math.max(chosen, 0)])
    } else if (event.key === 'Escape' && !offers.box.hidden) {
      event.stopPropagation()
      hide()
    } else if (event.key === 'ArrowDown') arrow(event, 1)
    else if (event.key === 'ArrowUp') arrow(event, -1)
  })
  box.addEventListener('input', () => {
    grow()
    offer()
  })
  box.addEventListener('blur', hide)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
    box.focus()
  })
  return {
    /** Puts a line into the box, ready to be sent. */
    fill(text, focus = true) {
      put(text, focus)
      hide()
    },
    /** Writes on at the end, as if it were typed. */
    type(text) {
      put(box.value === '' || /\s$/.test(box.value) ? box.value + text : `${box.value} ${text}`)
      offer()
    },
  }
}
