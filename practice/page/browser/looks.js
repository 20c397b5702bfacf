import { icon } from './icons.js'

const byId = (id) => document.getElementById(id)

/** Draws what the page's buttons show, and follows the light and dark of the system. */
export function looks() {
  for (const [id, name] of [
    ['menu', 'menu'],
    ['thread-close', 'close'],
    ['modal-x', 'close'],
    ['shortcuts', 'plus'],
    ['mention', 'at'],
    ['reply-mention', 'at'],
  ])
    byId(id).append(icon(name))
  for (const button of document.querySelectorAll('.send')) button.append(icon('send'))
  byId('latest').append(icon('down'))
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const theme = () => document.documentElement.setAttribute('data-theme', dark.matches ? 'dark' : 'light')
  dark.addEventListener('change', theme)
  theme()
}
