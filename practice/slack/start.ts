import type { Server } from 'node:http'
import { createApiServer } from './api-server.ts'
import type { Selector } from './controls.ts'
import type { Delivery } from './deliver.ts'
import { startEmulator } from './emulator.ts'
import { escapeMessage } from './escape.ts'
import { changeChannel, changeGroup, changePerson, RETRY_DELAYS_MS, sendEvent, verifyUrl } from './events.ts'
import { createFaults, type Outage } from './faults.ts'
import * as interaction from './interact.ts'
import { type Json, string } from './json.ts'
import { appManifest } from './manifest.ts'
import { channelMessages, ephemeralMessage, type Message, threadMessages } from './messages.ts'
import { chat } from './methods/chat.ts'
import { conversations } from './methods/conversations.ts'
import { files } from './methods/files.ts'
import type { Desk } from './methods/method.ts'
import { people } from './methods/people.ts'
import { views } from './methods/views.ts'
import { command, type Door, placeOf } from './outgoing.ts'
import { createRateLimits } from './rate-limits.ts'
import { createResponseUrls } from './response-urls.ts'
import { type ApiCall, type Change, createState, type State } from './state.ts'
import { bakeryIa, type Channel, type Person, type Workspace } from './workspace.ts'

export interface SlackOptions {
  readonly signingSecret: string
  /** Where the bot takes requests, `http://127.0.0.1:PORT/slack/events`; may be set later. */
  readonly botUrl?: string | undefined
  readonly seed?: Workspace | undefined
  /** The app's scopes; those of manifest.yml by default. */
  readonly scopes?: readonly string[] | undefined
  readonly commands?: readonly string[] | undefined
  readonly retryDelaysMs?: readonly number[] | undefined
  /** Slack's rate limits, as real as they are by default. */
  readonly rateLimits?: boolean | undefined
  readonly port?: number | undefined
}

/** A practice Slack: what the bot reaches over HTTP, and what people do in it. */
export interface PracticeSlack {
  /** For SLACK_API_URL; ends in `/api/`. */
  readonly apiUrl: string
  /** For SLACK_BOT_TOKEN. */
  readonly token: string
  readonly state: State
  setBotUrl(url: string | null): void
  /** Whether the bot answers Slack's url_verification. */
  verifyUrl(): Promise<boolean>

  say(person: string, channel: string, text: string, threadTs?: string): Promise<string>
  command(person: string, channel: string, line: string): Promise<Delivery>
  click(person: string, message: Message, selector: Selector): Promise<Delivery>
  clickView(person: string, viewId: string, selector: Selector): Promise<Delivery>
  submit(person: string, viewId: string, values: Json): Promise<interaction.Submitted>
  close(person: string, viewId: string): Promise<void>
  event(event: Json): Promise<Delivery>
  changePerson(id: string, changes: Partial<Omit<Person, 'id'>>): Promise<void>
  changeGroup(id: string, members: readonly string[]): Promise<void>
  changeChannel(id: string, changes: Partial<Omit<Channel, 'id'>>): Promise<void>

  /** Outside threads, oldest first. With `person`, that person's ephemeral messages stand among them. */
  messages(channel: string, person?: string): Promise<readonly Message[]>
  thread(channel: string, ts: string, person?: string): Promise<readonly Message[]>
  ephemerals(person: string, channel?: string): readonly Message[]
  /** The channel id of a person's direct messages with the app. */
  direct(person: string): Promise<string>
  views(person: string): readonly Json[]
  home(person: string): Json | null
  file(path: string): Promise<{ type: string; bytes: Buffer } | null>
  /** Every call of the Web API, oldest first (the last few thousand). */
  calls(method?: string): readonly ApiCall[]

  /** `true`: answers 503. `methods` limits the outage to some. */
  setDown(outage: Outage | boolean, methods?: readonly string[]): void
  setSlow(ms: number): void
  setRateLimits(on: boolean): void
  /** The next call of `method` is answered with this error (`ratelimited` as a 429). */
  failNext(method: string, ...errors: readonly string[]): void
  subscribe(listener: (change: Change) => void): () => void
  stop(): Promise<void>
}

export const PRACTICE_TOKEN = 'xoxb-practice-0000000000-bakery'

/** Starts a Slack of its own on a free port of the loopback interface. */
export async function startSlack(options: SlackOptions): Promise<PracticeSlack> {
  const workspace = options.seed ?? bakeryIa
  const state = createState(workspace)
  const faults = { ...createFaults(), rateLimits: options.rateLimits ?? true }
  const scopes = options.scopes ?? appManifest().scopes
  let desk: Desk
  const responses = createResponseUrls(() => desk)
  const triggers = new Map<string, string>()
  const methods = { ...chat, ...conversations, ...people, ...files, ...views(triggers) }
  const server = createApiServer({ desk: () => desk, token: PRACTICE_TOKEN, methods, responses })
  const origin = await listen(server, options.port ?? 0)
  const emulated = await startEmulator(workspace, scopes, origin)
  desk = { emulated, state, faults, limits: createRateLimits(), scopes, origin }
  const door: Door = {
    desk: () => desk,
    secret: options.signingSecret,
    commands: options.commands ?? ['/bakery'],
    responses,
    triggers,
    botUrl: options.botUrl ?? null,
  }
  const stopping = new AbortController()
  const retries = { delaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS, signal: stopping.signal }
  const event = (body: Json) => sendEvent(door, body, retries)
  const tell = async (events: readonly Json[]) => {
    for (const body of events) await event(body)
  }

  return {
    apiUrl: `${origin}/api/`,
    token: PRACTICE_TOKEN,
    state,
    setBotUrl(url) {
      door.botUrl = url
    },
    verifyUrl: () => verifyUrl(door),
    ...acting(door),
    event,
    changePerson: (id, changes) => tell(changePerson(door, id, changes)),
    changeGroup: (id, members) => tell(changeGroup(door, id, members)),
    changeChannel: (id, changes) => tell(changeChannel(door, id, changes)),
    ...looking(desk),
    setDown(outage, only) {
      faults.outage = outage === true ? 'error' : outage || null
      faults.methods = only ?? null
    },
    setSlow(ms) {
      faults.slowMs = ms
    },
    setRateLimits(on) {
      faults.rateLimits = on
    },
    failNext(method, ...errors) {
      faults.next.set(method, [...(faults.next.get(method) ?? []), ...errors])
    },
    subscribe: state.subscribe,
    async stop() {
      stopping.abort()
      server.closeAllConnections()
      await Promise.all([new Promise((resolve) => server.close(resolve)), emulated.close()])
    },
  }
}

type Acting = Pick<PracticeSlack, 'say' | 'command' | 'click' | 'clickView' | 'submit' | 'close'>

const acting = (door: Door): Acting => ({
  async say(person, channel, text, threadTs) {
    const { emulated, state } = door.desk()
    placeOf(door.desk(), person, channel)
    const thread = threadTs === undefined ? {} : { thread_ts: threadTs }
    const message = { channel, text: escapeMessage(state, text), ...thread }
    const answer = await emulated.call(person, 'chat.postMessage', message)
    if (answer.ok !== true) throw new Error(`the message was not taken: ${string(answer.error)}`)
    state.changed({ type: 'message', channel })
    return string(answer.ts)
  },
  command: (person, channel, line) => command(door, person, channel, line),
  click: (person, message, selector) => interaction.click(door, person, message, selector),
  clickView: (person, viewId, selector) => interaction.clickView(door, person, viewId, selector),
  submit: (person, viewId, values) => interaction.submit(door, person, viewId, values),
  close: (person, viewId) => interaction.close(door, person, viewId),
})

type Looking = Pick<
  PracticeSlack,
  'messages' | 'thread' | 'ephemerals' | 'direct' | 'views' | 'home' | 'file' | 'calls'
>

function looking({ emulated, state }: Desk): Looking {
  const ephemerals = (person: string, channel?: string): readonly Message[] =>
    state.ephemerals
      .filter(({ to, channel: where }) => to === person && (channel === undefined || where === channel))
      .map((ephemeral) => ephemeralMessage(state, ephemeral))
  const byTime = (messages: readonly Message[]) => messages.toSorted((a, b) => Number(a.ts) - Number(b.ts))
  const reader = (person: string | undefined, channel: string) =>
    person !== undefined && !state.channels.has(channel) ? person : 'bot-all'
  return {
    async messages(channel, person) {
      const posted = await channelMessages(emulated, reader(person, channel), channel)
      const own =
        person === undefined ? [] : ephemerals(person, channel).filter(({ threadTs }) => threadTs === null)
      return byTime([...posted, ...own])
    },
    async thread(channel, ts, person) {
      const posted = await threadMessages(emulated, reader(person, channel), channel, ts)
      const own =
        person === undefined ? [] : ephemerals(person, channel).filter(({ threadTs }) => threadTs === ts)
      return byTime([...posted, ...own])
    },
    ephemerals,
    async direct(person) {
      const answer = await emulated.call('bot-all', 'conversations.open', { users: person, return_im: true })
      const channel = answer.channel
      return typeof channel === 'object' && channel !== null && 'id' in channel ? string(channel.id) : ''
    },
    views: (person) => state.views.get(person) ?? [],
    home: (person) => state.homes.get(person) ?? null,
    async file(path) {
      const { status, type, bytes } = await emulated.download(path)
      return status === 200 ? { type, bytes } : null
    },
    calls: (method) =>
      method === undefined ? state.calls : state.calls.filter((call) => call.method === method),
  }
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`)
    })
  })
}
