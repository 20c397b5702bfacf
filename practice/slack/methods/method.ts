import type { Emulated } from '../emulator.ts'
import type { Faults } from '../faults.ts'
import type { Json } from '../json.ts'
import type { Rate, RateLimits } from '../rate-limits.ts'
import type { State } from '../state.ts'

/** What a method works with. `scopes` are the app's, as its manifest asks for them. */
export interface Desk {
  readonly emulated: Emulated
  readonly state: State
  readonly faults: Faults
  readonly limits: RateLimits
  readonly scopes: readonly string[]
  readonly origin: string
  /** Slack's own time, ms since 1970: what expires and what comes too fast is measured by it. */
  readonly now: () => number
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Json
}

export type Method = (desk: Desk, body: Json) => Promise<Reply>

export const ok = (body: Json = {}): Reply => ({ body: { ok: true, ...body } })

export const refuse = (error: string, more: Json = {}): Reply => ({ body: { ok: false, error, ...more } })

/** Slack's answer when the app's token lacks what the method needs; null when it has it. */
export function lacks(desk: Desk, scope: string): Reply | null {
  if (desk.scopes.includes(scope)) return null
  return refuse('missing_scope', { needed: scope, provided: desk.scopes.join(',') })
}

/** Slack's answer to somebody who is too fast; null when the call may go on. */
export function tooFast(desk: Desk, key: string, rate: Rate | null): Reply | null {
  const seconds = !desk.faults.rateLimits || rate === null ? 0 : desk.limits.take(key, rate)
  if (seconds === 0) return null
  const headers = { 'Retry-After': String(seconds) }
  return { status: 429, headers, body: { ok: false, error: 'ratelimited' } }
}

/** Passes the call on as it is. */
export const forward = async (desk: Desk, method: string, body: Json): Promise<Reply> => ({
  body: await desk.emulated.call('bot', method, body),
})
