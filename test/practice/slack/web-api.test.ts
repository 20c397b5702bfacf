import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Setup, setUp } from './support.ts'

let at: Setup
beforeAll(async () => {
  at = await setUp({ rateLimits: false })
})
afterAll(() => at.stop())

describe('the practice Slack, asked by the real client', () => {
  it('knows the app by its token, and nobody else', async () => {
    const me = await at.client.auth.test()
    expect([me.user_id, me.bot_id, me.team_id]).toEqual(['U0BAKERY', 'B0BAKERY', 'T0BAKERY'])
    await expect(at.client.auth.test({ token: 'xoxb-of-somebody-else' })).rejects.toThrow('invalid_auth')
  })

  it('posts, updates and reads back a message with its metadata, in fixed ids', async () => {
    const metadata = { event_type: 'bakery_health', event_payload: { outbox: '42' } }
    const posted = await at.client.chat.postMessage({
      channel: 'C0OPERATIONS',
      text: 'All <@U0ANA> well',
      metadata,
    })
    expect(posted.channel).toBe('C0OPERATIONS')
    await at.client.chat.update({
      channel: 'C0OPERATIONS',
      ts: posted.ts ?? '',
      text: 'All <@U0ANA> better',
      metadata,
    })
    const plain = await at.client.conversations.history({ channel: 'C0OPERATIONS', limit: 1 })
    expect(plain.messages?.[0]).toMatchObject({ text: 'All <@U0ANA> better', user: 'U0BAKERY' })
    expect(plain.messages?.[0]).not.toHaveProperty('metadata')
    const full = await at.client.conversations.history({
      channel: 'C0OPERATIONS',
      include_all_metadata: true,
    })
    expect(full.messages?.[0]?.metadata).toEqual(metadata)
  })

  it('reads only what lies between oldest and latest, page by page', async () => {
    const stamps: string[] = []
    for (const text of ['one', 'two', 'three', 'four']) {
      stamps.push((await at.client.chat.postMessage({ channel: 'C0DIGEST', text })).ts ?? '')
    }
    const texts = async (options: object) =>
      (await at.client.conversations.history({ channel: 'C0DIGEST', ...options })).messages?.map(
        ({ text }) => text,
      )
    expect(await texts({ oldest: stamps[1] })).toEqual(['four', 'three'])
    expect(await texts({ oldest: stamps[1], inclusive: true })).toEqual(['four', 'three', 'two'])
    expect(await texts({ latest: stamps[1] })).toEqual(['one'])
    const first = await at.client.conversations.history({ channel: 'C0DIGEST', limit: 3 })
    expect(first.has_more).toBe(true)
    expect(await texts({ limit: 3, cursor: first.response_metadata?.next_cursor })).toEqual(['one'])
  })

  it('keeps a thread apart from the channel', async () => {
    const root = (await at.client.chat.postMessage({ channel: 'C0SECURITY', text: 'root' })).ts ?? ''
    await at.client.chat.postMessage({ channel: 'C0SECURITY', text: 'reply', thread_ts: root })
    const replies = await at.client.conversations.replies({ channel: 'C0SECURITY', ts: root })
    expect(replies.messages?.map(({ text }) => text)).toEqual(['root', 'reply'])
    const channel = await at.slack.messages('C0SECURITY')
    expect(channel.map(({ text, replyCount }) => [text, replyCount])).toEqual([['root', 1]])
  })

  it('tells members, guests, strangers, the deactivated and bots apart', async () => {
    const user = async (id: string) => (await at.client.users.info({ user: id })).user
    expect(await user('U0OLIVIA')).toMatchObject({
      deleted: false,
      is_restricted: false,
      team_id: 'T0BAKERY',
    })
    expect(await user('U0GUS')).toMatchObject({ is_restricted: true })
    expect(await user('U0EVE')).toMatchObject({ is_stranger: true, team_id: 'T0PARTNER' })
    expect(await user('U0DORA')).toMatchObject({ deleted: true })
    expect(await user('U0BAKERY')).toMatchObject({ is_bot: true })
    await expect(at.client.users.info({ user: 'U0NOBODY' })).rejects.toThrow('user_not_found')
  })

  it('lists user groups and who is in them', async () => {
    const groups = await at.client.usergroups.list()
    expect(groups.usergroups?.map(({ id, handle }) => [id, handle])).toEqual([
      ['S0ONCALL', 'oncall'],
      ['S0DBA', 'dba'],
      ['S0AUDIT', 'audit'],
    ])
    expect((await at.client.usergroups.users.list({ usergroup: 'S0ONCALL' })).users).toEqual([
      'U0MARCO',
      'U0ANA',
    ])
  })

  it('says which channel is shared with another company and where the app is a member', async () => {
    const info = async (channel: string) => (await at.client.conversations.info({ channel })).channel
    expect(await info('C0SHARED')).toMatchObject({ is_ext_shared: true, is_member: true })
    expect(await info('C0OPERATIONS')).toMatchObject({ is_ext_shared: false, name: 'operations' })
    expect(await info('C0RANDOM')).toMatchObject({ is_member: false })
    const members = await at.client.conversations.members({ channel: 'C0SHARED' })
    expect(members.members).toContain('U0EVE')
  })

  it('refuses a message to a channel without the app, and an ephemeral one to somebody who is not there', async () => {
    await expect(at.client.chat.postMessage({ channel: 'C0RANDOM', text: 'hello' })).rejects.toThrow(
      'not_in_channel',
    )
    await expect(
      at.client.chat.postEphemeral({ channel: 'C0OPERATIONS', user: 'U0EVE', text: 'hello' }),
    ).rejects.toThrow('user_not_in_channel')
    await expect(at.client.conversations.open({ users: 'U0DORA' })).rejects.toThrow('user_disabled')
  })

  it('shows an ephemeral message to one person only and keeps it out of the history', async () => {
    await at.client.chat.postEphemeral({ channel: 'C0OPERATIONS', user: 'U0VERA', text: 'for Vera alone' })
    expect(at.slack.ephemerals('U0VERA').map(({ text }) => text)).toEqual(['for Vera alone'])
    expect(at.slack.ephemerals('U0ANA')).toEqual([])
    const seen = async (person: string) =>
      (await at.slack.messages('C0OPERATIONS', person)).map(({ text }) => text)
    expect(await seen('U0VERA')).toContain('for Vera alone')
    expect(await seen('U0ANA')).not.toContain('for Vera alone')
    const history = await at.client.conversations.history({ channel: 'C0OPERATIONS' })
    expect(history.messages?.map(({ text }) => text)).not.toContain('for Vera alone')
  })

  it('opens a direct message once and takes messages by the channel or the person', async () => {
    const first = await at.client.conversations.open({ users: 'U0MARCO' })
    const second = await at.client.conversations.open({ users: 'U0MARCO' })
    expect(second.channel?.id).toBe(first.channel?.id)
    await at.client.chat.postMessage({ channel: 'U0MARCO', text: 'psst' })
    expect((await at.slack.messages(first.channel?.id ?? '')).map(({ text }) => text)).toEqual(['psst'])
    expect(await at.slack.direct('U0MARCO')).toBe(first.channel?.id)
  })

  it('takes a file as the client uploads it and hands out the same bytes', async () => {
    const content = '{"version":1,"status":"ok"}\n'
    await at.client.filesUploadV2({
      channel_id: await at.slack.direct('U0ANA'),
      filename: 'health.json',
      title: 'Health',
      content,
    })
    const [message] = (await at.slack.messages(await at.slack.direct('U0ANA'))).slice(-1)
    expect(message?.files.map(({ name, title, size }) => [name, title, size])).toEqual([
      ['health.json', 'Health', 28],
    ])
    const file = await at.slack.file(message?.files[0]?.path ?? '')
    expect(file?.bytes.toString('utf8')).toBe(content)
  })

  it('refuses what the manifest has no scope for', async () => {
    const poor = await setUp({ scopes: ['chat:write'] })
    const error = await poor.client.users
      .info({ user: 'U0ANA' })
      .catch((thrown: { data: object }) => thrown.data)
    expect(error).toMatchObject({ error: 'missing_scope', needed: 'users:read' })
    await poor.stop()
  })
})
