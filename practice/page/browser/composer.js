import { make } from './draw.js'

/** A box that grows, sends with Enter, remembers what was sent, and offers commands while one types. */
export function composer({ form, box, status, list, completions, send }) {
  const sent = []
  let recalled = 0
  let chosen = -1

  const offered = () => {
    const typed = box.value
    if (list === null || !typed.startsWith('/') || typed.includes('\n')) return []
    return completions()
      .filter(({ text }) => text.startsWith(typed.trimEnd()) && text !== typed.trimEnd())
      .slice(0, 8)
  }

  function grow() {
    box.style.height = 'auto'
    box.style.height = `${Math.min(box.scrollHeight, 200)}px`
  }

  function offer() {
    if (list === null) return
    const options = offered()
    if (chosen >= options.length) chosen = -1
    list.hidden = options.length === 0
    box.setAttribute('aria-expanded', String(options.length > 0))
    list.replaceChildren(...options.map((option, index) => choice(option, index)))
    if (chosen >= 0) box.setAttribute('aria-activedescendant', `completion-${chosen}`)
    else box.removeAttribute('aria-activedescendant')
  }

  function choice({ text, summary }, index) {
    const words = [make('code', { textContent: text }), make('span', { textContent: summary })]
    const element = make(
      'li',
      { id: `completion-${index}`, role: 'option', 'aria-selected': String(index === chosen) },
      ...words,
    )
    element.addEventListener('mousedown', (event) => {
      event.preventDefault()
      take(text)
    })
    return element
  }

  function take(text) {
    box.value = `${text} `
    chosen = -1
    grow()
    offer()
    box.focus()
  }

  async function submit() {
    const text = box.value.trim()
    if (text === '') return
    box.value = ''
    sent.push(text)
    recalled = sent.length
    grow()
    offer()
    status.textContent = 'Sending…'
    status.classList.remove('bad')
    try {
      status.textContent = await send(text)
    } catch (error) {
      status.textContent = error.message
      status.classList.add('bad')
    }
  }

  function recall(step) {
    recalled = Math.min(Math.max(recalled + step, 0), sent.length)
    box.value = sent[recalled] ?? ''
    grow()
  }

  box.addEventListener('keydown', (event) => {
    const options = offered()
    if (event.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      if (chosen >= 0 && options[chosen] !== undefined) take(options[chosen].text)
      else submit()
    } else if (event.key === 'Tab' && options.length > 0 && !event.shiftKey) {
      event.preventDefault()
      take(options[Math.max(chosen, 0)].text)
    } else if (event.key === 'Escape') {
      if (list !== null) list.hidden = true
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1
      if (options.length > 0 && box.value !== '') {
        event.preventDefault()
        chosen = (chosen + step + options.length) % options.length
        offer()
      } else if (!box.value.includes('\n')) {
        event.preventDefault()
        recall(step)
      }
    }
  })
  box.addEventListener('input', () => {
    chosen = -1
    grow()
    offer()
  })
  box.addEventListener('blur', () => {
    if (list !== null) list.hidden = true
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
  return {
    /** Puts a line into the box, ready to be sent. */
    fill(text) {
      box.value = text
      grow()
      box.focus()
    },
  }
}
