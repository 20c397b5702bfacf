import type { Server } from 'node:http'
import { createApiServer } from './api-server.ts'
import { startEmulator } from './emulator.ts'
import { escapeMessage } from './escape.ts'
import {
  changeChannel,
  changeGroup,
  changePerson,
  homeOpened,
  RETRY_DELAYS_MS,
  sendEvent,
  verifyUrl,
} from './events.ts'
import { createFaults } from './faults.ts'
import * as interaction from './interact.ts'
import { type Json, string } from './json.ts'
import { looking } from './looking.ts'
import { appManifest } from './manifest.ts'
import { chat } from './methods/chat.ts'
import { conversations } from './methods/conversations.ts'
import { files } from './methods/files.ts'
import type { Desk } from './methods/method.ts'
import { people } from './methods/people.ts'
import { views } from './methods/views.ts'
import { command, type Door, placeOf } from './outgoing.ts'
import type { PracticeSlack, SlackOptions } from './practice-slack.ts'
import { createRateLimits } from './rate-limits.ts'
import { createResponseUrls } from './response-urls.ts'
import { createState } from './state.ts'
import { fileShared, upload } from './uploads.ts'
import { bakeryIa } from './workspace.ts'

export type { PracticeSlack, SlackOptions }

export const PRACTICE_TOKEN = 'xoxb-practice-0000000000-bakery'

/** Starts a Slack of its own on a free port of the loopback interface. */
export async function startSlack(options: SlackOptions): Promise<PracticeSlack> {
  const workspace = options.seed ?? bakeryIa
  const state = createState(workspace)
  const faults = { ...createFaults(), rateLimits: options.rateLimits ?? true }
  const now = options.now ?? Date.now
  const manifest = appManifest()
  const scopes = options.scopes ?? manifest.scopes
  const subscribed = options.events ?? manifest.events
  let desk: Desk
  const responses = createResponseUrls(() => desk, now)
  const triggers = new Map<string, { person: string; at: number }>()
  const methods = { ...chat, ...conversations, ...people, ...files, ...views(triggers) }
  const server = createApiServer({ desk: () => desk, token: PRACTICE_TOKEN, methods, responses })
  const origin = await listen(server, options.port ?? 0)
  const emulated = await startEmulator(workspace, scopes, origin)
  desk = { emulated, state, faults, limits: createRateLimits(now), scopes, origin, now }
  const door: Door = {
    desk: () => desk,
    secret: options.signingSecret,
    commands: options.commands ?? ['/bakery'],
    responses,
    triggers,
    botUrl: options.botUrl ?? null,
  }
  const eyes = looking(desk)
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
    async upload(person, files, share) {
      const taken = await upload(door, person, files, share)
      if (share !== null && subscribed.includes('file_shared'))
        await tell(taken.map((file) => fileShared(door, person, file, share)))
      return taken
    },
    async openHome(person, tab) {
      if (subscribed.includes('app_home_opened'))
        await event(homeOpened(desk.state, person, await eyes.direct(person), tab))
    },
    changePerson: (id, changes) => tell(changePerson(door, id, changes)),
    changeGroup: (id, members) => tell(changeGroup(door, id, members)),
    async changeChannel(id, changes) {
      const events = changeChannel(door, id, changes)
      const joins = events.some(({ type, user }) => type === 'member_joined_channel' && user === state.bot.id)
      if (joins) await emulated.call('bot-all', 'conversations.join', { channel: id })
      await tell(events)
    },
    ...eyes,
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

type Acting = Pick<
  PracticeSlack,
  'say' | 'command' | 'click' | 'clickView' | 'suggest' | 'shortcut' | 'submit' | 'close'
>

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
  suggest: (person, on, selector, value) => interaction.suggest(door, person, on, selector, value),
  shortcut: (person, callbackId, message) => interaction.shortcut(door, person, callbackId, message),
  submit: (person, viewId, values) => interaction.submit(door, person, viewId, values),
  close: (person, viewId) => interaction.close(door, person, viewId),
})

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`)
    })
  })
}
