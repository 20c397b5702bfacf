import { desk } from './desk.js'
import { menuButton, openMenu } from './menus.js'
import { tell } from './net.js'

const ofType = (wanted) => (desk.state?.shortcuts ?? []).filter(({ type }) => type === wanted)

async function run(body, status) {
  status.classList.remove('bad')
  try {
    const { error, ackMs } = await tell('shortcut', { person: desk.person, ...body })
    status.textContent =
      error === null ? `${desk.state.bot} took the shortcut in ${ackMs} ms.` : `Not taken: ${error}.`
    status.classList.toggle('bad', error !== null)
  } catch (error) {
    status.textContent = error.message
    status.classList.add('bad')
  }
}

/** The button beside the composer: the app's shortcuts from anywhere, and its commands. */
export function globalShortcuts(button, status, composer) {
  menuButton(button, 'Shortcuts and commands', () => {
    const shortcuts = ofType('global').map(({ name, callbackId }) => ({
      ...{ label: name, note: desk.state.bot, run: () => run({ callback: callbackId }, status) },
    }))
    const commands = (desk.state?.completions ?? [])
      .filter(({ text }) => !text.includes(' '))
      .map(({ text, summary }) => ({ label: text, note: summary, run: () => composer.type(`${text} `) }))
    return [
      ...(shortcuts.length === 0 ? [] : [{ heading: 'Shortcuts' }, ...shortcuts]),
      ...(commands.length === 0 ? [] : [{ heading: 'Commands' }, ...commands]),
    ]
  })
}

/** What can be done with one message: the app's message shortcuts, and its text for elsewhere. */
export function messageMenu(button, item, status) {
  const { channel, ts, thread } = item.dataset
  const shortcuts = ofType('message').map(({ name, callbackId }) => ({
    ...{
      label: name,
      note: desk.state.bot,
      run: () => run({ callback: callbackId, channel, ts, thread }, status),
    },
  }))
  const copy = {
    label: 'Copy text',
    run: () => navigator.clipboard?.writeText(item.querySelector('.blocks').innerText).catch(() => {}),
  }
  openMenu(button, 'More actions', [
    copy,
    ...(shortcuts.length === 0 ? [] : [{ heading: 'Apps' }, ...shortcuts]),
  ])
}
