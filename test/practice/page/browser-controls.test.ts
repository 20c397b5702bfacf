import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../support/programs.ts'
import { CHROMIUM, type Opened, openPage } from './chromium.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const option = (text: string) => ({ text: plain(text), value: text })
const SERVICES = ['auth-service', 'orders-service', 'sales-service'].map(option)

/** Everything that can be chosen in a message, as approval cards and reports use it. */
const BLOCKS = [
  {
    type: 'section',
    block_id: 'services',
    text: plain('Which service?'),
    accessory: {
      type: 'static_select',
      action_id: 'service',
      placeholder: plain('Service'),
      options: SERVICES,
    },
  },
  {
    type: 'actions',
    block_id: 'row',
    elements: [
      { type: 'multi_users_select', action_id: 'people', placeholder: plain('People') },
      { type: 'external_select', action_id: 'pod', placeholder: plain('Pod'), min_query_length: 2 },
      { type: 'datepicker', action_id: 'day', initial_date: '2026-11-30' },
      { type: 'timepicker', action_id: 'time', placeholder: plain('Time') },
      { type: 'overflow', action_id: 'more', options: [option('Copy'), option('Who can approve?')] },
      { type: 'checkboxes', action_id: 'tell', options: [option('Tell the channel')] },
    ],
  },
  {
    type: 'actions',
    block_id: 'decide',
    elements: [
      {
        type: 'button',
        action_id: 'approve',
        text: plain('Approve'),
        style: 'primary',
        confirm: {
          title: plain('Approve the restart?'),
          text: plain('It runs at once.'),
          confirm: plain('Approve'),
          deny: plain('Go back'),
        },
      },
    ],
  },
] as never

describeWith(CHROMIUM, 'what can be chosen in a message', () => {
  let at: Opened
  beforeAll(async () => {
    at = await openPage()
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'Choose', blocks: BLOCKS })
    await at.tab.waitForSelector('slack-control[data-action=service] button')
  })
  beforeEach(() => {
    at.bot.heard.length = 0
    at.bot.answer = () => ({})
  })
  afterAll(() => at.stop())

  const actions = () =>
    at.bot.heard.map(({ payload }) => payload).filter(({ type }) => type === 'block_actions')
  const control = (action: string) => at.tab.locator(`slack-control[data-action=${action}] button`).last()

  it('is found by typing, and chosen with the keyboard alone', async () => {
    await control('service').focus()
    await at.tab.keyboard.press('ArrowDown')
    await at.tab.keyboard.type('ord')
    await expect
      .poll(() => at.tab.locator('.listbox [role=option]').allTextContents())
      .toEqual(['orders-service'])
    await at.tab.keyboard.press('Enter')
    await expect.poll(actions).toMatchObject([
      {
        actions: [
          { action_id: 'service', block_id: 'services', selected_option: { value: 'orders-service' } },
        ],
      },
    ])
    expect(await control('service').getAttribute('aria-label')).toBe('Service: orders-service')
    expect(await at.tab.evaluate('document.activeElement.getAttribute("aria-haspopup")')).toBe('listbox')
  })

  it('closes on Escape, chooses nothing, and gives the focus back', async () => {
    await control('service').click()
    await at.tab.keyboard.press('Escape')
    expect(await at.tab.locator('.listbox').count()).toBe(0)
    expect(await at.tab.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(
      'Service: orders-service',
    )
    expect(actions()).toEqual([])
  })

  it('can be several people, told once when the list is closed', async () => {
    await control('people').click()
    await at.tab.click('.listbox [role=option]:has-text("Ana Aguirre")')
    await at.tab.click('.listbox [role=option]:has-text("Vera Vidal")')
    expect(actions()).toEqual([])
    await at.tab.keyboard.press('Escape')
    await expect.poll(actions).toMatchObject([{ actions: [{ selected_users: ['U0ANA', 'U0VERA'] }] }])
    expect(await at.tab.locator('.token').allTextContents()).toEqual(['Ana Aguirre', 'Vera Vidal'])
  })

  it('is asked of the bot where the bot knows the options, once enough is typed', async () => {
    at.bot.answer = ({ payload }) =>
      payload.type === 'block_suggestion'
        ? { body: { options: [option(`${String(payload.value)}-7d9`)] } }
        : {}
    await control('pod').click()
    await at.tab.keyboard.type('o')
    await at.tab.waitForSelector('.list-said:has-text("Type at least 2 letters.")')
    await at.tab.keyboard.type('rders')
    await at.tab.click('.listbox [role=option]:has-text("orders-7d9")')
    await expect.poll(actions).toMatchObject([{ actions: [{ selected_option: { value: 'orders-7d9' } }] }])
    const asked = at.bot.heard.find(({ payload }) => payload.type === 'block_suggestion')?.payload
    expect(asked).toMatchObject({
      action_id: 'pod',
      block_id: 'row',
      value: 'orders',
      user: { id: 'U0OLIVIA' },
    })
  })

  it('says so when the bot gives no options', async () => {
    at.bot.answer = () => ({ status: 500 })
    await control('pod').click()
    await at.tab.keyboard.type('xyz')
    await at.tab.waitForSelector('.list-said:has-text("The options could not be loaded.")')
    await at.tab.keyboard.press('Escape')
  })

  it('is a day of a calendar that the arrows go through', async () => {
    await control('day').click()
    await at.tab.waitForSelector('.calendar h3:has-text("November 2026")')
    await at.tab.keyboard.press('ArrowRight')
    await at.tab.waitForSelector('.calendar h3:has-text("December 2026")')
    await at.tab.keyboard.press('ArrowDown')
    await at.tab.keyboard.press('Enter')
    await expect
      .poll(actions)
      .toMatchObject([{ actions: [{ action_id: 'day', selected_date: '2026-12-08' }] }])
    expect(await control('day').textContent()).toBe('Dec 8, 2026')
  })

  it('is a minute of the day that is typed', async () => {
    await control('time').click()
    await at.tab.keyboard.type('905')
    await at.tab.keyboard.press('Enter')
    await expect.poll(actions).toMatchObject([{ actions: [{ selected_time: '09:05' }] }])
  })

  it('is an entry of a menu behind three dots, reached by its first letter', async () => {
    await control('more').focus()
    await at.tab.keyboard.press('Enter')
    await at.tab.keyboard.press('w')
    await at.tab.keyboard.press('Enter')
    await expect
      .poll(actions)
      .toMatchObject([{ actions: [{ selected_option: { value: 'Who can approve?' } }] }])
  })

  it('goes along with every other choice of the message', async () => {
    await at.tab.check('slack-control[data-action=tell] input')
    await expect.poll(actions).toMatchObject([
      {
        actions: [{ action_id: 'tell', selected_options: [{ value: 'Tell the channel' }] }],
        state: {
          values: {
            services: { service: { selected_option: { value: 'orders-service' } } },
            row: { day: { selected_date: '2026-12-08' }, people: { selected_users: ['U0ANA', 'U0VERA'] } },
          },
        },
      },
    ])
  })

  it('acts only after the confirmation', async () => {
    const approve = at.tab.locator('button.control:has-text("Approve")')
    await approve.click()
    await at.tab.waitForSelector('#confirm[open] >> text=Approve the restart?')
    await at.tab.click('#confirm-deny')
    expect(actions()).toEqual([])
    expect(await at.tab.evaluate('document.activeElement.textContent')).toBe('Approve')
    await approve.click()
    await at.tab.click('#confirm-yes')
    await expect.poll(actions).toMatchObject([{ actions: [{ action_id: 'approve' }] }])
  })

  it('keeps the focus and an open list while the message is edited every moment', async () => {
    const { ts = '' } = await at.client.chat.postMessage({
      channel: 'C0OPERATIONS',
      text: '0',
      blocks: progress(0),
    })
    const stop = at.tab.locator('button.control:has-text("Stop")')
    await stop.focus()
    for (const done of [1, 2, 3]) {
      await at.client.chat.update({ channel: 'C0OPERATIONS', ts, text: `${done}`, blocks: progress(done) })
      await at.tab.waitForSelector(`.message >> text=${done} of 3 pods`)
      expect(await at.tab.evaluate('document.activeElement.textContent')).toBe('Stop')
    }
    const choose = at.tab.locator('slack-control[data-action=pace] button')
    await choose.click()
    await at.client.chat.update({ channel: 'C0OPERATIONS', ts, text: 'more', blocks: progress(0) })
    await at.tab.waitForSelector('.message >> text=0 of 3 pods')
    expect(await at.tab.locator('.listbox').count()).toBe(1)
    await at.tab.keyboard.press('Escape')
  })

  it('ran without one error in the console', () => {
    expect(at.problems).toEqual([])
  })
})

const progress = (done: number) =>
  [
    { type: 'section', block_id: 'words', text: plain(`${done} of 3 pods are new`) },
    {
      type: 'actions',
      block_id: 'stop',
      elements: [
        { type: 'button', action_id: 'stop', text: plain('Stop'), value: 's' },
        { type: 'static_select', action_id: 'pace', placeholder: plain('Pace'), options: [option('slow')] },
      ],
    },
  ] as never
