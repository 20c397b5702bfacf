import { chromium, type Page } from 'playwright-core'
import { findProgram } from './programs.ts'

const program = findProgram('chromium')
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

/** What a browser test cannot be without. */
export const CHROMIUM = { chromium: program !== null }

/** The practice page in a real browser, as somebody of the workspace. */
export interface Tab {
  readonly tab: Page
  /** Errors of the console, and whatever a script threw. */
  readonly problems: readonly string[]
  become(person: string): Promise<void>
  /** Types a line into the composer and sends it, whatever is offered. */
  type(line: string): Promise<void>
  close(): Promise<void>
}

/** Opens the page and waits until it can be used. `timeout`: milliseconds in which whatever is awaited must be there. */
export async function openTab(url: string, timeout = 10_000): Promise<Tab> {
  const browser = await chromium.launch({ executablePath: program ?? '', args: FLAGS })
  const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  tab.setDefaultTimeout(timeout)
  const problems: string[] = []
  tab.on('pageerror', (error) => problems.push(error.message))
  tab.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await tab.goto(url)
  await tab.waitForSelector('body[data-ready]')
  return {
    ...{ tab, problems },
    async become(person) {
      await tab.selectOption('#person', person)
      await tab.waitForSelector(`body[data-ready="${person}"]`)
    },
    async type(line) {
      await tab.fill('#text', line)
      await tab.press('#text', 'Escape')
      await tab.press('#text', 'Enter')
    },
    close: () => browser.close(),
  }
}
