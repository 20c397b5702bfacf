import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is sent. */
interface Asset {
  readonly type: string
  readonly content: string
}
/** By path: `/page.css`. */
export type Assets = ReadonlyMap<string, Asset>

const BROWSER = new URL('./browser/', import.meta.url)
const STYLES = ['page.css', 'messages.css', 'controls.css', 'panels.css', 'files.css']

/** The page's own files, and the stylesheet of the library that draws blocks (its one id becomes a class of the same weight). */
export function assets(): Assets {
  const own = (name: string) => readFileSync(new URL(name, BROWSER), 'utf8')
  const scripts = readdirSync(BROWSER).filter((name) => name.endsWith('.js'))
  const library = readFileSync(
    fileURLToPath(import.meta.resolve('slack-blocks-to-jsx/dist/style.css')),
    'utf8',
  )
  const script = { type: 'text/javascript; charset=utf-8' }
  const style = { type: 'text/css; charset=utf-8' }
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', content: own('index.html') }],
    ['/page.css', { ...style, content: STYLES.map(own).join('\n') }],
    [
      '/blocks.css',
      { ...style, content: library.replaceAll('#slack_blocks_to_jsx', ':is(.slack_blocks_to_jsx, #weight)') },
    ],
    ...scripts.map((name): [string, Asset] => [`/${name}`, { ...script, content: own(name) }]),
  ])
}
