import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { backoffMs } from './backoff.ts'
import type { Door } from './door.ts'
import type { Json, ResponseUrlCheck } from './heard.ts'
import { readPayload } from './incoming.ts'
import type { SlackMetrics } from './metrics.ts'
import { classify } from './outcome.ts'
import { openSocket, type SocketConnection, type SocketEnvelope } from './socket-client.ts'

export interface SocketReceiver {
  /** Connects, and stays connected until `stop`. Resolves at once: Slack may be away. */
  start(): void
  stop(): Promise<void>
  /** How many connections Slack has said hello on. */
  connected(): number
}

export interface SocketReceiverOptions {
  readonly appToken: string
  readonly apiUrl: string
  readonly door: Door
  readonly checkResponseUrl: ResponseUrlCheck
  readonly metrics: SlackMetrics
  readonly log: Logger
  readonly track: (work: Promise<void>) => void
  /** Two, so that Slack renewing one (every few hours) leaves no gap; Slack allows ten. */
  readonly connections?: number
}

const RECONNECT = { firstMs: 500, mostMs: 30_000 }

/** Slack's requests over Socket Mode: another transport, the same door. */
export function createSocketReceiver(options: SocketReceiverOptions): SocketReceiver {
  const { appToken, apiUrl, log, connections = 2 } = options
  const stopping = new AbortController()
  const open = new Set<SocketConnection>()
  const onEnvelope = createHearing(options)
  let away = false

  async function keepOne(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        const connection = await openSocket({ appToken, apiUrl, log, onEnvelope })
        if (stopping.signal.aborted) return void connection.close()
        open.add(connection)
        failures = 0
        if (away) log.info('Socket Mode is connected again')
        away = false
        await connection.ended
        open.delete(connection)
      } catch (thrown) {
        if (!away)
          log.warn({ failure: classify(thrown) }, 'Socket Mode cannot be connected; it is tried again')
        away = true
        failures += 1
        const { signal } = stopping
        await sleep(backoffMs(failures, RECONNECT), undefined, { signal, ref: false }).catch(() => undefined)
      }
    }
  }

  return {
    start() {
      for (let count = 0; count < connections; count += 1) void keepOne()
    },
    async stop() {
      stopping.abort()
      await Promise.allSettled([...open].map((connection) => connection.close()))
    },
    connected: () => open.size,
  }
}

function createHearing(options: SocketReceiverOptions): (envelope: SocketEnvelope) => Promise<void> {
  const { door, checkResponseUrl, metrics, track } = options
  return async (envelope) => {
    const heard = readPayload(isObject(envelope.body) ? envelope.body : null, checkResponseUrl)
    if (heard.heard !== 'request') {
      if (heard.heard === 'malformed') metrics.requests.inc({ surface: 'none', state: 'malformed' })
      return envelope.ack()
    }
    const passage = await door.admit(heard, [`envelope:${envelope.envelope_id}`])
    // Not acknowledged: Slack sends the event again.
    if (passage.pass === 'again') return
    try {
      await envelope.ack(passage.body ?? undefined)
    } finally {
      // Recorded is recorded, even when the connection went away before Slack could be told.
      if (passage.work !== null) track(passage.work())
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
