import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBoard } from '../../../practice/faults/board.ts'
import { createTour, type Tour } from '../../../practice/tour/tour.ts'
import { describeWith } from '../../support/programs.ts'
import { CHROMIUM, type Opened, openPage } from './chromium.ts'
import { REPORT } from './support.ts'

const HIGH = readFileSync(new URL('../../../docs/pictures/practice-phone.png', import.meta.url))
const plain = (text: string) => ({ type: 'plain_text', text })
const options = ['auth-service', 'orders-service'].map((text) => ({ text: plain(text), value: text }))
const input = (id: string, label: string, element: object, more: object = {}) => ({
  ...{ type: 'input', block_id: id, label: plain(label), element: { action_id: 'a', ...element } },
  ...more,
})
const FORM = {
  ...{ type: 'modal', title: plain('Restart'), submit: plain('Preview'), close: plain('Close') },
  blocks: [
    input('workload', 'Workload', { type: 'static_select', options }),
    input('reason', 'Reason', { type: 'plain_text_input' }),
    input('verdict', 'Your decision', { type: 'radio_buttons', options }),
    input('loud', 'Loud', { type: 'checkboxes', options }, { optional: true }),
    input('until', 'Until', { type: 'datetimepicker' }, { optional: true }),
    input('proof', 'Evidence', { type: 'file_input' }, { optional: true }),
  ],
} as never

/** Roles in which something can be done: each must say what. */
const USABLE =
  'button|link|textbox|combobox|searchbox|checkbox|radio|tab|option|menuitem|listbox|dialog|region|navigation'
const UNNAMED = new RegExp(`^\\s*- (${USABLE})(?=:|$| \\[)`, 'gm')

describeWith(CHROMIUM, 'the page for a keyboard and a screen reader', () => {
  let at: Opened
  let tour: Tour
  beforeAll(async () => {
    at = await openPage((slack) => {
      const bot = { kill: async () => {}, start: async () => {} }
      const board = createBoard({ slack, platform: null, bot })
      tour = createTour(slack, board)
      return { homeTab: true, board, tour }
    })
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'One thing is wrong', blocks: REPORT })
    await at.client.filesUploadV2({ channel_id: 'C0OPERATIONS', filename: 'errors.png', file: HIGH })
    const ts = await at.slack.say('U0ANA', 'C0OPERATIONS', 'who has seen this?')
    await at.slack.say('U0OLIVIA', 'C0OPERATIONS', 'I have', ts)
    await at.tab.waitForSelector('button.reply')
  })
  afterAll(async () => {
    tour?.stop()
    await at?.stop()
  })

  const unnamed = async () => (await at.tab.locator('body').ariaSnapshot()).match(UNNAMED) ?? []
  const focused = () =>
    at.tab.evaluate<string>(
      '((it) => it.getAttribute("aria-label") ?? (it.id || it.textContent.trim()))(document.activeElement)',
    )
  const openForm = async () => {
    at.bot.heard.length = 0
    await at.type('/bakery form')
    await expect.poll(() => at.bot.heard.length).toBeGreaterThan(0)
    await at.client.views.open({ trigger_id: at.trigger(), view: FORM })
    await at.tab.waitForSelector('#modal[open]')
  }
  /** Everything that can be used and is seen, and that Tab does not come to. */
  const beyondTab = (within: string) =>
    at.tab.evaluate<string[]>(`(() => {
      const wanted = [...document.querySelectorAll('${within} :is(button, a[href], input, textarea, select, summary)')]
        .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && one.getAttribute('role') !== 'option')
        .filter((one) => one.type !== 'radio')
      return wanted.filter((one) => !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 160))
    })()`)
  /** Presses Tab from the top, or from where one is in a form, until it comes round. */
  const goThrough = async () => {
    await at.tab.evaluate(
      'window.reached = new Set(); document.querySelector("dialog[open]") ?? document.querySelector(".skip").focus()',
    )
    const comesRound = () =>
      at.tab.evaluate<boolean>(
        '((it) => { const was = it !== document.body && reached.has(it); reached.add(it); return was })(document.activeElement)',
      )
    for (let presses = 0; presses < 150 && !(await comesRound()); presses += 1)
      await at.tab.keyboard.press('Tab')
  }

  it('has a name for everything in a channel, and Tab comes to all of it', async () => {
    expect(await unnamed()).toEqual([])
    await goThrough()
    expect(await beyondTab('body')).toEqual([])
  })

  it('tells a picture to be seen from the same to be kept', async () => {
    const links = at.tab.locator('.message figure').getByRole('link')
    await expect.poll(() => links.count()).toBe(2)
    expect((await links.first().textContent())?.trim()).toBe('Download errors.png')
    expect(await links.last().getAttribute('aria-label')).toBe('Open errors.png')
  })

  it('has names beside the tour, “Break it”, a thread, all threads, the home tab and what is offered', async () => {
    await at.tab.click('#tour-open')
    await at.tab.click('#panel-open')
    expect(await unnamed()).toEqual([])
    await goThrough()
    expect(await beyondTab('#panel')).toEqual([])
    expect(await beyondTab('#tour')).toEqual([])
    await at.tab.press('#panel-title', 'Escape')
    await at.tab.press('#tour-title', 'Escape')
    await at.tab.click('button.reply')
    await at.tab.fill('#reply-text', '@')
    await at.tab.waitForSelector('#reply-completions [role=option]')
    expect(await unnamed()).toEqual([])
    await at.tab.fill('#reply-text', '')
    await goThrough()
    expect(await beyondTab('#thread')).toEqual([])
    await at.tab.click('#thread-close')
    await at.tab.click('#places button')
    await at.tab.waitForSelector('#threads:not([hidden])')
    expect(await unnamed()).toEqual([])
    await at.tab.click('#apps button')
    await at.tab.click('#tab-home')
    expect(await unnamed()).toEqual([])
    await at.tab.click('#channels button:has-text("operations")')
  })

  it('keeps the keyboard inside a form, says what must be filled in, and gives the focus back', async () => {
    await openForm()
    expect(await unnamed()).toEqual([])
    await goThrough()
    expect(await beyondTab('#modal')).toEqual([])
    expect(
      await at.tab.evaluate('[...reached].every((it) => it === document.body || it.closest("#modal"))'),
    ).toBe(true)
    const reason = at.tab.getByRole('textbox', { name: 'Reason' })
    expect(await reason.getAttribute('aria-required')).toBe('true')
    expect(
      await at.tab.getByRole('radiogroup', { name: 'Your decision' }).getAttribute('aria-required'),
    ).toBe('true')
    await at.tab.click('#modal-submit')
    await expect.poll(() => reason.getAttribute('aria-invalid')).toBe('true')
    expect(await at.tab.locator('#modal [role=alert]:text("This is a required field.")').count()).toBe(3)
    expect(await focused()).toBe('Workload')
    await at.tab.keyboard.press('Escape')
    await at.tab.waitForSelector('#modal:not([open])', { state: 'attached' })
    expect(await focused()).toBe('Message to #operations')
  })

  it('says what only the reader sees as such', async () => {
    await at.client.chat.postEphemeral({ channel: 'C0OPERATIONS', user: 'U0OLIVIA', text: 'You may not.' })
    await expect
      .poll(() => at.tab.textContent('#announcer'))
      .toBe('Bakery, only visible to you: You may not.')
  })

  it('leaves the focus at a message whose button is gone, and never on one that does something else', async () => {
    const row = (action: string) => [
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: action, text: plain(action), value: '1' }],
      },
    ]
    const { ts = '' } = await at.client.chat.postMessage({
      ...{ channel: 'C0OPERATIONS', text: 'Approval needed', blocks: row('approve') as never },
    })
    const button = at.tab.locator(`.message[data-ts="${ts}"] button.control`)
    await button.focus()
    await at.client.chat.update({ channel: 'C0OPERATIONS', ts, text: 'Done', blocks: row('undo') as never })
    await at.tab.waitForSelector(`.message[data-ts="${ts}"] button.control:has-text("undo")`)
    expect(await at.tab.evaluate('document.activeElement.dataset.ts')).toBe(ts)
    await at.client.chat.update({ channel: 'C0OPERATIONS', ts, text: 'Undone' })
  })

  it('ran without one error in the console', () => {
    expect(at.problems).toEqual([])
  })
})
