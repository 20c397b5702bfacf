import type { Selector } from './controls.ts'
import type { Delivery } from './deliver.ts'
import type { Outage } from './faults.ts'
import type { Submitted, Suggested } from './interact.ts'
import type { Json } from './json.ts'
import type { Message } from './messages.ts'
import type { ApiCall, Change, State } from './state.ts'
import type { Share, Upload } from './uploads.ts'
import type { Channel, Person, Workspace } from './workspace.ts'

export interface SlackOptions {
  readonly signingSecret: string
  /** Where the bot takes requests, `http://127.0.0.1:PORT/slack/events`; may be set later. */
  readonly botUrl?: string | undefined
  readonly seed?: Workspace | undefined
  /** The app's scopes; those of manifest.yml by default. */
  readonly scopes?: readonly string[] | undefined
  readonly commands?: readonly string[] | undefined
  /** The events that the app hears of itself; those of manifest.yml by default. */
  readonly events?: readonly string[] | undefined
  readonly retryDelaysMs?: readonly number[] | undefined
  /** Slack's rate limits, as real as they are by default. */
  readonly rateLimits?: boolean | undefined
  readonly port?: number | undefined
  /** Slack's clock, ms since 1970, for what expires and for rate limits; the machine's by default. */
  readonly now?: (() => number) | undefined
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
  /** Sends files, in a message (`share`) or into a `file_input` (null). Answers Slack's file objects. */
  upload(person: string, files: readonly Upload[], share: Share | null): Promise<readonly Json[]>
  command(person: string, channel: string, line: string): Promise<Delivery>
  click(person: string, message: Message, selector: Selector): Promise<Delivery>
  clickView(person: string, viewId: string, selector: Selector): Promise<Delivery>
  /** Types into a menu whose options the bot knows, on a message or in a view (by its id). */
  suggest(person: string, on: Message | string, selector: Selector, value: string): Promise<Suggested>
  /** Chooses a shortcut of the app's, on a message or (null) from anywhere. */
  shortcut(person: string, callbackId: string, message: Message | null): Promise<Delivery>
  submit(person: string, viewId: string, values: Json): Promise<Submitted>
  close(person: string, viewId: string): Promise<void>
  event(event: Json): Promise<Delivery>
  /** Opens a tab of the app's: the bot hears of it when its manifest asks for `app_home_opened`. */
  openHome(person: string, tab: 'home' | 'messages'): Promise<void>
  changePerson(id: string, changes: Partial<Omit<Person, 'id'>>): Promise<void>
  changeGroup(id: string, members: readonly string[]): Promise<void>
  changeChannel(id: string, changes: Partial<Omit<Channel, 'id'>>): Promise<void>

  /** Outside threads, oldest first. With `person`, that person's ephemeral messages stand among them. */
  messages(channel: string, person?: string): Promise<readonly Message[]>
  thread(channel: string, ts: string, person?: string): Promise<readonly Message[]>
  ephemerals(person: string, channel?: string): readonly Message[]
  /** The channel id of a person's direct messages with the app. */
  direct(person: string): Promise<string>
  /** The channel id of the direct messages of two people. */
  directBetween(one: string, other: string): Promise<string>
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
