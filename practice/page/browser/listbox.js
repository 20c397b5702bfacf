import { make } from './draw.js'
import { popup } from './popup.js'

let lists = 0

/**
 * A list of options under a box that one types into. Resolves by `onChoose`, once for each choice; `isChosen` marks what is
 * chosen already. Returns how to close it.
 */
export function listbox(anchor, { label, source, many, isChosen, onChoose, onClose }) {
  lists += 1
  const id = `list-${lists}`
  const search = make('input', {
    type: 'text',
    className: 'search',
    placeholder: 'Search',
    autocomplete: 'off',
  })
  const entries = {
    role: 'combobox',
    'aria-expanded': 'true',
    'aria-controls': id,
    'aria-label': `Search: ${label}`,
  }
  for (const [key, value] of Object.entries({ ...entries, 'aria-autocomplete': 'list' }))
    search.setAttribute(key, value)
  const list = make('ul', { id, role: 'listbox', 'aria-label': label })
  if (many) list.setAttribute('aria-multiselectable', 'true')
  const said = make('p', { className: 'list-said', role: 'status' })
  let options = []
  let at = -1
  let round = 0

  function point(index) {
    at = options.length === 0 ? -1 : (index + options.length) % options.length
    for (const [place, { item }] of options.entries()) item.classList.toggle('active', place === at)
    if (at < 0) return search.removeAttribute('aria-activedescendant')
    search.setAttribute('aria-activedescendant', options[at].item.id)
    options[at].item.scrollIntoView({ block: 'nearest' })
  }

  function draw(groups) {
    options = []
    const items = groups.flatMap(({ name, options: inside }) => {
      const heading = make('li', { className: 'menu-heading', role: 'presentation', textContent: name })
      const rows = inside.map((option) => row(option))
      return name === '' || rows.length === 0 ? rows : [heading, ...rows]
    })
    list.replaceChildren(...items)
    said.textContent = items.length === 0 ? 'No results' : ''
    const chosen = options.findIndex(({ option }) => isChosen(option.value))
    point(Math.max(chosen, 0))
  }

  function row(option) {
    const item = make('li', {
      id: `${id}-${options.length}`,
      role: 'option',
      'aria-selected': String(isChosen(option.value)),
    })
    item.append(make('span', { textContent: option.label }))
    if (option.note) item.append(make('small', { textContent: option.note }))
    const place = options.length
    item.addEventListener('click', () => choose(place))
    item.addEventListener('pointermove', () => point(place))
    options.push({ option, item })
    return item
  }

  function choose(place) {
    const found = options[place]
    if (found === undefined) return
    onChoose(found.option)
    if (!many) return leave()
    for (const { option, item } of options) item.setAttribute('aria-selected', String(isChosen(option.value)))
    search.focus()
  }

  async function fill() {
    round += 1
    const mine = round
    const least = source.least ?? 0
    if (search.value.length < least) {
      list.replaceChildren()
      options = []
      said.textContent = `Type at least ${least} ${least === 1 ? 'letter' : 'letters'}.`
      return
    }
    if (source.least !== undefined) {
      said.textContent = 'Loading…'
      await new Promise((resolve) => setTimeout(resolve, 200))
      if (mine !== round) return
    }
    try {
      const groups = await source.at(search.value)
      if (mine === round) draw(groups)
    } catch (error) {
      if (mine !== round) return
      list.replaceChildren()
      options = []
      said.textContent = error.message
    }
  }

  const box = make('div', { className: 'listbox' }, search, list, said)
  box.style.minWidth = `${Math.max(220, anchor.offsetWidth)}px`
  const close = popup(anchor, box, onClose)
  function leave() {
    close()
    anchor.focus()
  }
  search.addEventListener('input', fill)
  search.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'Tab') return close()
    if (event.key === 'ArrowDown') point(at + 1)
    else if (event.key === 'ArrowUp') point(at < 0 ? -1 : at - 1)
    else if (event.key === 'Enter') choose(at)
    else if (event.key === 'Escape') leave()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  fill()
  search.focus()
  return close
}
