import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import type { Door, Passage } from './door.ts'
import type { ResponseUrlCheck } from './heard.ts'
import { readRaw } from './http-body.ts'
import { readBody } from './incoming.ts'
import type { SlackMetrics } from './metrics.ts'
import { createVerifier, type UnverifiedReason } from './signature.ts'

/** Answers one of the process's other paths, such as `/livez`. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export interface HttpReceiver {
  /** Resolves with the port once it listens. */
  start(): Promise<number>
  /** Takes no new connections; requests that are under way are answered. Resolves when they are, or when the time is over. */
  stop(deadlineMs: number): Promise<void>
}

export interface HttpReceiverOptions {
  /** Null: nothing is taken from Slack over HTTP (Socket Mode), only `routes` are served. */
  readonly signingSecret: string | null
  readonly host: string
  readonly port: number
  readonly routes: Readonly<Record<string, Route>>
  readonly door: Door
  readonly checkResponseUrl: ResponseUrlCheck
  readonly metrics: SlackMetrics
  readonly log: Logger
  readonly nowMs?: () => number
  /** Work that goes on after the answer is handed over here, so that stopping can wait for it. */
  readonly track: (work: Promise<void>) => void
}

/** Where everything from Slack arrives (docs/CONTRACT.md). */
export const EVENTS_PATH = '/slack/events'

/** Asks Slack not to send again what was taken or can never be taken. */
const NO_RETRY = { 'x-slack-no-retry': '1' }

/** Milliseconds for a request to arrive: a slow sender holds nothing but its own connection. */
const ARRIVAL_MS = { headers: 5_000, request: 10_000, checked: 5_000 }

/** Longer than the minute after which load balancers drop a connection: it is theirs to end. */
const KEEP_ALIVE_MS = 65_000

/** How often a stopping server looks for connections that have nothing under way any more. */
const CLOSING_MS = 20

/**
 * Slack's requests over node:http: verified over the raw bytes, admitted, acknowledged, and only then worked on. Not Bolt's
 * own receiver: that one answers before anything is recorded, and compares signatures in 40 µs instead of 0.4 µs.
 */
export function createHttpReceiver(options: HttpReceiverOptions): HttpReceiver {
  const { signingSecret, routes, log } = options
  const hear = signingSecret === null ? null : createHearing(options, signingSecret)
  const server = createServer({ connectionsCheckingInterval: ARRIVAL_MS.checked }, (request, response) => {
    const path = pathOf(request)
    const route = path === EVENTS_PATH ? hear : Object.hasOwn(routes, path) ? (routes[path] ?? null) : null
    if (route === null) {
      end(response, 404)
      return
    }
    Promise.resolve(route(request, response)).catch((err: unknown) => {
      log.error({ err, path }, 'An HTTP request failed')
      if (!response.headersSent) end(response, 500)
      else response.destroy()
    })
  })
  server.headersTimeout = ARRIVAL_MS.headers
  server.requestTimeout = ARRIVAL_MS.request
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(options.port, options.host, () => resolve((server.address() as AddressInfo).port))
      }),
    async stop(deadlineMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const idle = setInterval(() => server.closeIdleConnections(), CLOSING_MS)
      const timer = setTimeout(() => server.closeAllConnections(), deadlineMs)
      await closed
      clearInterval(idle)
      clearTimeout(timer)
    },
  }
}

function createHearing(options: HttpReceiverOptions, signingSecret: string): Route {
  const { door, checkResponseUrl, metrics, track } = options
  const verify = createVerifier(signingSecret, options.nowMs)
  const refuse = (response: ServerResponse, reason: UnverifiedReason, status: number) => {
    metrics.unverified.inc({ reason })
    end(response, status, NO_RETRY)
  }
  return async (request, response) => {
    if (request.method !== 'POST') return end(response, 405, { allow: 'POST' })
    const body = await readRaw(request)
    if (body === 'aborted') return void response.destroy()
    if (body === 'oversize') {
      response.shouldKeepAlive = false
      return refuse(response, 'oversize', 413)
    }
    const verification = verify({
      signature: request.headers['x-slack-signature'],
      timestamp: request.headers['x-slack-request-timestamp'],
      body,
    })
    const text = body.toString('utf8')
    if (!verification.verified) {
      // Slack does not sign its certificate checks. They are answered with nothing, and do nothing.
      if (verification.reason === 'no-signature' && SSL_CHECK.test(text)) return end(response, 200)
      return refuse(response, verification.reason, 401)
    }
    const heard = readBody(text, request.headers['content-type'], checkResponseUrl)
    switch (heard.heard) {
      case 'request':
        return answer(response, await door.admit(heard, [verification.mac]), track)
      case 'challenge':
        return endJson(response, { challenge: heard.challenge })
      case 'ssl-check':
      case 'nothing':
        return end(response, 200, NO_RETRY)
      case 'malformed':
        metrics.requests.inc({ surface: 'none', state: 'malformed' })
        return end(response, 400, NO_RETRY)
    }
  }
}

const SSL_CHECK = /^(token=[^&]*&)?ssl_check=1(&token=[^&]*)?$/

function answer(response: ServerResponse, passage: Passage, track: (work: Promise<void>) => void): void {
  if (passage.pass === 'again') {
    end(response, 503)
    return
  }
  if (passage.body === null) end(response, 200, NO_RETRY)
  else endJson(response, passage.body)
  if (passage.work !== null) track(passage.work())
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...headers, 'content-length': '0' }).end()
}

function endJson(response: ServerResponse, body: Readonly<Record<string, unknown>>): void {
  const bytes = Buffer.from(JSON.stringify(body))
  const headers = { ...NO_RETRY, 'content-type': 'application/json; charset=utf-8' }
  response.writeHead(200, { ...headers, 'content-length': String(bytes.length) }).end(bytes)
}

/** The path without the query; an absolute form or anything odd is nobody's path. */
function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
