import { createHmac } from 'node:crypto'

/** What came of a request to the bot. `error` is what Slack would tell the person. */
export interface Delivery {
  readonly ok: boolean
  readonly status: number | null
  readonly body: string
  readonly ackMs: number
  readonly error: 'operation_timeout' | 'dispatch_failed' | null
  /** The bot asked not to be sent this again (`X-Slack-No-Retry: 1`). */
  readonly noRetry?: boolean
}

/** Slack waits three seconds for an acknowledgement. */
export const ACK_TIMEOUT_MS = 3000

/** Signs as Slack does: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function signature(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
}

/** Sends one signed request to the bot and waits for its acknowledgement. Never throws. */
export async function deliverToBot(
  to: { readonly url: string; readonly secret: string; readonly timeoutMs?: number },
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Delivery> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const started = performance.now()
  const since = () => Math.round(performance.now() - started)
  try {
    const response = await fetch(to.url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature(to.secret, timestamp, body),
        ...headers,
      },
      signal: AbortSignal.timeout(to.timeoutMs ?? ACK_TIMEOUT_MS),
    })
    const text = await response.text()
    const error = response.ok ? null : 'dispatch_failed'
    const noRetry = response.headers.get('x-slack-no-retry') === '1'
    return { ok: response.ok, status: response.status, body: text, ackMs: since(), error, noRetry }
  } catch (thrown) {
    const timedOut = thrown instanceof Error && thrown.name === 'TimeoutError'
    const error = timedOut ? 'operation_timeout' : 'dispatch_failed'
    return { ok: false, status: null, body: '', ackMs: since(), error }
  }
}
