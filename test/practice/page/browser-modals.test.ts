import type { ModalView } from '@slack/web-api'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../support/programs.ts'
import { CHROMIUM, type Opened, openPage } from './chromium.ts'

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const input = (id: string, label: string, element: object, more: object = {}) => ({
  ...{ type: 'input', block_id: id, label: plain(label), element: { action_id: 'a', ...element } },
  ...more,
})

/** The window in which somebody decides, as approvals open it. */
const decide = (title: string, more: object = {}): ModalView =>
  ({
    ...{
      type: 'modal',
      callback_id: 'decide',
      title: plain(title),
      submit: plain('Deny'),
      close: plain('Go back'),
    },
    blocks: [
      input(
        'reason',
        'Reason',
        { type: 'plain_text_input', multiline: true, min_length: 3 },
        { hint: plain('Marco sees it.') },
      ),
      input(
        'count',
        'Replicas',
        { type: 'number_input', is_decimal_allowed: false, max_value: '5' },
        { optional: true },
      ),
      input('who', 'Whom to tell', { type: 'users_select' }, { optional: true }),
    ],
    ...more,
  }) as unknown as ModalView

describeWith(CHROMIUM, 'a modal', () => {
  let at: Opened
  beforeAll(async () => {
    at = await openPage()
  })
  beforeEach(async () => {
    at.bot.heard.length = 0
    at.bot.answer = () => ({})
  })
  afterAll(() => at.stop())

  const opened = async (view: ModalView) => {
    await at.type('/bakery open')
    await expect.poll(() => at.bot.heard.length).toBeGreaterThan(0)
    await at.client.views.open({ trigger_id: at.trigger(), view })
    await at.tab.waitForSelector(`#modal[open] #modal-title:has-text("${view.title.text}")`)
  }
  const gone = () => at.tab.waitForSelector('#modal:not([open])', { state: 'attached' })
  const field = (id: string) => at.tab.locator(`slack-control[data-block=${id}] :is(input, textarea)`)
  const errorOf = (id: string) => at.tab.locator(`slack-field:has([data-block=${id}]) .error`).textContent()
  const focused = () =>
    at.tab.evaluate('document.activeElement.closest("slack-control, form")?.dataset.block')

  it('begins in its first field, and says itself what is missing before the bot is asked', async () => {
    await opened(decide('Deny it'))
    expect(await focused()).toBe('reason')
    await at.tab.click('#modal-submit')
    expect(await errorOf('reason')).toBe('This is a required field.')
    await field('reason').fill('no')
    await field('count').fill('2.5')
    await at.tab.click('#modal-submit')
    expect(await errorOf('reason')).toBe('This needs at least 3 characters.')
    expect(await errorOf('count')).toBe('This is not a whole number.')
    expect(await field('count').getAttribute('aria-invalid')).toBe('true')
    expect(await focused()).toBe('reason')
    expect(at.bot.heard.filter(({ payload }) => payload.type === 'view_submission')).toEqual([])
  })

  it('closes an open list on Escape, and itself only on the next', async () => {
    await at.tab.click('slack-control[data-block=who] button')
    await at.tab.waitForSelector('.listbox [role=option]')
    await at.tab.keyboard.press('Escape')
    expect(await at.tab.locator('.listbox').count()).toBe(0)
    expect(await at.tab.locator('#modal[open]').count()).toBe(1)
    expect(await focused()).toBe('who')
  })

  it('takes back what need not be chosen when it is chosen again', async () => {
    const who = at.tab.locator('slack-control[data-block=who] button')
    for (const shown of ['Ana Aguirre', 'Select an option']) {
      await who.click()
      await at.tab.click('.listbox [role=option]:has-text("Ana Aguirre")')
      expect(await who.textContent()).toBe(shown)
    }
  })

  it('shows under each field what the bot says of it', async () => {
    at.bot.answer = () => ({ body: { response_action: 'errors', errors: { reason: 'Name the incident.' } } })
    await field('reason').fill('because')
    await field('count').fill('2')
    await at.tab.click('#modal-submit')
    await expect.poll(() => errorOf('reason')).toBe('Name the incident.')
    expect(await errorOf('count')).toBe('')
    expect(await field('reason').inputValue()).toBe('because')
  })

  it('keeps what was entered while the bot changes what stands around it', async () => {
    const id = String(at.slack.views('U0OLIVIA').at(-1)?.id)
    const view = decide('Deny it')
    view.blocks = [{ type: 'section', text: plain('The plan has changed.') }, ...view.blocks]
    await at.client.views.update({ view_id: id, view })
    await at.tab.waitForSelector('#modal >> text=The plan has changed.')
    expect(await field('reason').inputValue()).toBe('because')
  })

  it('says so when the bot fails, and stays', async () => {
    at.bot.answer = () => ({ status: 500 })
    await at.tab.click('#modal-submit')
    await at.tab.waitForSelector('#modal-said:has-text("trouble connecting")')
    expect(await field('reason').inputValue()).toBe('because')
  })

  it('closes when it is taken, and gives the focus back to the composer', async () => {
    await at.tab.click('#modal-submit')
    await gone()
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({
      type: 'view_submission',
      view: {
        callback_id: 'decide',
        state: { values: { reason: { a: { value: 'because' } }, count: { a: { value: '2' } } } },
      },
    })
    expect(await at.tab.evaluate('document.activeElement.id')).toBe('text')
  })

  it('can be replaced, have another put on it, and go back to the one below', async () => {
    await opened(decide('First'))
    await field('reason').fill('because')
    at.bot.answer = () => ({ body: { response_action: 'update', view: decide('Second') } })
    await at.tab.click('#modal-submit')
    await at.tab.waitForSelector('#modal-title:has-text("Second")')
    await field('reason').fill('because')
    at.bot.answer = () => ({
      body: { response_action: 'push', view: decide('Third', { notify_on_close: true }) },
    })
    await at.tab.click('#modal-submit')
    await at.tab.waitForSelector('#modal-title:has-text("Third")')
    at.bot.answer = () => ({})
    await at.tab.keyboard.press('Escape')
    await at.tab.waitForSelector('#modal-title:has-text("Second")')
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({ type: 'view_closed', is_cleared: false })
    at.bot.answer = () => ({ body: { response_action: 'clear' } })
    await field('reason').fill('because')
    await at.tab.click('#modal-submit')
    await gone()
  })

  it('is closed whole, with all below it, when it asks for that', async () => {
    await opened(decide('Below', { notify_on_close: true }))
    await field('reason').fill('because')
    const view = decide('Above', { clear_on_close: true, notify_on_close: true })
    at.bot.answer = () => ({ body: { response_action: 'push', view } })
    await at.tab.click('#modal-submit')
    await at.tab.waitForSelector('#modal-title:has-text("Above")')
    at.bot.answer = () => ({})
    await at.tab.click('#modal-x')
    await gone()
    const closed = () => at.bot.heard.filter(({ payload }) => payload.type === 'view_closed')
    await expect.poll(() => closed().map(({ payload }) => payload.is_cleared)).toEqual([true, true])
  })

  it('ran without one error in the console', () => {
    expect(at.problems).toEqual([])
  })
})
