import type { Emulated } from '../emulator.ts'
import type { Faults } from '../faults.ts'
import type { Json } from '../json.ts'
import type { RateLimits } from '../rate-limits.ts'
import type { State } from '../state.ts'

/** What a method works with. `scopes` are the app's, as its manifest asks for them. */
export interface Desk {
  readonly emulated: Emulated
  readonly state: State
  readonly faults: Faults
  readonly limits: RateLimits
  readonly scopes: readonly string[]
  readonly origin: string
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

/** Passes the call on as it is. */
export const forward = async (desk: Desk, method: string, body: Json): Promise<Reply> => ({
  body: await desk.emulated.call('bot', method, body),
})
