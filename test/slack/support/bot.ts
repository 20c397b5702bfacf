import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createSlack, type Slack } from '../../../src/slack/app.ts'
import type { Route } from '../../../src/slack/http-receiver.ts'
import { macOf } from '../../../src/slack/signature.ts'
import { createMemoryIntake, type MemoryIntake } from './memory-intake.ts'
import { createMemoryMirror, type MemoryMirror } from './memory-mirror.ts'
import { createMemoryOutbox, type MemoryOutbox } from './memory-outbox.ts'

export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5'

/** The whole of src/slack around an intake, an outbox and a mirror without a database. */
export interface Bot {
  readonly slack: Slack
  readonly url: string
  readonly intake: MemoryIntake
  readonly outbox: MemoryOutbox
  readonly mirror: MemoryMirror
  /** The lines that were logged at warn or above. */
  readonly logged: { msg: string; level: number }[]
  /** Posts a signed body; `over` replaces parts of what Slack would send. */
  post(body: string, over?: PostOptions): Promise<Response>
  metric(name: string): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

export interface PostOptions {
  readonly contentType?: string
  readonly timestamp?: string
  readonly signature?: string
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string>>
}

export async function startBot(options: {
  apiUrl: string
  appToken?: string
  outbox?: MemoryOutbox
  leaseSeconds?: number
  routes?: Readonly<Record<string, Route>>
}): Promise<Bot> {
  const intake = createMemoryIntake()
  const outbox = options.outbox ?? createMemoryOutbox({ hurry: 50 })
  const mirror = createMemoryMirror()
  const metrics = new Registry()
  const logged: { msg: string; level: number }[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const slack = createSlack({
    slack: {
      botToken: 'xoxb-test',
      signingSecret: SIGNING_SECRET,
      appToken: options.appToken ?? null,
      apiUrl: options.apiUrl,
      command: '/bakery',
    },
    host: '127.0.0.1',
    port: 0,
    leaseSeconds: options.leaseSeconds ?? 30,
    outbox,
    mirror,
    mirrored: () => undefined,
    log,
    metrics,
    routes: options.routes ?? {},
    home: async () => undefined,
    intake: () => intake,
  })
  const url = `http://127.0.0.1:${await slack.start()}`
  return {
    slack,
    url,
    intake,
    outbox,
    mirror,
    logged,
    post: (body, over = {}) => post(url, body, over),
    async metric(name) {
      const found = await metrics.getSingleMetric(name)?.get()
      return Object.fromEntries(
        (found?.values ?? []).map(({ labels, value }) => [Object.values(labels).join(','), value]),
      )
    },
    stop: () => slack.stop(1_000),
  }
}

function post(url: string, body: string, over: PostOptions): Promise<Response> {
  const timestamp = over.timestamp ?? String(Math.floor(Date.now() / 1000))
  return fetch(`${url}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': over.contentType ?? 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': over.signature ?? macOf(over.secret ?? SIGNING_SECRET, timestamp, body),
      ...over.headers,
    },
    body,
  })
}

/** A slash command as Slack sends it. */
export function slash(text: string, over: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({
    token: 'gone',
    team_id: 'T1',
    team_domain: 'bakery',
    channel_id: 'C1',
    channel_name: 'operations',
    user_id: 'U1',
    user_name: 'ana',
    command: '/bakery',
    text,
    api_app_id: 'A1',
    is_enterprise_install: 'false',
    response_url: 'https://hooks.slack.com/commands/T1/1/x',
    trigger_id: `${Math.random()}`,
    ...over,
  }).toString()
}

/** An interaction as Slack sends it: JSON in a form field. */
export function interaction(payload: unknown): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
}

/** A click on a button of a message. */
export function click(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    type: 'block_actions',
    user: { id: 'U1', team_id: 'T1', username: 'ana' },
    team: { id: 'T1' },
    api_app_id: 'A1',
    container: { type: 'message', message_ts: '1700000000.000100', channel_id: 'C1', is_ephemeral: false },
    channel: { id: 'C1', name: 'operations' },
    message: { ts: '1700000000.000100', thread_ts: '1700000000.000001' },
    trigger_id: '1.2.x',
    response_url: 'https://hooks.slack.com/actions/T1/1/x',
    actions: [
      { type: 'button', action_id: 'refresh', block_id: 'b', value: '42.0123456789abcdef', action_ts: '1' },
    ],
    ...over,
  }
}

let events = 0

/** An event as Slack sends it. */
export function event(inner: Readonly<Record<string, unknown>>, eventId?: string): string {
  events += 1
  return JSON.stringify({
    token: 'gone',
    team_id: 'T1',
    api_app_id: 'A1',
    type: 'event_callback',
    event_id: eventId ?? `Ev${events}`,
    event_time: 1_700_000_000,
    authorizations: [{ enterprise_id: null, team_id: 'T1', user_id: 'UBOT', is_bot: true }],
    event: inner,
  })
}

/** Waits until something holds; fails with its name when it never does. */
export async function until(name: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never happened: ${name}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
