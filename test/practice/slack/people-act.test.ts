import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Setup, setUp } from './support.ts'

let at: Setup
beforeAll(async () => {
  at = await setUp({ rateLimits: false, retryDelaysMs: [10, 10] })
})
beforeEach(() => {
  at.bot.heard.length = 0
  at.bot.answer = () => ({})
})
afterAll(() => at.stop())

const button = (action: string, text: string, value: string) => ({
  type: 'button',
  action_id: action,
  text: { type: 'plain_text', text },
  value,
})
const blocks = [
  { type: 'section', block_id: 'bakery:health:1:1', text: { type: 'mrkdwn', text: 'One thing is wrong' } },
  {
    type: 'actions',
    block_id: 'row',
    elements: [button('refresh', 'Refresh', 'r.1'), button('logs', 'Logs', 'l.1')],
  },
] as never

async function posted() {
  await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'One thing is wrong', blocks })
  const message = (await at.slack.messages('C0OPERATIONS')).at(-1)
  if (message === undefined) throw new Error('nothing was posted')
  return message
}

const answerTo = (responseUrl: string, body: object) =>
  fetch(responseUrl, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })

describe('a slash command', () => {
  it('reaches the bot signed, with every field that Slack sends', async () => {
    const delivery = await at.slack.command('U0MARCO', 'C0OPERATIONS', '/bakery  health pods')
    expect(delivery).toMatchObject({ ok: true, status: 200, error: null })
    const [heard] = at.bot.heard
    expect(heard?.signed).toBe(true)
    expect(Object.fromEntries(heard?.form ?? [])).toMatchObject({
      command: '/bakery',
      text: 'health pods',
      user_id: 'U0MARCO',
      team_id: 'T0BAKERY',
      channel_id: 'C0OPERATIONS',
      channel_name: 'operations',
      is_enterprise_install: 'false',
    })
    expect(heard?.form.get('response_url')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/response\//)
    expect(heard?.form.get('trigger_id')).not.toBe('')
  })

  it('turns names into ids and escapes what Slack escapes', async () => {
    await at.slack.command(
      'U0OLIVIA',
      'C0OPERATIONS',
      '/bakery roles grant @ana admin #operations @oncall a<b&c',
    )
    expect(at.bot.heard[0]?.form.get('text')).toBe(
      'roles grant <@U0ANA|ana> admin <#C0OPERATIONS|operations> <!subteam^S0ONCALL|@oncall> a&lt;b&amp;c',
    )
  })

  it('names the other company for an outsider in a shared channel', async () => {
    await at.slack.command('U0EVE', 'C0SHARED', '/bakery help')
    expect(at.bot.heard[0]?.form.get('team_id')).toBe('T0PARTNER')
  })

  it('shows the acknowledgement to the person alone', async () => {
    at.bot.answer = () => ({ body: { response_type: 'ephemeral', text: 'Not recorded. NOT_RECORDED' } })
    await at.slack.command('U0VERA', 'C0OPERATIONS', '/bakery health')
    expect(at.slack.ephemerals('U0VERA').at(-1)).toMatchObject({
      text: 'Not recorded. NOT_RECORDED',
      user: 'U0BAKERY',
    })
    expect((await at.slack.messages('C0OPERATIONS', 'U0ANA')).map(({ text }) => text)).not.toContain(
      'Not recorded. NOT_RECORDED',
    )
  })

  it('says so as Slack does when the bot fails or is not there', async () => {
    at.bot.answer = () => ({ status: 500 })
    await at.slack.command('U0VERA', 'C0OPERATIONS', '/bakery health')
    expect(at.slack.ephemerals('U0VERA').at(-1)).toMatchObject({
      user: 'USLACKBOT',
      text: '`/bakery` failed with the error “dispatch_failed”',
    })
    const typo = await at.slack.command('U0VERA', 'C0OPERATIONS', '/bakrey health')
    expect(typo.ok).toBe(false)
    expect(at.slack.ephemerals('U0VERA').at(-1)?.text).toContain('`/bakrey` is not a valid command')
  })

  it('gives up after three seconds', async () => {
    at.bot.answer = () => ({ afterMs: 3600 })
    const delivery = await at.slack.command('U0VERA', 'C0OPERATIONS', '/bakery health')
    expect(delivery.error).toBe('operation_timeout')
  })

  it('is not possible where one is not a member, nor for somebody who left', async () => {
    await expect(at.slack.command('U0EVE', 'C0OPERATIONS', '/bakery help')).rejects.toThrow(
      'is not a member of #operations',
    )
    await expect(at.slack.command('U0DORA', 'C0OPERATIONS', '/bakery help')).rejects.toThrow('is deactivated')
  })
})

describe('a response_url', () => {
  const responseUrl = async () => {
    await at.slack.command('U0ANA', 'C0OPERATIONS', '/bakery health')
    return at.bot.heard.at(-1)?.form.get('response_url') ?? ''
  }

  it('takes five answers and no sixth', async () => {
    const url = await responseUrl()
    const before = at.slack.ephemerals('U0ANA').length
    const statuses: number[] = []
    for (let count = 1; count <= 6; count += 1)
      statuses.push((await answerTo(url, { text: `answer ${count}` })).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404])
    expect(at.slack.ephemerals('U0ANA').length - before).toBe(5)
  })

  it('posts for all when it is told to', async () => {
    await answerTo(await responseUrl(), { text: 'for all', response_type: 'in_channel' })
    expect((await at.slack.messages('C0OPERATIONS')).map(({ text }) => text)).toContain('for all')
  })

  it('refuses blocks that Slack would refuse', async () => {
    const response = await answerTo(await responseUrl(), { text: 'x', blocks: [{ type: 'banner' }] })
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_blocks' }])
  })

  it('replaces and deletes the message that carried the button', async () => {
    const message = await posted()
    await at.slack.click('U0ANA', message, 'refresh')
    const url = String(at.bot.heard.at(-1)?.payload.response_url)
    await answerTo(url, { text: 'replaced', replace_original: true })
    expect((await at.slack.messages('C0OPERATIONS')).at(-1)).toMatchObject({
      text: 'replaced',
      ts: message.ts,
    })
    await answerTo(url, { delete_original: true })
    expect((await at.slack.messages('C0OPERATIONS')).map(({ ts }) => ts)).not.toContain(message.ts)
  })

  it('is nothing that can be guessed', async () => {
    const url = new URL(await responseUrl())
    expect((await answerTo(`${url.origin}/response/guessed`, { text: 'x' })).status).toBe(404)
  })
})

describe('a click', () => {
  it('reaches the bot as block_actions with the message and the value', async () => {
    const message = await posted()
    await at.slack.click('U0MARCO', message, { text: 'Logs' })
    const [heard] = at.bot.heard
    expect(heard?.signed).toBe(true)
    expect(heard?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0MARCO', team_id: 'T0BAKERY' },
      container: { type: 'message', message_ts: message.ts, channel_id: 'C0OPERATIONS', is_ephemeral: false },
      channel: { id: 'C0OPERATIONS' },
      message: { ts: message.ts },
      actions: [{ type: 'button', action_id: 'logs', block_id: 'row', value: 'l.1' }],
    })
  })

  it('on an ephemeral message carries no message', async () => {
    await at.client.chat.postEphemeral({ channel: 'C0OPERATIONS', user: 'U0VERA', text: 'yours', blocks })
    const message = at.slack.ephemerals('U0VERA').at(-1)
    if (message === undefined) throw new Error('nothing was shown')
    await at.slack.click('U0VERA', message, 'logs')
    expect(at.bot.heard[0]?.payload).toMatchObject({ container: { is_ephemeral: true } })
    expect(at.bot.heard[0]?.payload).not.toHaveProperty('message')
  })

  it('on a button that is not there says which there are', async () => {
    await expect(at.slack.click('U0VERA', await posted(), 'approve')).rejects.toThrow(
      'this message has no control "approve"; it has: refresh (“Refresh”), logs (“Logs”)',
    )
  })
})

describe('a modal', () => {
  const view = (title: string) => ({
    type: 'modal',
    callback_id: 'share',
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: 'Share' },
    blocks: [
      {
        type: 'input',
        block_id: 'why',
        label: { type: 'plain_text', text: 'Why' },
        element: { type: 'plain_text_input', action_id: 'text' },
      },
    ],
  })
  const opened = async () => {
    await at.slack.command('U0ANA', 'C0OPERATIONS', '/bakery share')
    const trigger = at.bot.heard.at(-1)?.form.get('trigger_id') ?? ''
    await at.client.views.open({ trigger_id: trigger, view: view('Share') as never })
    return { trigger, id: String(at.slack.views('U0ANA').at(-1)?.id) }
  }

  it('opens once for a trigger, for the person whose it was', async () => {
    const { trigger } = await opened()
    expect(at.slack.views('U0ANA')).toHaveLength(1)
    expect(at.slack.views('U0VERA')).toHaveLength(0)
    await expect(at.client.views.open({ trigger_id: trigger, view: view('Again') as never })).rejects.toThrow(
      'exchanged_trigger_id',
    )
    await at.slack.close('U0ANA', String(at.slack.views('U0ANA').at(-1)?.id))
  })

  it('stays open with the errors, and closes when it is taken', async () => {
    const { id } = await opened()
    const values = { why: { text: { type: 'plain_text_input', value: '' } } }
    at.bot.answer = () => ({ body: { response_action: 'errors', errors: { why: 'Say why.' } } })
    expect((await at.slack.submit('U0ANA', id, values)).errors).toEqual({ why: 'Say why.' })
    expect(at.slack.views('U0ANA')).toHaveLength(1)
    at.bot.answer = () => ({})
    expect((await at.slack.submit('U0ANA', id, values)).errors).toEqual({})
    expect(at.slack.views('U0ANA')).toHaveLength(0)
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({
      type: 'view_submission',
      view: { id, callback_id: 'share', state: { values } },
    })
  })
})

describe('events', () => {
  it('tell the bot of changed people, groups and channels', async () => {
    await at.slack.changePerson('U0VERA', { kind: 'deactivated' })
    await at.slack.changePerson('U0VERA', { kind: 'member' })
    await at.slack.changeGroup('S0ONCALL', ['U0VERA'])
    await at.slack.changeChannel('C0OPERATIONS', { shared: true })
    await at.slack.changeChannel('C0OPERATIONS', { shared: false })
    expect(at.bot.heard.every(({ signed }) => signed)).toBe(true)
    expect(at.bot.heard.map(({ payload }) => (payload.event as { type: string }).type)).toEqual([
      'user_change',
      'user_change',
      'subteam_updated',
      'subteam_members_changed',
      'channel_shared',
      'channel_unshared',
    ])
    expect((await at.client.usergroups.users.list({ usergroup: 'S0ONCALL' })).users).toEqual(['U0VERA'])
  })

  it('come again, marked, while the bot does not take them', async () => {
    at.bot.answer = () => ({ status: at.bot.heard.length < 3 ? 500 : 200 })
    expect((await at.slack.event({ type: 'app_home_opened', user: 'U0ANA' })).ok).toBe(true)
    expect(at.bot.heard.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2'])
    expect(new Set(at.bot.heard.map(({ payload }) => payload.event_id)).size).toBe(1)
  })

  it('start with a proof that the address is the bot’s', async () => {
    at.bot.answer = ({ payload }) => ({ body: { challenge: payload.challenge } })
    expect(await at.slack.verifyUrl()).toBe(true)
    at.bot.answer = () => ({ body: 'hello' })
    expect(await at.slack.verifyUrl()).toBe(false)
  })
})
