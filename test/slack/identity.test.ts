import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/slack/client.ts'
import { createEventHandlers } from '../../src/slack/events.ts'
import { createIdentities, type SlackIdentities } from '../../src/slack/identity.ts'
import { kindOf, mirroredChannel, slackChannel, slackUser } from '../../src/slack/identity-kinds.ts'
import { createSlackMetrics } from '../../src/slack/metrics.ts'
import { until } from './support/bot.ts'
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts'
import { createMemoryMirror, type MemoryMirror } from './support/memory-mirror.ts'

const log = pino({ level: 'silent' })
let fake: FakeSlack
let mirror: MemoryMirror
let identities: SlackIdentities
let pauses: number[]

beforeEach(async () => {
  fake = await startFakeSlack()
  mirror = createMemoryMirror()
  pauses = []
  const metrics = createSlackMetrics(new Registry())
  const { look } = createClients({ botToken: 'xoxb-test', apiUrl: fake.apiUrl, log, metrics })
  identities = createIdentities({
    client: look,
    mirror,
    team: async () => 'T1',
    log,
    pause: async (ms) => void pauses.push(ms),
  })
  fake.answer('users.info', ({ user }) => ({ ok: true, user: { id: user, team_id: 'T1', name: 'ana' } }))
  fake.answer('conversations.info', ({ channel }) => ({
    ok: true,
    channel: { id: channel, name: 'operations' },
  }))
})
afterEach(() => fake.close())

const ana = { user: 'U1', team: 'T1', channel: 'C1' }
const forever = new AbortController().signal

describe('what a user is', () => {
  it.each([
    [{}, 'member'],
    [{ deleted: true }, 'deactivated'],
    [{ deleted: true, is_bot: true, is_restricted: true }, 'deactivated'],
    [{ is_bot: true }, 'bot'],
    [{ id: 'USLACKBOT' }, 'bot'],
    [{ is_restricted: true }, 'guest'],
    [{ is_restricted: true, is_ultra_restricted: true }, 'guest'],
    [{ is_stranger: true }, 'external'],
    [{ team_id: 'T9' }, 'external'],
    [{ team_id: 'T9', is_restricted: true }, 'external'],
    [{ team_id: undefined }, 'external'],
    [{ team_id: 'E1', enterprise_user: { teams: ['T2', 'T1'] } }, 'member'],
    [{ team_id: 'E1', enterprise_user: { teams: ['T2'] } }, 'external'],
  ])('with %j is %s', (over, kind) => {
    expect(kindOf(slackUser.parse({ id: 'U1', team_id: 'T1', name: 'ana', ...over }), 'T1')).toBe(kind)
  })
})

describe('what a channel is', () => {
  it.each([
    [{}, false],
    [{ is_ext_shared: true }, true],
    [{ is_pending_ext_shared: true }, true],
    [{ pending_shared: ['T9'] }, true],
    [{ pending_connected_team_ids: ['T9'] }, true],
    [{ is_org_shared: true }, false],
  ])('with %j is shared: %s', (over, shared) => {
    expect(mirroredChannel(slackChannel.parse({ id: 'C1', name: 'operations', ...over })).shared).toBe(shared)
  })
})

describe('making sure of a person and a channel', () => {
  it('saves both', async () => {
    await identities.ensure(ana, 1_000)
    expect(mirror.users.get('U1')).toEqual({ user: 'U1', team: 'T1', name: 'ana', kind: 'member' })
    expect(mirror.channels.get('C1')).toEqual({
      channel: 'C1',
      name: 'operations',
      shared: false,
      archived: false,
    })
  })

  it('asks once for many who ask at the same time', async () => {
    await Promise.all(Array.from({ length: 50 }, () => identities.ensure(ana, 1_000)))
    expect(fake.callsOf('users.info')).toHaveLength(1)
    expect(fake.callsOf('conversations.info')).toHaveLength(1)
  })

  it('comes back when the budget is over, and still learns when Slack answers late', async () => {
    fake.always('users.info', 'hang')
    await identities.ensure({ ...ana, channel: null }, 20)
    expect(mirror.users.size).toBe(0)
  })

  it.each(['reset', { status: 500 }, { status: 429, retryAfter: 5 }, { error: 'user_not_found' }] as const)(
    'is silent when Slack cannot tell (%j)',
    async (trouble) => {
      fake.always('users.info', trouble)
      await identities.ensure(ana, 1_000)
      expect(mirror.users.size).toBe(0)
      expect(mirror.channels.size).toBe(1)
    },
  )

  it('does not ask again at once for somebody whom Slack does not know', async () => {
    fake.always('users.info', { error: 'user_not_found' })
    await identities.ensure(ana, 1_000)
    await identities.ensure(ana, 1_000)
    expect(fake.callsOf('users.info')).toHaveLength(1)
  })

  it('asks nothing for a direct message, nor for somebody who is no Slack user', async () => {
    await identities.ensure({ user: 'slack', team: 'T1', channel: 'D1' }, 1_000)
    expect(fake.calls).toHaveLength(0)
  })
})

describe('a sweep', () => {
  beforeEach(() => {
    fake.answer('usergroups.list', () => ({
      ok: true,
      usergroups: [
        { id: 'S1', handle: 'oncall', users: ['U1', 'U2'], user_count: 2 },
        { id: 'S2', handle: 'cut', users: ['U1'], user_count: 3 },
        { id: 'S3', handle: 'off', users: ['U1'], user_count: 1, date_delete: 1_700_000_000 },
      ],
    }))
    fake.answer('usergroups.users.list', () => ({ ok: true, users: ['U1', 'U2', 'U3'] }))
  })

  it('looks again at users, channels and groups', async () => {
    mirror.users.set('U1', { user: 'U1', team: '', name: 'old', kind: 'unknown' })
    mirror.channels.set('C1', { channel: 'C1', name: 'old', shared: true, archived: true })
    await identities.sweep(forever)
    expect(mirror.users.get('U1')?.name).toBe('ana')
    expect(mirror.channels.get('C1')?.shared).toBe(false)
    expect(Object.fromEntries(mirror.groups)).toEqual({
      S1: { handle: 'oncall', members: ['U1', 'U2'] },
      S2: { handle: 'cut', members: ['U1', 'U2', 'U3'] },
      S3: { handle: 'off', members: [] },
    })
  })

  it('stays at half of what Slack allows a minute', async () => {
    for (const id of ['U1', 'U2', 'U3'])
      mirror.users.set(id, { user: id, team: '', name: '', kind: 'unknown' })
    await identities.sweep(forever)
    expect(pauses.filter((ms) => ms >= 1_200)).toHaveLength(4)
  })

  it('passes over somebody whom Slack does not show, and ends its part at a limit', async () => {
    for (const id of ['U1', 'U2', 'U3'])
      mirror.users.set(id, { user: id, team: '', name: 'old', kind: 'unknown' })
    fake.trouble('users.info', { error: 'user_not_visible' })
    await identities.sweep(forever)
    expect([...mirror.users.values()].map(({ name }) => name)).toEqual(['old', 'ana', 'ana'])
    fake.trouble('users.info', { status: 429, retryAfter: 30 })
    await identities.sweep(forever)
    expect(fake.callsOf('users.info')).toHaveLength(4)
    expect(mirror.groups.size).toBe(3)
  })

  it('ends when it is told to', async () => {
    const stop = new AbortController()
    stop.abort()
    for (const id of ['U1', 'U2']) mirror.users.set(id, { user: id, team: '', name: '', kind: 'unknown' })
    await identities.sweep(stop.signal)
    expect(fake.callsOf('users.info')).toHaveLength(0)
  })
})

describe('events', () => {
  const homes: string[] = []
  const handlers = () =>
    createEventHandlers({
      mirror,
      lookups: identities.lookups,
      team: async () => 'T1',
      botUser: () => 'UBOT',
      home: async (user) => void homes.push(user),
    })

  it('show their home to who opens it, and nothing to who opens the messages beside it', async () => {
    await handlers().app_home_opened({ user: 'U1', tab: 'messages' })
    expect(homes).toEqual([])
    await handlers().app_home_opened({ user: 'U1', tab: 'home' })
    expect(homes).toEqual(['U1'])
  })

  it('bring a changed and a new user into the mirror without asking Slack', async () => {
    await handlers().user_change({ user: { id: 'U1', team_id: 'T1', name: 'ana', is_restricted: true } })
    await handlers().team_join({ user: { id: 'U2', team_id: 'T1', profile: { display_name: 'Ben' } } })
    expect(mirror.users.get('U1')?.kind).toBe('guest')
    expect(mirror.users.get('U2')?.name).toBe('Ben')
    expect(fake.calls).toHaveLength(0)
  })

  it('bring a group’s members, also those of a group whose list was cut', async () => {
    fake.answer('usergroups.users.list', () => ({ ok: true, users: ['U1', 'U2'] }))
    await handlers().subteam_updated({
      subteam: { id: 'S1', handle: 'oncall', users: ['U1'], user_count: '1' },
    })
    await handlers().subteam_created({ subteam: { id: 'S2', handle: 'big', user_count: 2 } })
    expect(mirror.groups.get('S1')?.members).toEqual(['U1'])
    expect(mirror.groups.get('S2')?.members).toEqual(['U1', 'U2'])
    await handlers().subteam_updated({
      subteam: { id: 'S1', handle: 'oncall', users: ['U1'], date_delete: 5 },
    })
    expect(mirror.groups.get('S1')?.members).toEqual([])
  })

  it('ask for all members when some of them changed', async () => {
    fake.answer('usergroups.list', () => ({
      ok: true,
      usergroups: [{ id: 'S1', handle: 'oncall', users: ['U2'], user_count: 1 }],
    }))
    await handlers().subteam_members_changed({ subteam_id: 'S1', added_users: ['U2'], removed_users: ['U1'] })
    expect(mirror.groups.get('S1')).toEqual({ handle: 'oncall', members: ['U2'] })
  })

  it('believe at once that a channel is shared, even when Slack cannot be asked', async () => {
    fake.always('conversations.info', { status: 500 })
    await expect(handlers().channel_shared({ channel: 'C1', connected_team_id: 'T9' })).rejects.toThrow()
    expect(mirror.channels.get('C1')?.shared).toBe(true)
  })

  it('never believe that a channel is private again before Slack says so', async () => {
    fake.always('conversations.info', { status: 500 })
    mirror.channels.set('C1', { channel: 'C1', name: 'operations', shared: true, archived: false })
    await expect(handlers().channel_unshared({ channel: 'C1' })).rejects.toThrow()
    expect(mirror.channels.get('C1')?.shared).toBe(true)
    fake.always('conversations.info', null)
    await handlers().channel_unshared({ channel: 'C1' })
    expect(mirror.channels.get('C1')?.shared).toBe(false)
  })

  it('ask for a channel that was renamed, archived, or that Bakery joined', async () => {
    await handlers().channel_rename({ channel: { id: 'C1', name: 'ops' } })
    await handlers().group_archive({ channel: 'C2' })
    await handlers().member_joined_channel({ user: 'UBOT', channel: 'C3' })
    await handlers().member_joined_channel({ user: 'U1', channel: 'C4' })
    expect([...mirror.channels.keys()]).toEqual(['C1', 'C2', 'C3'])
  })

  it('take a deleted channel for archived', async () => {
    await handlers().channel_deleted({ channel: 'C1' })
    expect(mirror.channels.get('C1')).toMatchObject({ archived: true })
  })

  it('refuse what is not what Slack sends, and change nothing', async () => {
    await expect(handlers().user_change({ user: 'U1' })).rejects.toThrow()
    await expect(handlers().channel_shared({ channel: 7 })).rejects.toThrow()
    expect(mirror.users.size + mirror.channels.size).toBe(0)
    await until('nothing was asked', () => fake.calls.length === 0)
  })
})
