import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { completions } from '../../../practice/lessons.ts'
import { describeWith } from '../../support/programs.ts'
import { CHROMIUM, type Opened, openPage } from './chromium.ts'

/** The smallest picture there is: one green dot. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const plain = (text: string) => ({ type: 'plain_text' as const, text })

describeWith(CHROMIUM, 'the workspace around the messages', () => {
  let at: Opened
  beforeAll(async () => {
    at = await openPage({
      completions: await completions(),
      homeTab: true,
      shortcuts: [
        { type: 'global', name: 'Open an incident', callbackId: 'incident-open' },
        { type: 'message', name: 'Add to the incident', callbackId: 'incident-add' },
      ],
    })
  })
  beforeEach(() => {
    at.bot.heard.length = 0
    at.bot.answer = () => ({})
  })
  afterAll(() => at.stop())

  const offered = () => at.tab.locator('#completions code').allTextContents()
  const box = () => at.tab.inputValue('#text')
  const entry = (name: string) => at.tab.locator(`#sidebar li button:has-text("${name}")`)

  it('offers the command, then its subcommands, then what each takes', async () => {
    await at.tab.fill('#text', '/')
    await expect.poll(offered).toEqual(['/bakery'])
    await at.tab.keyboard.press('Enter')
    expect(await box()).toBe('/bakery ')
    expect(await offered()).toContain('/bakery health')
    await at.tab.fill('#text', '/bakery grant')
    await expect.poll(offered).toContain('/bakery roles grant')
    await at.tab.fill('#text', '/bakery lo')
    await at.tab.keyboard.press('Tab')
    expect(await box()).toBe('/bakery logs ')
    expect(await at.tab.textContent('#completion-hint')).toContain('/bakery logs <workload> [--since <span>]')
    await at.tab.fill('#text', '/bakery logs orders --si')
    await expect.poll(async () => (await offered())[0]).toBe('--since <span>')
  })

  it('goes through what is offered with the arrows, and says to a screen reader which one is meant', async () => {
    await at.tab.fill('#text', '/bakery roles')
    await expect
      .poll(offered)
      .toEqual(['/bakery roles list', '/bakery roles grant', '/bakery roles revoke', '/bakery roles review'])
    await at.tab.keyboard.press('ArrowDown')
    await at.tab.keyboard.press('ArrowDown')
    const active = await at.tab.getAttribute('#text', 'aria-activedescendant')
    expect(await at.tab.textContent(`#${active} code`)).toBe('/bakery roles grant')
    expect(await at.tab.getAttribute('#text', 'aria-expanded')).toBe('true')
    await at.tab.keyboard.press('Enter')
    expect(await box()).toBe('/bakery roles grant ')
    await at.tab.keyboard.press('Escape')
    expect(await at.tab.getAttribute('#text', 'aria-expanded')).toBe('false')
    expect(at.bot.heard).toEqual([])
  })

  it('sends a line that is whole, whatever is offered', async () => {
    await at.tab.fill('#text', '/bakery health')
    await at.tab.keyboard.press('Enter')
    await expect.poll(() => at.bot.heard.at(-1)?.form.get('text')).toBe('health')
  })

  it('completes people, groups and channels', async () => {
    await at.tab.fill('#text', 'look, @vid')
    expect(await offered()).toEqual([])
    await at.tab.fill('#text', 'look, @an')
    await expect.poll(offered).toEqual(['@ana'])
    await at.tab.keyboard.press('Tab')
    expect(await box()).toBe('look, @ana ')
    await at.tab.fill('#text', '/bakery channel show #sec')
    await expect.poll(offered).toEqual(['#security'])
    await at.tab.fill('#text', '')
  })

  it('completes people in a thread too, where Slack takes no commands', async () => {
    const root = await at.slack.say('U0ANA', 'C0OPERATIONS', 'whose is this?')
    const message = at.tab.locator('.message:has-text("whose is this?")')
    await message.hover()
    await message.locator('[aria-label="Reply in thread"]').click()
    const inThread = () => at.tab.locator('#reply-completions code').allTextContents()
    await at.tab.fill('#reply-text', '/bak')
    expect(await inThread()).toEqual([])
    await at.tab.fill('#reply-text', '')
    await at.tab.click('#reply-mention')
    await at.tab.keyboard.type('mar')
    await expect.poll(inThread).toEqual(['@marco'])
    await at.tab.keyboard.press('Escape')
    expect(await at.tab.isVisible('#thread')).toBe(true)
    await at.tab.keyboard.type('c')
    await at.tab.keyboard.press('Tab')
    await at.tab.keyboard.press('Enter')
    await expect
      .poll(async () => (await at.slack.thread('C0OPERATIONS', root)).at(-1)?.text)
      .toBe('<@U0MARCO>')
    await at.tab.keyboard.press('Escape')
    expect(await at.tab.isVisible('#thread')).toBe(false)
  })

  it('says what became of a line where it was sent, and not elsewhere', async () => {
    await at.type('/bakery health')
    await expect.poll(() => at.tab.textContent('#status')).toContain('took the request in')
    await entry('random').click()
    expect(await at.tab.textContent('#status')).toBe('')
  })

  it('tells the time as the reader does', async () => {
    const told = await at.tab.evaluate(
      "import('/draw.js').then(({ clock }) => clock(new Date(2026, 10, 24, 2, 47)))",
    )
    expect(told).toMatch(/^2:47\sAM$/)
  })

  it('carries a direct message to the other person and to nobody else', async () => {
    await entry('Vera Vidal').click()
    await at.tab.waitForSelector('#channel-name:has-text("Vera Vidal")')
    await at.type('do you see this?')
    await at.tab.waitForSelector('.message >> text=do you see this?')
    await entry('random').click()
    await at.become('U0VERA')
    expect(await entry('Olivia Ortega').getAttribute('class')).toBe('unread')
    expect(await entry('Olivia Ortega').locator('.badge').textContent()).toBe('1')
    await entry('Olivia Ortega').click()
    await at.tab.waitForSelector('.message >> text=do you see this?')
    await expect.poll(() => entry('Olivia Ortega').locator('.badge').count()).toBe(0)
    const channel = [...at.slack.state.directs].find(
      ([, two]) => two.includes('U0VERA') && two.includes('U0OLIVIA'),
    )?.[0]
    const asked = await fetch(`${at.page.url}/do/messages?person=U0ANA&channel=${channel}`)
    expect(await asked.json()).toEqual({ error: `U0ANA is not in ${channel}` })
  })

  it('counts what speaks to a person, and keeps what each has read apart', async () => {
    await at.become('U0MARCO')
    await entry('random').click()
    await at.client.chat.postMessage({ channel: 'C0SECURITY', text: 'A note' })
    await expect.poll(() => entry('security').getAttribute('class')).toBe('unread')
    expect(await entry('security').locator('.badge').count()).toBe(0)
    await at.client.chat.postMessage({ channel: 'C0SECURITY', text: '<!subteam^S0ONCALL> look here' })
    await expect.poll(() => entry('security').locator('.badge').allTextContents()).toEqual(['1'])
    expect(await entry('security').textContent()).toContain('2 unread, 1 for you')
    expect(await at.tab.title()).toMatch(/^\(1\) /)
    await entry('security').click()
    await at.tab.waitForSelector('.new')
    await expect.poll(() => entry('security').getAttribute('class')).toBe('')
    await at.tab.reload()
    await at.tab.waitForSelector('body[data-ready="U0MARCO"]')
    expect(await entry('security').getAttribute('class')).toBe('')
    expect(await at.tab.locator('#person option[value=U0ANA]').textContent()).toContain(
      'Ana Aguirre (admin, databases), 1 new',
    )
  })

  it('starts a shortcut from anywhere, and one on a message', async () => {
    await at.tab.click('#shortcuts')
    await at.tab.click('[role=menuitem]:has-text("Open an incident")')
    await expect
      .poll(() => at.bot.heard.at(-1)?.payload)
      .toMatchObject({ type: 'shortcut', callback_id: 'incident-open' })
    await entry('security').click()
    const message = at.tab.locator('.message:has-text("A note")')
    await message.hover()
    await message.locator('[aria-label="More actions"]').click()
    await at.tab.click('[role=menuitem]:has-text("Add to the incident")')
    await expect
      .poll(() => at.bot.heard.at(-1)?.payload)
      .toMatchObject({ type: 'message_action', callback_id: 'incident-add', message: { text: 'A note' } })
  })

  it('tells the bot when its home is opened, and draws what it publishes while one looks', async () => {
    await entry('Bakery').click()
    await expect
      .poll(() => at.bot.heard.at(-1)?.payload.event)
      .toMatchObject({ type: 'app_home_opened', tab: 'messages' })
    await at.tab.click('#tab-home')
    await expect
      .poll(() => at.bot.heard.at(-1)?.payload.event)
      .toMatchObject({ tab: 'home', user: 'U0MARCO' })
    await at.tab.waitForSelector('#home >> text=nothing on its home tab')
    const button = { type: 'button' as const, action_id: 'show', text: plain('Show them') }
    await at.client.views.publish({
      user_id: 'U0MARCO',
      view: {
        type: 'home',
        blocks: [{ type: 'section', text: plain('Two approvals wait'), accessory: button }],
      },
    })
    await at.tab.click('#home button.control:has-text("Show them")')
    await expect
      .poll(() => at.bot.heard.at(-1)?.payload)
      .toMatchObject({ type: 'block_actions', container: { type: 'view' }, actions: [{ action_id: 'show' }] })
    await at.tab.press('#tab-home', 'ArrowRight')
    expect(await at.tab.getAttribute('#tab-messages', 'aria-selected')).toBe('true')
  })

  it('shows a picture where it was sent, and any other file as a download', async () => {
    await entry('operations').click()
    await at.client.filesUploadV2({
      channel_id: 'C0OPERATIONS',
      filename: 'errors.png',
      title: 'Errors, 24 hours',
      file: DOT,
    })
    await at.client.filesUploadV2({
      channel_id: 'C0OPERATIONS',
      filename: 'fake.png',
      title: 'No picture',
      content: '<script>1</script>',
    })
    const image = at.tab.locator('img[alt="Errors, 24 hours"]')
    await image.scrollIntoViewIfNeeded()
    await expect
      .poll(() => image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(1)
    const fake = await fetch(
      new URL((await at.tab.locator('img[alt="No picture"]').getAttribute('src')) ?? '', at.page.url),
    )
    expect(fake.headers.get('content-type')).toContain('text/plain')
    expect(fake.headers.get('content-disposition')).toContain('attachment')
  })

  it('says a new message to a screen reader, and an edit of it not again', async () => {
    const said = () => at.tab.textContent('#announcer')
    const { ts = '' } = await at.client.chat.postMessage({
      channel: 'C0OPERATIONS',
      text: 'Restarting: 1 of 3',
    })
    await expect.poll(said).toBe('Bakery: Restarting: 1 of 3')
    await at.client.chat.update({ channel: 'C0OPERATIONS', ts, text: 'Restarting: 2 of 3' })
    await at.tab.waitForSelector('.message >> text=Restarting: 2 of 3')
    expect(await said()).toBe('Bakery: Restarting: 1 of 3')
  })

  it('catches up with what happened while the connection was gone', async () => {
    await at.tab.context().setOffline(true)
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'While you were away' })
    await at.tab.context().setOffline(false)
    await at.tab.waitForSelector('.message >> text=While you were away')
  })

  it('can be used on a phone: the drawer opens, closes on Escape and when something is chosen', async () => {
    await at.tab.setViewportSize({ width: 390, height: 844 })
    expect(await at.tab.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await at.tab.click('#menu')
    expect(await at.tab.evaluate('document.activeElement.id')).toBe('person')
    await at.tab.keyboard.press('Escape')
    expect(await at.tab.evaluate('document.activeElement.id')).toBe('menu')
    expect(await at.tab.locator('#sidebar').isVisible()).toBe(false)
    await at.tab.click('#menu')
    await entry('morning-digest').click()
    expect(await at.tab.locator('#sidebar').isVisible()).toBe(false)
    await at.tab.setViewportSize({ width: 1280, height: 800 })
  })

  it('has a landmark for each part and a name for everything that can be used', async () => {
    const unnamed = await at.tab.evaluate(`
      [...document.querySelectorAll('button, a[href], input, textarea, select')]
        .filter((element) => element.checkVisibility())
        .filter((element) => !(element.getAttribute('aria-label') || element.textContent.trim() || element.labels?.length))
        .map((element) => element.outerHTML)
    `)
    expect(unnamed).toEqual([])
    expect(
      await at.tab.locator('main, nav[aria-label=Workspace], section[aria-label^="Messages of"]').count(),
    ).toBeGreaterThan(2)
  })

  it('ran without one error in the console', () => {
    expect(
      at.problems.filter((problem) => !/ERR_INTERNET_DISCONNECTED|Failed to fetch/.test(problem)),
    ).toEqual([])
  })
})
