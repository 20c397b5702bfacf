import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { httpManifest } from '../../docs/manifest.ts'
import { EVENTS, HANDLED_EVENTS } from '../../src/slack/events.ts'
import { EVENTS_PATH } from '../../src/slack/http-receiver.ts'
import { METHODS } from '../../src/slack/methods.ts'

/** manifest.yml against the code: what Slack is asked for is what Bakery uses, no more and no less. */

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

const schema = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(174).max(4000),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.boolean() }),
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
          description: z.string().max(2000),
          usage_hint: z.string().max(1000),
          should_escape: z.boolean(),
          url: z.url().optional(),
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      bot_events: z.array(z.string()).max(100),
      request_url: z.url().optional(),
    }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: z.url().optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
})

const manifest = schema.parse(parse(read('manifest.yml')))
const sources = readdirSync(new URL('src/slack/', root))
  .filter((name) => name.endsWith('.ts') && name !== 'methods.ts')
  .map((name) => ({ name, text: read(`src/slack/${name}`) }))

describe('manifest.yml', () => {
  it('asks for the scopes that the methods and events need, and for none beyond them', () => {
    const needed = new Set(['commands', ...Object.values(METHODS).flat(), ...Object.values(EVENTS).flat()])
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...needed].toSorted())
  })

  it('asks for no scope twice', () => {
    expect(new Set(manifest.oauth_config.scopes.bot).size).toBe(manifest.oauth_config.scopes.bot.length)
  })

  it('subscribes to the events that are handled, and to no other', () => {
    expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual(
      [...HANDLED_EVENTS].toSorted(),
    )
  })

  it('has one command, whose text comes escaped, and clicks', () => {
    expect(manifest.features.slash_commands).toMatchObject([{ command: '/bakery', should_escape: true }])
    expect(manifest.settings.interactivity.is_enabled).toBe(true)
  })

  it('is the Socket Mode form, without token rotation, which could never be switched off', () => {
    expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, token_rotation_enabled: false })
    expect(read('manifest.yml')).not.toContain('request_url')
  })
})

describe('the code', () => {
  it.each(Object.keys(METHODS))('calls %s, which is why its scope is asked for', (method) => {
    expect(sources.filter(({ text }) => text.includes(`'${method}'`)).map(({ name }) => name)).not.toEqual([])
  })

  it('calls no Web API method but by a name of the table', () => {
    const direct =
      /\b(client|post|look|web)\.(admin|apps|auth|bookmarks|chat|conversations|dnd|files|pins|reactions|reminders|search|team|usergroups|users|views)\.|filesUploadV2|\.apiCall\((?!method,)/
    expect(sources.filter(({ text }) => direct.test(text)).map(({ name }) => name)).toEqual([])
  })

  it('speaks to Slack from src/slack alone', () => {
    const elsewhere = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.startsWith('slack/'))
      .filter((path) => /from '@slack\//.test(read(`src/${path}`)))
    expect(elsewhere).toEqual([])
  })
})

describe('docs/manifest.http.yml', () => {
  const http = schema.parse(parse(read('docs/manifest.http.yml')))

  it('is what `npm run docs` makes of manifest.yml today', () => {
    expect(read('docs/manifest.http.yml')).toBe(httpManifest(read('manifest.yml')))
  })

  it('differs from manifest.yml in its addresses and in Socket Mode only', () => {
    const { settings, features } = http
    const url = settings.event_subscriptions.request_url ?? ''
    expect(new URL(url).pathname).toBe(EVENTS_PATH)
    expect(settings).toEqual({
      ...manifest.settings,
      event_subscriptions: { ...manifest.settings.event_subscriptions, request_url: url },
      interactivity: { ...manifest.settings.interactivity, request_url: url },
      socket_mode_enabled: false,
    })
    expect(features.slash_commands).toEqual(
      manifest.features.slash_commands.map((each) => ({ ...each, url })),
    )
    expect(http.oauth_config).toEqual(manifest.oauth_config)
  })
})
