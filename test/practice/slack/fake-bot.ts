import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'

/** What the fake bot heard: the request as it came, and whether its signature holds. */
export interface Heard {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly form: URLSearchParams
  readonly payload: Record<string, unknown>
  readonly signed: boolean
}

export interface FakeBot {
  readonly url: string
  readonly heard: Heard[]
  /** What it answers next: a body, a status, or silence for a while. */
  answer: (heard: Heard) => {
    status?: number
    body?: unknown
    afterMs?: number
    headers?: Record<string, string>
  }
  stop(): Promise<void>
}

/** A bot that knows nothing: it verifies Slack's signature from its documentation alone and answers as it is told. */
export async function startFakeBot(secret: string): Promise<FakeBot> {
  const bot: FakeBot = { url: '', heard: [], answer: () => ({}), stop: async () => {} }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString('utf8')
    const json = (request.headers['content-type'] ?? '').includes('json')
    const form = new URLSearchParams(json ? '' : body)
    const payload = JSON.parse(json ? body : (form.get('payload') ?? '{}'))
    const heard = {
      headers: request.headers,
      body,
      form,
      payload,
      signed: holds(secret, request.headers, body),
    }
    bot.heard.push(heard)
    const { status = 200, body: answer = '', afterMs = 0, headers = {} } = bot.answer(heard)
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    response.writeHead(status, {
      ...headers,
      'Content-Type': typeof answer === 'string' ? 'text/plain' : 'application/json',
    })
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake bot has no port')
  return Object.assign(bot, {
    url: `http://127.0.0.1:${address.port}/slack/events`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

function holds(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  const timestamp = String(headers['x-slack-request-timestamp'])
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false
  const expected = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  )
  const given = Buffer.from(String(headers['x-slack-signature']))
  return given.length === expected.length && timingSafeEqual(given, expected)
}
