import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startWorld } from '../practice/world.ts'
import { findProgram } from '../test/support/programs.ts'

/** Takes the pictures of practice anew, of a story that repeats itself: `npm run pictures`. Chromium is needed. */

const FOLDER = fileURLToPath(new URL('./pictures/', import.meta.url))
const SEED = 4711
/** Until a queue without its service is seen to grow. */
const GROWING_MS = 25_000

interface Window {
  readonly size: readonly [width: number, height: number]
  readonly scale?: number
  readonly dark?: boolean
  readonly person?: string
}

async function open(
  browser: Browser,
  url: string,
  { size, scale = 1, dark = false, person }: Window,
): Promise<Page> {
  const [width, height] = size
  const context = await browser.newContext({
    ...{ viewport: { width, height }, deviceScaleFactor: scale, colorScheme: dark ? 'dark' : 'light' },
    ...{ locale: 'en-GB', timezoneId: 'Europe/Madrid' },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.addInitScript(`sessionStorage.person ??= '${person ?? 'U0MARCO'}'`)
  await page.goto(url)
  await page.waitForSelector('body[data-ready]')
  return page
}

/** Takes a picture when everything on the page has come to rest. */
async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(1500)
  await page.screenshot({ path: `${FOLDER}${name}.png` })
  console.log(`docs/pictures/${name}.png`)
}

async function type(page: Page, line: string): Promise<void> {
  await page.fill('#text', line)
  await page.press('#text', 'Escape')
  await page.press('#text', 'Enter')
}

const PHONE = { size: [390, 844], scale: 1.5 } as const
const DESK = { size: [1360, 1090] } as const
const LOW = { size: [1360, 850] } as const

async function change(browser: Browser, url: string): Promise<void> {
  const marco = await open(browser, url, { size: [1280, 800] })
  await type(marco, '/bakery restart auth-db --reason "It keeps too much memory"')
  await marco.waitForSelector('.message:has-text("Approval needed")')
  const olivia = await open(browser, url, { size: [1280, 800], person: 'U0OLIVIA' })
  await take(olivia, 'practice-change-light')
}

async function tour(browser: Browser, url: string): Promise<void> {
  const phone = await open(browser, url, PHONE)
  await phone.click('#tour-open')
  await phone.click('#tour >> text=Do it for me')
  await phone.press('#text', 'Enter')
  await phone.waitForSelector('#tour-title:has-text("Read a log")')
  await take(phone, 'practice-tour-phone')
}

async function broken(browser: Browser, url: string): Promise<void> {
  const [light, dark] = [await open(browser, url, LOW), await open(browser, url, { ...LOW, dark: true })]
  await light.click('#tour-open')
  await light.click('#tour >> text=Skip')
  await light.click('#tour >> text=Do it for me')
  await light.keyboard.press('Enter')
  await light.waitForTimeout(GROWING_MS)
  await type(light, '/bakery health')
  await light.waitForSelector('#tour-title:has-text("Mend it")')
  await dark.click('#tour-open')
  await dark.click('#panel-open')
  for (const page of [light, dark]) {
    await page
      .locator('[data-fault="database-stopped"]')
      .evaluate((row: { scrollIntoView(how: object): void }) => {
        row.scrollIntoView({ block: 'center' })
      })
    await page.focus('#text')
  }
  await take(light, 'practice-break-light')
  await take(dark, 'practice-break-dark')
}

async function workspace(browser: Browser, url: string): Promise<void> {
  await take(await open(browser, url, PHONE), 'practice-phone')
  const light = await open(browser, url, DESK)
  await type(light, '/bakery roles grant @vera member')
  await light.waitForSelector('.message.ephemeral:has-text("NO_ROLE")')
  const dark = await open(browser, url, { ...DESK, dark: true })
  for (const page of [light, dark]) {
    await page.locator('button.reply').last().click()
    await page.waitForSelector('#replies .message')
  }
  await take(light, 'practice-light')
  await take(dark, 'practice-dark')
}

const program = findProgram('chromium')
if (program === null) throw new Error('the pictures need Chromium: apt-get install chromium')
const world = await startWorld({ platform: { seed: SEED }, page: { port: 0 } })
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] })
try {
  for (const scene of [change, tour, broken, workspace]) await scene(browser, world.pageUrl ?? '')
} finally {
  await browser.close()
  await world.stop()
}
