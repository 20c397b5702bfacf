import { SocketModeClient } from '@slack/socket-mode'
import type { Logger } from 'pino'
import { createBoltLog } from './bolt-log.ts'

/** One envelope as socket-mode hands it over (https://docs.slack.dev/apis/events-api/using-socket-mode). */
export interface SocketEnvelope {
  readonly envelope_id: string
  readonly type: string
  readonly body: unknown
  readonly accepts_response_payload?: boolean
  ack(response?: Readonly<Record<string, unknown>>): Promise<void>
}

export interface SocketOptions {
  readonly appToken: string
  /** Ends in `/api/`. */
  readonly apiUrl: string
  readonly log: Logger
  readonly onEnvelope: (envelope: SocketEnvelope) => Promise<void>
}

/** Milliseconds until Slack must have said hello, counted from the first call. */
const HELLO_MS = 15_000
const CALL_MS = 10_000

/** A message that is not what Slack sends must not end the process: socket-mode itself does not look before it reads. */
class CarefulClient extends SocketModeClient {
  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    try {
      await super.onWebSocketMessage(data, isBinary)
    } catch {
      this.emit('unreadable')
    }
  }
}

/** One connection, from opening to its end. */
export interface SocketConnection {
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/**
 * Opens one connection. socket-mode's own reconnecting is off: it closes first and waits five seconds, in which commands are
 * lost, and some failures of it end in a rejection that nobody can catch. Throws what `outcome.ts` classifies.
 */
export async function openSocket(options: SocketOptions): Promise<SocketConnection> {
  const { appToken, apiUrl, log, onEnvelope } = options
  const client = new CarefulClient({
    appToken,
    logger: createBoltLog(log),
    autoReconnectEnabled: false,
    clientOptions: {
      slackApiUrl: apiUrl,
      timeout: CALL_MS,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    },
  })
  client.on('slack_event', (envelope: SocketEnvelope) => {
    // Without an id it could not even be acknowledged.
    if (typeof envelope.envelope_id !== 'string') return
    onEnvelope(envelope).catch((err: unknown) => log.error({ err }, 'An envelope could not be handled'))
  })
  client.on('unreadable', () => log.warn('Slack sent something over Socket Mode that cannot be read'))
  const ended = new Promise<void>((resolve) => client.once('disconnected', () => resolve()))
  const close = async () => {
    await client.disconnect()
  }
  try {
    await within(HELLO_MS, client.start())
  } catch (thrown) {
    close().catch(() => undefined)
    throw thrown
  }
  return { ended, close }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Slack did not say hello within ${ms / 1000} s.`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
