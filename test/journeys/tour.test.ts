import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CHROMIUM, openTab, type Tab } from '../support/browser.ts'
import { describeWith } from '../support/programs.ts'
import { eventually, type Journey, startJourney, wordsOf } from './support.ts'

const ANSWER_MS = 30_000
/** A step waits for more than one answer. */
const STEP_MS = 90_000

describeWith(CHROMIUM, 'a newcomer takes the tour', () => {
  let journey: Journey
  let opened: Tab
  let page: Page

  beforeAll(async () => {
    journey = await startJourney({ platform: { databases: ['auth', 'orders'] }, page: { port: 0 } })
    opened = await openTab(journey.world.pageUrl ?? '', ANSWER_MS)
    page = opened.tab
  }, 180_000)
  afterAll(async () => {
    await opened?.close()
    await journey?.stop()
  })

  const stepIs = (title: string) => page.waitForSelector(`#tour-title:has-text("${title}")`)
  /** Takes the help that is offered; to send the line is left to the person. */
  const doItForMe = async (line: string) => {
    await page.click('#tour >> text=Do it for me')
    await expect.poll(() => page.inputValue('#text'), { timeout: ANSWER_MS }).toBe(line)
    await page.press('#text', 'Enter')
  }
  const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')")
  const person = () => page.locator('body').getAttribute('data-ready')

  it(
    'is offered to it, and begins with the first step',
    async () => {
      expect(await page.textContent('#tour-open')).toBe('Take the tour, 10 minutes')
      expect(await page.isVisible('#tour')).toBe(false)
      await page.click('#tour-open')
      await stepIs('Step 1 of 10 Ask how everything is')
    },
    STEP_MS,
  )

  it(
    'asks how everything is, as the person on call, and reads a log',
    async () => {
      await doItForMe('/bakery health')
      await stepIs('Read a log')
      expect(await person()).toBe('U0MARCO')
      expect(await page.textContent('#tour .tour-seen')).toContain('✓ Ask how everything is.')
      await doItForMe('/bakery logs orders --since 15m')
      await stepIs('Break something')
      await page.waitForSelector('.message.ephemeral:has-text("orders-service")')
    },
    STEP_MS,
  )

  it(
    'is left, and taken up again where it was, in another tab as well',
    async () => {
      await page.press('#tour-title', 'Escape')
      expect(await page.isVisible('#tour')).toBe(false)
      expect(await page.evaluate('document.activeElement.id')).toBe('tour-open')
      await page.reload()
      await page.waitForSelector('#tour-open:has-text("Tour: step 3 of 10")')
      await page.click('#tour-open')
      await stepIs('Break something')
    },
    STEP_MS,
  )

  it(
    'breaks the database by the panel, with the keyboard alone',
    async () => {
      await page.focus('#tour >> text=Do it for me')
      await page.keyboard.press('Enter')
      expect(await focused()).toBe('Break: Database stopped')
      await page.keyboard.press('Enter')
      await stepIs('See what follows from it')
      await page.waitForSelector('#panel-open:has-text("Break it · 1 broken")')
      await expect.poll(focused).toBe('Mend: Database stopped')
      expect(await page.textContent('[data-fault="database-stopped"] .fault-says')).toContain(
        'What you should see: ',
      )
    },
    STEP_MS,
  )

  it(
    'sees it in health',
    async () => {
      await doItForMe('/bakery health')
      await stepIs('Mend it')
      const reports = (await journey.slack.messages('C0OPERATIONS')).filter((message) =>
        wordsOf(message).includes('bakery:health:'),
      )
      expect(wordsOf(reports.at(0))).not.toMatch(/orders-db[^"]*refused/)
      expect(wordsOf(reports.at(-1))).toContain('orders-db')
      expect(reports.at(-1)?.text).toMatch(/critical|unknown/i)
      await page.waitForSelector('.message >> text=orders-db')
    },
    STEP_MS,
  )

  it(
    'mends it, and health is well again',
    async () => {
      await page.click('#tour >> text=Do it for me')
      await page.keyboard.press('Enter')
      await stepIs('Be refused')
      await page.waitForSelector('#panel-open:text-is("Break it")')
      await page.press('#panel-title', 'Escape')
      expect(await page.isVisible('#panel')).toBe(false)
      await eventually(async () => {
        await journey.slack.command('U0MARCO', 'C0OPERATIONS', '/bakery health databases')
        await new Promise((resolve) => setTimeout(resolve, 1000))
        const last = (await journey.slack.messages('C0OPERATIONS')).at(-1)
        return last !== undefined && !/\*orders-db\*/.test(wordsOf(last))
      }, ANSWER_MS)
    },
    STEP_MS,
  )

  it(
    'is refused as the viewer, and restarts a service after its preview',
    async () => {
      await doItForMe('/bakery restart orders')
      await stepIs('Change something')
      expect(await person()).toBe('U0VERA')
      await page.waitForSelector('.message.ephemeral:has-text("NO_ROLE")')
      await doItForMe('/bakery restart orders')
      const preview = page.locator('.message.ephemeral:has-text("Nothing is done yet")').last()
      await preview.getByRole('button', { name: 'Do it: Restart orders-service' }).click()
      await stepIs('Ask for a second pair of eyes')
      expect(await person()).toBe('U0MARCO')
    },
    STEP_MS,
  )

  it(
    'restarts a database that another person approves',
    async () => {
      await doItForMe('/bakery restart auth-db --reason "It keeps too much memory"')
      await stepIs('Approve it as somebody else')
      await doItForMe('/bakery approvals')
      const list = page.locator('.message.ephemeral:has-text("1 decision for you here")').last()
      await list.getByRole('button', { name: 'Approve: Restart auth-db' }).click()
      await page.locator('#modal').getByLabel('Approve: it is done as shown').check()
      await page.click('#modal-submit')
      await stepIs('Ask the audit log')
      expect(await person()).toBe('U0ANA')
    },
    STEP_MS,
  )

  it(
    'finds it all in the audit log, and the tour is over',
    async () => {
      await doItForMe('/bakery audit search --since 1h --limit 60')
      await stepIs('That was the tour')
      expect(await person()).toBe('U0AUDE')
      const log = page.locator('.message.ephemeral:has-text("Audit log")').last()
      for (const words of ['restart auth-db', 'NO_ROLE', 'logs'])
        expect(await log.textContent()).toContain(words)
      expect(await page.textContent('#tour-open')).toBe('Tour: done')
      expect(await page.locator('#tour ol li:has-text("✓")').count()).toBe(10)
      expect(await page.isVisible('#tour >> text=Do it for me')).toBe(false)
    },
    STEP_MS,
  )

  it(
    'begins again when one likes',
    async () => {
      await page.click('#tour >> text=Begin again')
      await stepIs('Step 1 of 10')
      expect(await page.textContent('#tour-open')).toBe('Tour: step 1 of 10')
    },
    STEP_MS,
  )

  it(
    'ran without one error in the console',
    () => {
      expect(opened.problems).toEqual([])
    },
    STEP_MS,
  )
})
