import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Something that Bakery posted. */
export interface Post {
  /** By `performance.now()` of this process: when all of it had been received. */
  readonly at: number
  readonly channel: string
  readonly inThread: boolean
  readonly text: string
  /** As JSON. */
  readonly blocks: string
}

/** A Slack that costs nothing, so that what is measured is Bakery: it knows every user and channel, and keeps no message. */
export interface BenchSlack {
  /** Ends in `/api/`. */
  readonly apiUrl: string
  /** For response_url: what is posted to it counts as posted in a channel of its name. */
  readonly responseUrl: string
  /** How many messages came, of all kinds. */
  count(): number
  /** The next message outside threads in this channel. */
  nextIn(channel: string): Promise<Post>
  stop(): Promise<void>
}

const TEAM = 'T0BAKERY'
/** Who asks: an owner of platform.example.yaml, one everywhere. */
export const ASKER = 'U0OLIVIA'

type Fields = Readonly<Record<string, string>>
type Method = (fields: Fields, host: string) => Readonly<Record<string, unknown>>

export async function startBenchSlack(): Promise<BenchSlack> {
  const waiting = new Map<string, (post: Post) => void>()
  let count = 0
  const arrived = (fields: Fields, at: number) => {
    count += 1
    const { channel = '', thread_ts, text = '', blocks = '[]' } = fields
    if (thread_ts !== undefined) return
    waiting.get(channel)?.({ at, channel, inThread: false, text, blocks })
    waiting.delete(channel)
  }
  const server = createServer((request, response) => {
    answer(request, response, arrived).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${portOf(server)}`
  return {
    apiUrl: `${origin}/api/`,
    responseUrl: `${origin}/response/x`,
    count: () => count,
    nextIn: (channel) => new Promise((resolve) => waiting.set(channel, resolve)),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  arrived: (fields: Fields, at: number) => void,
): Promise<void> {
  const body = await read(request)
  const at = performance.now()
  const path = request.url ?? ''
  if (!path.startsWith('/api/')) {
    if (path.startsWith('/response/')) {
      const { text, blocks } = JSON.parse(body)
      arrived({ channel: `http://${request.headers.host}${path}`, text, blocks: JSON.stringify(blocks) }, at)
    }
    response.end('ok')
    return
  }
  const method = path.slice('/api/'.length)
  const fields = Object.fromEntries(new URLSearchParams(body))
  if (method === 'chat.postMessage' || method === 'chat.postEphemeral') arrived(fields, at)
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ ok: true, ...METHODS[method]?.(fields, request.headers.host ?? '') }))
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

let messages = 0

function nextTs(): string {
  messages += 1
  return `${Math.floor(Date.now() / 1000)}.${String(messages % 1_000_000).padStart(6, '0')}`
}

/** What Bakery reads of the answers; every other method is answered with `ok` alone. */
const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': () => ({ team_id: TEAM, user_id: 'U0BAKERY' }),
  'users.info': ({ user }) => ({ user: { id: user, team_id: TEAM, name: user?.toLowerCase() } }),
  'conversations.info': ({ channel }) => ({ channel: { id: channel, name: channel?.toLowerCase() } }),
  'conversations.members': () => ({ members: [ASKER] }),
  'conversations.open': ({ users }) => ({ channel: { id: `D${users?.slice(1)}` } }),
  'usergroups.list': () => ({ usergroups: [] }),
  'conversations.history': () => ({ messages: [] }),
  'conversations.replies': () => ({ messages: [] }),
  'files.getUploadURLExternal': (_, host) => ({ upload_url: `http://${host}/upload/x`, file_id: 'F0BENCH' }),
  'files.completeUploadExternal': () => ({ files: [] }),
  'chat.postMessage': ({ channel }) => ({ channel, ts: nextTs() }),
  'chat.postEphemeral': () => ({ message_ts: nextTs() }),
}
