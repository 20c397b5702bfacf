import type { ModalView } from '@slack/web-api'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith, findProgram } from '../../support/programs.ts'
import { type PageSetup, REPORT, setUpPage } from './support.ts'

const program = findProgram('chromium')
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

describeWith({ chromium: program !== null }, 'the practice page in a browser', () => {
  let at: PageSetup
  let browser: Browser
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    at = await setUpPage()
    at.bot.answer = ({ form }) =>
      form.get('text') === 'help'
        ? { body: { response_type: 'ephemeral', text: 'What you may do here' } }
        : {}
    browser = await chromium.launch({ executablePath: program ?? '', args: FLAGS })
    page = await browser.newPage()
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    await page.goto(at.page.url)
    await page.waitForSelector('body[data-ready="U0OLIVIA"]')
  })
  afterAll(async () => {
    await browser.close()
    await at.stop()
  })

  const become = async (person: string) => {
    await page.selectOption('#person', person)
    await page.waitForSelector(`body[data-ready="${person}"]`)
  }

  it('completes a command as one types, sends it and shows the answer', async () => {
    await page.fill('#text', '/bakery he')
    await page.waitForSelector('#completions [role=option]')
    expect(await page.locator('#completions code').allTextContents()).toEqual([
      '/bakery health',
      '/bakery help',
    ])
    await page.fill('#text', '/bakery help')
    await page.press('#text', 'Enter')
    await page.waitForSelector('text=What you may do here')
    expect(await page.locator('.message.ephemeral .only').textContent()).toBe('Only visible to you')
    expect(await page.locator('#status').textContent()).toMatch(/Bakery took the request in \d+ ms/)
  })

  it('hides it from another person', async () => {
    await become('U0ANA')
    expect(await page.locator('text=What you may do here').count()).toBe(0)
    await become('U0OLIVIA')
    expect(await page.locator('text=What you may do here').count()).toBe(1)
  })

  it('shows a message as it comes, and clicks its button', async () => {
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'One thing is wrong', blocks: REPORT })
    await page.waitForSelector('h3:has-text("One thing is wrong")')
    await page.click('button.control:has-text("Logs")')
    await expect
      .poll(() => at.bot.heard.at(-1)?.payload)
      .toMatchObject({ actions: [{ action_id: 'logs', value: 'logs.1' }] })
  })

  it('says under the message when a click came to nothing', async () => {
    at.bot.answer = () => ({ status: 500 })
    await page.click('button.control:has-text("Refresh")')
    await page.waitForSelector('.complaint:has-text("dispatch_failed")')
    at.bot.answer = () => ({})
  })

  it('opens a thread beside the channel and replies there', async () => {
    const ts = (await at.slack.messages('C0OPERATIONS')).at(-1)?.ts ?? ''
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'All details', thread_ts: ts })
    await page.click('button.reply:has-text("1 reply")')
    await page.waitForSelector('#replies >> text=All details')
    await page.fill('#reply-text', 'thank you')
    await page.press('#reply-text', 'Enter')
    await page.waitForSelector('#replies >> text=thank you')
    await page.click('#thread-close')
    expect(await page.locator('#thread').isVisible()).toBe(false)
  })

  it('marks a channel where something new stands, until it is opened', async () => {
    await at.client.chat.postMessage({ channel: 'C0DIGEST', text: 'Good morning' })
    await page.waitForSelector('#channels button.unread:has-text("morning-digest")')
    await page.click('#channels button:has-text("morning-digest")')
    await page.waitForSelector('text=Good morning')
    await page.waitForSelector('#channels button.unread:has-text("morning-digest")', { state: 'detached' })
  })

  it('shows a modal, the errors of what was entered, and closes it when it is taken', async () => {
    const view: ModalView = {
      type: 'modal',
      title: { type: 'plain_text', text: 'Decide' },
      submit: { type: 'plain_text', text: 'Send' },
      blocks: [
        {
          type: 'input',
          block_id: 'why',
          label: { type: 'plain_text', text: 'Reason' },
          element: { type: 'plain_text_input', action_id: 'text' },
        },
      ],
    }
    await page.fill('#text', '/bakery open')
    await page.press('#text', 'Enter')
    await expect.poll(() => at.bot.heard.at(-1)?.form.get('text')).toBe('open')
    const trigger = at.bot.heard.at(-1)?.form.get('trigger_id') ?? ''
    await at.client.views.open({ trigger_id: trigger, view })
    await page.waitForSelector('#modal[open] >> text=Decide')
    at.bot.answer = () => ({ body: { response_action: 'errors', errors: { why: 'Too short.' } } })
    await page.fill('#modal input', 'x')
    await page.click('#modal-submit')
    await page.waitForSelector('#modal >> text=Too short.')
    at.bot.answer = () => ({})
    await page.fill('#modal input', 'a better reason')
    await page.click('#modal-submit')
    await page.waitForSelector('#modal[open]', { state: 'detached' })
    expect(JSON.stringify(at.bot.heard.at(-1)?.payload)).toContain('a better reason')
  })

  it('fits a phone, with the channels behind a button', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect(overflow).toBeLessThanOrEqual(0)
    expect(await page.locator('#sidebar').isVisible()).toBe(false)
    await page.click('#menu')
    await page.click('#channels button:has-text("operations")')
    expect(await page.locator('#channel-name').textContent()).toBe('# operations')
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('follows the dark of the system', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForSelector('html[data-theme="dark"]')
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(26, 29, 33)')
  })

  it('ran without one error in the console', () => {
    expect(problems.filter((problem) => !problem.includes('favicon'))).toEqual([])
  })
})
