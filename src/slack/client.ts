import { WebClient } from '@slack/web-api'
import type { Logger } from 'pino'
import { createBoltLog } from './bolt-log.ts'
import type { Method } from './methods.ts'
import type { SlackMetrics } from './metrics.ts'
import { labelOf } from './outcome.ts'

/** What Slack answered, to be read with zod by who asked. */
export type SlackAnswer = Readonly<Record<string, unknown>>

/** The Web API. Throws what `outcome.ts` classifies. */
export interface SlackClient {
  call(method: Method, args: Readonly<Record<string, unknown>>): Promise<SlackAnswer>
}

export interface SlackClients {
  /** For messages: the outbox decides what is tried again, and when. */
  readonly post: SlackClient
  /** For look-ups, so that a slow look-up never stands before a message. */
  readonly look: SlackClient
}

/** Milliseconds after which a call's outcome counts as unknown. web-api's own default is to wait for ever. */
export const TIMEOUT_MS = 10_000

/** How often the server may be asked at the same time. */
const CONCURRENCY = { post: 32, look: 8 }

export interface ClientOptions {
  readonly botToken: string
  /** Ends in `/api/`. */
  readonly apiUrl: string
  readonly log: Logger
  readonly metrics: SlackMetrics
  readonly timeoutMs?: number
}

/**
 * The clients, with web-api's defaults replaced: a timeout, no retries of its own (30 minutes of them would send a message
 * twice), and a 429 given back at once instead of pausing every call.
 */
export function createClients(options: ClientOptions): SlackClients {
  return {
    post: createClient(options, CONCURRENCY.post),
    look: createClient(options, CONCURRENCY.look),
  }
}

function createClient(
  { botToken, apiUrl, log, metrics, timeoutMs = TIMEOUT_MS }: ClientOptions,
  concurrency: number,
): SlackClient {
  const client = new WebClient(botToken, {
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    maxRequestConcurrency: concurrency,
    headers: { 'User-Agent': 'bakery' },
    logger: createBoltLog(log),
  })
  return {
    async call(method, args) {
      try {
        const answer = await client.apiCall(method, { ...args })
        metrics.calls.inc({ method, result: 'ok' })
        return { ...answer }
      } catch (thrown) {
        metrics.calls.inc({ method, result: labelOf(thrown) })
        throw thrown
      }
    },
  }
}
