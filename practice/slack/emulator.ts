import { createEmulator } from 'emulate'
import { translation } from './ids.ts'
import { isObject, type Json, objects, string } from './json.ts'
import type { Workspace } from './workspace.ts'

/** `emulate`'s Slack, spoken to in the workspace's own fixed ids. */
export interface Emulated {
  /** Calls a Web API method as somebody of the workspace (`bot` is the app). */
  call(as: string, method: string, body: Json): Promise<Json>
  /** Passes a file's bytes in (upload) or out (download). */
  upload(path: string, bytes: Buffer, contentType: string): Promise<number>
  download(path: string): Promise<{ status: number; type: string; bytes: Buffer }>
  close(): Promise<void>
}

/** emulate answers 5,000 calls an hour and token, then 403: calls are spread over this many tokens each. */
const CALLS_PER_TOKEN = 4000
const TOKENS = 60

const EVERYTHING = [
  ...[
    'channels:read',
    'channels:history',
    'channels:join',
    'channels:manage',
    'groups:read',
    'groups:history',
  ],
  ...[
    'im:read',
    'im:history',
    'im:write',
    'mpim:read',
    'chat:write',
    'users:read',
    'files:read',
    'files:write',
  ],
]

const tokenOf = (id: string, index: number): string => `practice-${id}-${index % TOKENS}`

/** Starts the emulator with the workspace's people, channels and the app; `scopes` are the app's. */
export async function startEmulator(
  workspace: Workspace,
  scopes: readonly string[],
  origin: string,
): Promise<Emulated> {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    hostname: '127.0.0.1',
    seed: { tokens: {}, slack: seed(workspace, scopes) },
  })
  const own = `http://127.0.0.1:${new URL(emulator.url).port}`
  const post = async (token: string, method: string, body: unknown): Promise<Json> => {
    const response = await fetch(`${own}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer: unknown = await response.json().catch(() => null)
    if (response.status === 404) return { ok: false, error: 'unknown_method' }
    return isObject(answer) ? answer : { ok: false, error: 'internal_error' }
  }
  const ids = translation(await madeUpIds(workspace, post))
  const calls = new Map<string, number>()

  async function call(as: string, method: string, body: Json): Promise<Json> {
    const count = calls.get(as) ?? 0
    calls.set(as, count + 1)
    const answer = ids.outward(
      await post(tokenOf(as, Math.floor(count / CALLS_PER_TOKEN)), method, ids.inward(body)),
    )
    const text = JSON.stringify(answer).replaceAll(emulator.url, origin)
    const readdressed: unknown = JSON.parse(text)
    return isObject(readdressed) ? readdressed : {}
  }
  for (const { id, members } of workspace.channels) {
    if (members.includes(workspace.bot.id)) await call('bot-all', 'conversations.join', { channel: id })
  }

  return {
    call,
    async upload(path, bytes, contentType) {
      const response = await fetch(own + path, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body: new Uint8Array(bytes),
      })
      await response.arrayBuffer()
      return response.status
    },
    async download(path) {
      const headers = { authorization: `Bearer ${tokenOf('bot-all', 0)}` }
      const response = await fetch(own + path, { headers })
      const bytes = Buffer.from(await response.arrayBuffer())
      return { status: response.status, type: response.headers.get('content-type') ?? '', bytes }
    },
    close: () => emulator.close(),
  }
}

function seed(workspace: Workspace, scopes: readonly string[]): Json {
  const { team, bot, people, channels } = workspace
  const app = { app_id: bot.appId, bot_id: bot.botId, client_id: '1.1' }
  const asBot = { ...app, type: 'bot', user_id: bot.id, bot_user_id: bot.id }
  const tokens = Array.from({ length: TOKENS }, (_, index) => [
    { ...asBot, token: tokenOf('bot', index), scopes },
    { ...asBot, token: tokenOf('bot-all', index), scopes: EVERYTHING },
    ...people.map(({ id, name }) => ({
      token: tokenOf(id, index),
      type: 'user',
      user: name,
      scopes: EVERYTHING,
    })),
  ])
  return {
    team: { name: team.name, domain: team.domain },
    users: people.map(({ name, realName }) => ({ name, real_name: realName })),
    channels: channels.map(({ name, topic }) => ({ name, topic })),
    oauth_apps: [
      {
        ...app,
        client_secret: 'practice',
        name: bot.name,
        redirect_uris: [],
        bot_user_id: bot.id,
        bot_name: 'bakery',
        scopes,
      },
    ],
    tokens: tokens.flat(),
    strict_scopes: true,
  }
}

/** Which ids the emulator gave to the seeds: fixed id → its own. */
async function madeUpIds(
  workspace: Workspace,
  post: (token: string, method: string, body: unknown) => Promise<Json>,
): Promise<ReadonlyMap<string, string>> {
  const token = tokenOf('bot-all', 0)
  const users = objects((await post(token, 'users.list', { limit: 1000 })).members)
  const channels = objects((await post(token, 'conversations.list', { limit: 1000 })).channels)
  const idOf = (list: readonly Json[], name: string) => string(list.find((entry) => entry.name === name)?.id)
  return new Map([
    [workspace.team.id, 'T000000001'],
    ['USLACKBOT', 'U000000001'],
    ...workspace.people.map(({ id, name }): [string, string] => [id, idOf(users, name)]),
    ...workspace.channels.map(({ id, name }): [string, string] => [id, idOf(channels, name)]),
  ])
}
