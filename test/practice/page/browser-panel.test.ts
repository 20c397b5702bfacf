import { type Browser, chromium, type Page as Tab } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Board, createBoard } from '../../../practice/faults/board.ts'
import { type Page, startPage } from '../../../practice/page/server.ts'
import { createTour, type Tour } from '../../../practice/tour/tour.ts'
import { describeWith, findProgram } from '../../support/programs.ts'
import { type Setup, setUp } from '../slack/support.ts'

const program = findProgram('chromium')

describeWith({ chromium: program !== null }, '“Break it” in a browser', () => {
  let at: Setup
  let board: Board
  let tour: Tour
  let page: Page
  let browser: Browser
  let tab: Tab
  /** Why the bot, which does not exist here, cannot be started again. */
  let trouble: string | null = null

  beforeAll(async () => {
    at = await setUp({ rateLimits: false })
    board = createBoard({
      slack: at.slack,
      platform: null,
      bot: {
        kill: async () => {},
        async start() {
          if (trouble !== null) throw new Error(trouble)
        },
      },
      onChange: () => at.slack.state.changed({ type: 'faults' }),
    })
    tour = createTour(at.slack, board)
    page = await startPage({ slack: at.slack, board, tour })
    browser = await chromium.launch({
      executablePath: program ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    tab = await open(page)
  })
  afterEach(async () => {
    trouble = null
    await board.reset()
  })
  afterAll(async () => {
    await browser?.close()
    tour?.stop()
    await page?.stop()
    await at?.stop()
  })

  const open = async (where: Page, width = 1280) => {
    const opened = await browser.newPage({ viewport: { width, height: 844 } })
    opened.setDefaultTimeout(10_000)
    await opened.goto(where.url)
    await opened.waitForSelector('body[data-ready]')
    return opened
  }
  const button = (name: string, where = tab) => where.getByRole('button', { name, exact: true })
  const status = () => tab.locator('.panel-status').textContent()

  it('opens beside the channel, with every fault under its heading', async () => {
    await button('Break it').click()
    const panel = tab.getByRole('complementary', { name: 'Break it' })
    expect(await panel.getByRole('heading').allTextContents()).toEqual([
      ...['Break it', 'Slack and Bakery itself', 'Slack slow', 'Slack down', 'Bot killed'],
    ])
    expect(await tab.evaluate('document.activeElement.id')).toBe('panel-title')
    expect(await button('Break it').getAttribute('aria-expanded')).toBe('true')
  })

  it('breaks one, says what one should see, and shows it in every other tab', async () => {
    const other = await open(page)
    await button('Break: Slack slow').click()
    await tab.waitForSelector('[data-fault="slack-slow"].broken >> text=What you should see: ')
    expect(await status()).toContain('Slack slow is broken.')
    await button('Break it · 1 broken', other).waitFor()
    await button('Break it · 1 broken', other).click()
    await button('Mend: Slack slow', other).click()
    await button('Break: Slack slow').waitFor()
    await button('Break it').waitFor()
    await other.close()
  })

  it('shows what one should see without having to look for it', async () => {
    await tab.setViewportSize({ width: 1280, height: 380 })
    await tab.locator('.panel-list').evaluate('(list) => { list.scrollTop = 0 }')
    await button('Break: Bot killed').focus()
    await tab.keyboard.press('Enter')
    await button('Mend: Bot killed').waitFor()
    const bottom = async (selector: string) => {
      const box = await tab.locator(selector).boundingBox()
      return (box?.y ?? 0) + (box?.height ?? 0)
    }
    await expect
      .poll(async () => (await bottom('[data-fault="bot-killed"]')) <= (await bottom('.panel-list')) + 1)
      .toBe(true)
    await tab.setViewportSize({ width: 1280, height: 844 })
  })

  it('says why something could not be mended, and keeps it as broken', async () => {
    await button('Break: Bot killed').click()
    await button('Mend: Bot killed').waitFor()
    trouble = 'the port is taken'
    await button('Mend: Bot killed').click()
    await tab.waitForSelector('.panel-status.bad:has-text("could not be mended: the port is taken")')
    await button('Mend: Bot killed').waitFor()
  })

  it('mends everything at once, and only when something is broken', async () => {
    await button('Break: Slack slow').click()
    await button('Mend: Slack slow').waitFor()
    await button('Mend everything').click()
    await button('Break: Slack slow').waitFor()
    expect(await status()).toContain('Mended: slack-slow.')
    expect(await button('Mend everything').getAttribute('aria-disabled')).toBe('true')
  })

  it('leaves a channel beside a thread the room that it needs', async () => {
    const ts = await at.slack.say('U0MARCO', 'C0OPERATIONS', 'a question')
    await at.slack.say('U0ANA', 'C0OPERATIONS', 'an answer', ts)
    await tab.click('button.reply:has-text("1 reply")')
    await tab.waitForSelector('#thread:not([hidden])')
    expect(await tab.locator('#panel').isVisible()).toBe(true)
    expect((await tab.locator('main').boundingBox())?.width).toBeGreaterThan(400)
    await tab.press('#reply-text', 'Escape')
  })

  it('closes with Escape, and the focus goes back to where it came from', async () => {
    await button('Break: Slack down').focus()
    await tab.keyboard.press('Escape')
    expect(await tab.locator('#panel').isVisible()).toBe(false)
    expect(await tab.evaluate('document.activeElement.id')).toBe('panel-open')
  })

  it('fits a phone together with the tour', async () => {
    const phone = await open(page, 390)
    await phone.click('#tour-open')
    await phone.click('#panel-open')
    await button('Break: Bot killed', phone).scrollIntoViewIfNeeded()
    expect(await phone.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await phone.click('#panel >> [aria-label="Close Break it"]')
    await phone.click('#tour >> text=Do it for me')
    await expect.poll(() => phone.inputValue('#text')).toBe('/bakery health')
    await phone.close()
  })

  it('keeps the newest message in sight while the tour opens', async () => {
    for (let count = 1; count <= 12; count += 1)
      await at.slack.say('U0MARCO', 'C0OPERATIONS', `message ${count}`)
    const phone = await open(page, 390)
    const below = () =>
      phone.evaluate(
        '(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.getElementById("scroll"))',
      )
    await expect.poll(below).toBeLessThan(2)
    const height = () => phone.evaluate('document.getElementById("scroll").clientHeight')
    const before = await height()
    await phone.click('#tour-open')
    await expect.poll(height).toBeLessThan(Number(before) - 80)
    await expect.poll(below).toBeLessThan(2)
    await phone.close()
  })

  it('is not there where nothing can be broken', async () => {
    const bare = await startPage({ slack: at.slack })
    const quiet = await open(bare)
    expect(await quiet.locator('#panel-open').isVisible()).toBe(false)
    expect(await quiet.locator('#tour-open').isVisible()).toBe(false)
    await quiet.close()
    await bare.stop()
  })
})
