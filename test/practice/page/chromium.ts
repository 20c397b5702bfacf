import { type Browser, chromium, type Page } from 'playwright-core'
import type { PageOptions } from '../../../practice/page/server.ts'
import { findProgram } from '../../support/programs.ts'
import { type PageSetup, setUpPage } from './support.ts'

const program = findProgram('chromium')
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

/** What a browser test cannot be without. */
export const CHROMIUM = { chromium: program !== null }

/** The practice page in a real browser, as somebody of the workspace. */
export interface Opened extends PageSetup {
  readonly tab: Page
  /** Errors of the console, and whatever a script threw. */
  readonly problems: readonly string[]
  become(person: string): Promise<void>
  /** Types a line into the composer and sends it, whatever is offered. */
  type(line: string): Promise<void>
  /** The trigger_id that the bot heard last. */
  trigger(): string
}

export async function openPage(options: Partial<PageOptions> = {}): Promise<Opened> {
  const setup = await setUpPage(options)
  const browser: Browser = await chromium.launch({ executablePath: program ?? '', args: FLAGS })
  const tab = await browser.newPage()
  tab.setDefaultTimeout(10_000)
  const problems: string[] = []
  tab.on('pageerror', (error) => problems.push(error.message))
  tab.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await tab.goto(setup.page.url)
  await tab.waitForSelector('body[data-ready]')
  return {
    ...setup,
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
    trigger() {
      const heard = setup.bot.heard.findLast(
        ({ form, payload }) => form.has('trigger_id') || payload.trigger_id,
      )
      return heard?.form.get('trigger_id') ?? String(heard?.payload.trigger_id)
    },
    async stop() {
      await browser.close()
      await setup.stop()
    },
  }
}
