import { z } from 'zod'
import type { ResponseUrlCheck } from './heard.ts'

/** Slack's answer to a post to a response URL that is not success. */
export class ResponseUrlError extends Error {
  override readonly name = 'ResponseUrlError'
  readonly status: number
  /** Slack's code, when it gave one. */
  readonly code: string | null
  readonly retryAfterSeconds: number | null

  constructor(status: number, code: string | null, retryAfterSeconds: number | null) {
    super(`The response URL answered HTTP ${status}${code === null ? '' : ` (${code})`}.`)
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Posts an answer to a response URL. Throws what `outcome.ts` classifies. */
export type Respond = (url: string, message: Readonly<Record<string, unknown>>) => Promise<void>

const verdict = z.object({ ok: z.boolean(), error: z.string().optional() })

/** Refuses every URL that `check` refuses, and follows no redirect. */
export function createRespond(check: ResponseUrlCheck, timeoutMs: number): Respond {
  return async (url, message) => {
    if (!check(url)) throw new ResponseUrlError(0, 'used_url', null)
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'bakery' },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const code = codeIn((await response.text()).slice(0, 10_000))
    if (response.ok && code === null) return
    const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
    throw new ResponseUrlError(response.status, code, Number.isNaN(retryAfter) ? null : retryAfter)
  }
}

/** Slack answers `ok`, `{"ok":true}`, a bare code, or `{"ok":false,"error":"…"}`. */
function codeIn(body: string): string | null {
  const text = body.trim()
  if (text === '' || text === 'ok') return null
  if (/^[a-z_]{3,60}$/.test(text)) return text
  try {
    const parsed = verdict.safeParse(JSON.parse(text))
    return parsed.data?.ok === false ? (parsed.data.error ?? 'unknown_error') : null
  } catch {
    return null
  }
}
