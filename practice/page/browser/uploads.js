import { desk } from './desk.js'
import { make } from './draw.js'
import { icon } from './icons.js'
import { tell } from './net.js'

const MOST_BYTES = 10_000_000

/** A file as the server takes it. */
export function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () =>
      resolve({ name: file.name, data: reader.result.slice(reader.result.indexOf(',') + 1) })
    reader.onerror = () => reject(new Error(`${file.name} cannot be read`))
    reader.readAsDataURL(file)
  })
}

const kilobytes = ({ size }) => (size < 1024 ? `${size} bytes` : `${Math.round(size / 1024)} kB`)

/** A file with the way to take it off again. */
function row(file, takeOff) {
  const button = make(
    'button',
    { type: 'button', className: 'icon', 'aria-label': `Take off ${file.name}` },
    icon('close'),
  )
  button.addEventListener('click', takeOff)
  return make(
    'li',
    {},
    icon('file'),
    make('span', { textContent: `${file.name}, ${kilobytes(file)}` }),
    button,
  )
}

/** Asks for files with the browser's own window. */
function choose({ accept = '', multiple = true }, then) {
  const input = make('input', { type: 'file', multiple, accept })
  input.addEventListener('change', () => then([...input.files]))
  input.click()
}

/** Files in a list, each with the way to take it off again. `then`: what follows when one was taken off. */
function fileList(list, then) {
  let files = []
  function set(wanted) {
    files = wanted
    list.hidden = files.length === 0
    list.replaceChildren(...files.map((file) => row(file, () => takeOff(file))))
  }
  function takeOff(file) {
    set(files.filter((one) => one !== file))
    then()
  }
  return { all: () => files, add: (more) => set([...files, ...more]), set }
}

/** Files that go along with the next message: chosen, dropped or pasted, and taken off again. */
export function attachments(button, list, box) {
  const files = fileList(list, () => box.focus())
  function add(more) {
    files.add(more)
    box.focus()
    if (more.length > 0) desk.announce(`${more.map(({ name }) => name).join(', ')} will be sent along.`)
  }
  button.append(icon('clip'))
  button.addEventListener('click', () => choose({}, add))
  box.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length === 0) return
    event.preventDefault()
    add([...event.clipboardData.files])
  })
  const form = box.closest('form')
  form.addEventListener('dragover', (event) => event.preventDefault())
  form.addEventListener('drop', (event) => {
    event.preventDefault()
    add([...event.dataTransfer.files])
  })
  return {
    /** Everything that is there; it is gone from here. */
    take() {
      const taken = files.all()
      files.set([])
      return taken
    },
    put: add,
  }
}

/** Block Kit's `file_input`: sent as soon as they are chosen, as in Slack; the app hears of them with the form. */
export function fileInput(host, element) {
  const most = element.max_files ?? 10
  const button = make(
    'button',
    { type: 'button', className: 'select file-choose' },
    icon('clip'),
    'Choose files',
  )
  const list = make('ul', { className: 'attached', hidden: true })
  const said = make('small', { className: 'error', role: 'alert' })
  host.name(button, '', 'Choose files')
  const files = fileList(list, () => {
    button.focus()
    host.changed()
  })
  async function add(chosen) {
    said.textContent = refused(element, chosen, most - files.all().length)
    if (said.textContent !== '' || chosen.length === 0) return
    button.setAttribute('aria-busy', 'true')
    try {
      const sent = await tell('upload', {
        person: desk.person,
        files: await Promise.all(chosen.map(inBase64)),
      })
      files.add(sent.files)
      host.changed()
    } catch (error) {
      said.textContent = error.message
    } finally {
      button.removeAttribute('aria-busy')
    }
  }
  const accept = (element.filetypes ?? []).map((type) => `.${type}`).join(',')
  button.addEventListener('click', () => choose({ accept, multiple: most > 1 }, add))
  return {
    ...{ nodes: [button, list, said], first: button, isEmpty: () => files.all().length === 0 },
    get: () => ({ files: files.all() }),
    set: (state) => files.set(state.files ?? []),
  }
}

/** Why Slack would not take these; empty: it would. */
function refused({ filetypes = [] }, chosen, room) {
  if (chosen.length > room) return room > 0 ? `At most ${room} more.` : 'There is no room for another file.'
  const wrong = chosen.find(
    ({ name }) => filetypes.length > 0 && !filetypes.includes(name.split('.').at(-1)?.toLowerCase()),
  )
  if (wrong !== undefined) return `${wrong.name} is not one of: ${filetypes.join(', ')}.`
  const bytes = chosen.reduce((sum, { size }) => sum + size, 0)
  return bytes > MOST_BYTES ? 'Practice takes 10 MB of files at once.' : ''
}
