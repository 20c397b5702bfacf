import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { blockFaults } from '../../../practice/slack/block-rules.ts'
import { reported, stateValues } from '../../../practice/slack/chosen.ts'
import { objects } from '../../../practice/slack/json.ts'
import { type Setup, setUp } from './support.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const option = (value: string) => ({ text: plain(value), value })
const menu = (type: string, more: object = {}) => ({
  type,
  action_id: 'a',
  options: [option('one'), option('two')],
  ...more,
})

describe('what Slack reports of a control', () => {
  it.each([
    ['static_select', { selected_option: option('two') }],
    ['overflow', { selected_option: option('two') }],
    ['radio_buttons', { selected_option: option('two') }],
    ['multi_static_select', { selected_options: [option('two')] }],
    ['checkboxes', { selected_options: [option('two')] }],
  ])('%s: its own option, whatever else was sent along', (type, expected) => {
    expect(reported(menu(type), 'two', undefined)).toEqual(expected)
    const forged = JSON.parse(JSON.stringify(expected).replaceAll('"text":"two"', '"text":"forged"'))
    expect(reported(menu(type), undefined, forged)).toEqual(expected)
  })

  it.each([
    ['users_select', { selected_user: 'U0ANA' }],
    ['multi_users_select', { selected_users: ['U0ANA', 'U0VERA'] }],
    ['channels_select', { selected_channel: 'C0DIGEST' }],
    ['multi_conversations_select', { selected_conversations: ['C0DIGEST'] }],
    ['datepicker', { selected_date: '2026-11-23' }],
    ['timepicker', { selected_time: '09:05' }],
    ['datetimepicker', { selected_date_time: 1_795_000_000 }],
    ['external_select', { selected_option: option('of the bot') }],
    ['plain_text_input', { value: 'typed' }],
  ])('%s: %j', (type, chosen) => {
    expect(reported({ type, action_id: 'a' }, undefined, chosen)).toEqual(chosen)
  })

  it('never an option that the menu does not have, nor nothing', () => {
    expect(() => reported(menu('static_select'), 'three', undefined)).toThrow('has no option three')
    expect(() => reported(menu('checkboxes'), undefined, { selected_options: [option('x')] })).toThrow(
      'no option x',
    )
    expect(() => reported(menu('users_select'), undefined, {})).toThrow('is missing')
    expect(() => reported({ type: 'image' }, 'x', undefined)).toThrow('nothing can be chosen in a image')
  })

  it('with all the others of its message: as entered, or else as they were to begin with', () => {
    const blocks = [
      { type: 'section', block_id: 's', accessory: menu('static_select', { initial_option: option('one') }) },
      { type: 'input', block_id: 'i', element: { type: 'plain_text_input', action_id: 'b' } },
      {
        type: 'actions',
        block_id: 'r',
        elements: [
          { type: 'button', action_id: 'go' },
          menu('overflow'),
          menu('checkboxes', { action_id: 'c' }),
        ],
      },
    ]
    expect(stateValues(blocks, { i: { b: { type: 'plain_text_input', value: 'typed' } } })).toEqual({
      s: { a: { type: 'static_select', selected_option: option('one') } },
      i: { b: { type: 'plain_text_input', value: 'typed' } },
      r: { c: { type: 'checkboxes', selected_options: [] } },
    })
  })
})

describe('an element stands only where Slack takes it', () => {
  const within = {
    section: (element: object) => ({ type: 'section', text: plain('a'), accessory: element }),
    actions: (element: object) => ({ type: 'actions', elements: [element] }),
    input: (element: object) => ({ type: 'input', label: plain('a'), element }),
  }
  it.each([
    ['datetimepicker', 'section', 'message'],
    ['datetimepicker', 'actions', 'home'],
    ['plain_text_input', 'actions', 'modal'],
    ['number_input', 'input', 'message'],
    ['email_text_input', 'input', 'home'],
    ['rich_text_input', 'input', 'message'],
  ] as const)('%s not in %s of a %s', (type, place, surface) => {
    expect(blockFaults([within[place]({ type, action_id: 'a' })], surface)).toEqual([
      expect.stringContaining(`unsupported type: ${type}`),
    ])
  })

  it.each([
    ['datetimepicker', 'actions', 'message'],
    ['multi_users_select', 'actions', 'message'],
    ['number_input', 'input', 'modal'],
    ['rich_text_input', 'input', 'home'],
    ['plain_text_input', 'input', 'message'],
  ] as const)('%s in %s of a %s', (type, place, surface) => {
    expect(blockFaults([within[place]({ type, action_id: 'a' })], surface)).toEqual([])
  })
})

describe('the life of menus, views and direct messages', () => {
  let at: Setup
  let time = Date.now()
  beforeAll(async () => {
    at = await setUp({ rateLimits: false, now: () => time, events: [] })
  })
  beforeEach(() => {
    at.bot.heard.length = 0
    at.bot.answer = () => ({})
  })
  afterAll(() => at.stop())

  const external = { type: 'external_select', action_id: 'pod', placeholder: plain('Pod') }
  const modal = (more: object = {}) =>
    ({
      type: 'modal',
      title: plain('Choose'),
      submit: plain('Send'),
      blocks: [{ type: 'input', block_id: 'in', label: plain('Pod'), element: external }],
      ...more,
    }) as never
  const opened = async (view = modal()) => {
    await at.slack.command('U0ANA', 'C0OPERATIONS', '/bakery open')
    const trigger = at.bot.heard.at(-1)?.form.get('trigger_id') ?? ''
    await at.client.views.open({ trigger_id: trigger, view })
    return String(at.slack.views('U0ANA').at(-1)?.id)
  }
  const closeAll = async () => {
    for (const view of [...at.slack.views('U0ANA')].reverse()) await at.slack.close('U0ANA', String(view.id))
  }
  const refused = async (work: Promise<unknown>) => {
    const thrown: unknown = await work.then(
      () => null,
      (error: unknown) => error,
    )
    return String(thrown)
  }

  it('asks the bot for the options of a menu on a message', async () => {
    const blocks = [{ type: 'actions', block_id: 'row', elements: [external] }] as never
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'pods', blocks })
    const message = (await at.slack.messages('C0OPERATIONS')).at(-1)
    if (message === undefined) throw new Error('nothing was posted')
    at.bot.answer = () => ({ body: { options: [option('orders-7d9')] } })
    const { options, error } = await at.slack.suggest('U0ANA', message, 'pod', 'ord')
    expect([options, error]).toEqual([[option('orders-7d9')], null])
    expect(at.bot.heard.at(-1)).toMatchObject({
      signed: true,
      payload: {
        type: 'block_suggestion',
        ...{ action_id: 'pod', block_id: 'row', value: 'ord', channel: { id: 'C0OPERATIONS' } },
        container: { type: 'message', message_ts: message.ts },
      },
    })
  })

  it('asks for those of a menu in a modal, and says when there were none', async () => {
    const id = await opened()
    at.bot.answer = () => ({ body: { option_groups: [{ label: plain('g'), options: [option('x')] }] } })
    expect((await at.slack.suggest('U0ANA', id, 'pod', 'x')).groups).toHaveLength(1)
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({
      container: { type: 'view', view_id: id },
      view: { id },
    })
    at.bot.answer = () => ({ status: 500 })
    expect(await at.slack.suggest('U0ANA', id, 'pod', 'x')).toMatchObject({
      error: 'dispatch_failed',
      options: [],
    })
    at.bot.answer = () => ({ body: 'nothing' })
    expect(await at.slack.suggest('U0ANA', id, 'pod', 'x')).toMatchObject({
      error: 'dispatch_failed',
      options: [],
    })
    await closeAll()
  })

  it('keeps a modal when the bot answers with a view that Slack would refuse', async () => {
    const id = await opened()
    const tooLong = { ...(modal() as object), title: plain('x'.repeat(25)) }
    at.bot.answer = () => ({ body: { response_action: 'update', view: tooLong } })
    expect(await at.slack.submit('U0ANA', id, {})).toMatchObject({ error: 'dispatch_failed', errors: {} })
    expect(at.slack.views('U0ANA').at(-1)).toMatchObject({ id, title: { text: 'Choose' } })
    at.bot.answer = () => ({})
    await closeAll()
  })

  it('gives every block and element an id, as Slack does', async () => {
    const blocks = [{ type: 'actions', elements: [{ type: 'button', text: plain('Go') }] }]
    await at.client.views.publish({ user_id: 'U0ANA', view: { type: 'home', blocks } as never })
    const [block] = objects(at.slack.home('U0ANA')?.blocks)
    const [element] = objects(block?.elements)
    expect(block?.block_id).toMatch(/./)
    expect(element?.action_id).toMatch(/./)
  })

  it('refuses a modal without a title, without a button for its fields, or of another kind', async () => {
    const open = async (more: object) => {
      await at.slack.command('U0ANA', 'C0OPERATIONS', '/bakery open')
      const trigger = at.bot.heard.at(-1)?.form.get('trigger_id') ?? ''
      return refused(at.client.views.open({ trigger_id: trigger, view: modal(more) }))
    }
    for (const more of [
      { title: undefined },
      { submit: undefined },
      { type: 'home' },
      { external_id: 'x'.repeat(256) },
    ])
      expect(await open(more)).toContain('invalid_arguments')
    expect(at.slack.views('U0ANA')).toEqual([])
  })

  it('closes the whole stack for a view that asks for it, and tells each that wants to hear', async () => {
    const id = await opened(modal({ notify_on_close: true }))
    const above = modal({ notify_on_close: true, clear_on_close: true })
    at.bot.answer = () => ({ body: { response_action: 'push', view: above } })
    await at.slack.submit('U0ANA', id, {})
    at.bot.answer = () => ({})
    at.bot.heard.length = 0
    await at.slack.close('U0ANA', String(at.slack.views('U0ANA').at(-1)?.id))
    expect(at.slack.views('U0ANA')).toEqual([])
    expect(at.bot.heard.map(({ payload }) => [payload.type, payload.is_cleared])).toEqual([
      ['view_closed', true],
      ['view_closed', true],
    ])
  })

  it('lets a trigger of a button open a window for three seconds, and no longer', async () => {
    const blocks = [
      { type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain('Go') }] },
    ] as never
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'go', blocks })
    const message = (await at.slack.messages('C0OPERATIONS')).at(-1)
    if (message === undefined) throw new Error('nothing was posted')
    for (const [after, expected] of [
      [3001, 'expired_trigger_id'],
      [2999, 'null'],
    ] as const) {
      await at.slack.click('U0ANA', message, 'go')
      const trigger = String(at.bot.heard.at(-1)?.payload.trigger_id)
      time += after
      expect(await refused(at.client.views.open({ trigger_id: trigger, view: modal() }))).toContain(expected)
    }
    await closeAll()
  })

  it('carries what two people write to one another past the bot', async () => {
    const channel = await at.slack.directBetween('U0ANA', 'U0VERA')
    expect(await at.slack.directBetween('U0VERA', 'U0ANA')).toBe(channel)
    await at.slack.say('U0ANA', channel, 'between us')
    expect((await at.slack.messages(channel, 'U0VERA')).map(({ text }) => text)).toEqual(['between us'])
    expect(await refused(at.client.conversations.history({ channel }))).toMatch(
      /not_in_channel|channel_not_found/,
    )
    await expect(at.slack.say('U0MARCO', channel, 'me too')).rejects.toThrow(
      `Marco Molina is not in ${channel}`,
    )
    await expect(at.slack.command('U0MARCO', channel, '/bakery help')).rejects.toThrow('is not in')
    expect(at.bot.heard).toEqual([])
  })

  it('tells the bot that it was brought into a channel, where it can write from then on', async () => {
    const { members = [] } = at.slack.state.channels.get('C0RANDOM') ?? {}
    expect(await refused(at.client.chat.postMessage({ channel: 'C0RANDOM', text: 'hello' }))).toContain(
      'not_in_channel',
    )
    await at.slack.changeChannel('C0RANDOM', { members: [...members, 'U0BAKERY'] })
    expect(at.bot.heard.at(-1)?.payload.event).toMatchObject({
      type: 'member_joined_channel',
      user: 'U0BAKERY',
    })
    expect((await at.client.chat.postMessage({ channel: 'C0RANDOM', text: 'hello' })).ok).toBe(true)
  })

  it('sends no event that the app has not subscribed to', async () => {
    await at.slack.openHome('U0ANA', 'home')
    expect(at.bot.heard).toEqual([])
  })
})
