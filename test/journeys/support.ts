import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Practice, type PracticeOptions, practice } from '../../practice/harness.ts'
import { signature } from '../../practice/slack/deliver.ts'
import type { Message } from '../../practice/slack/messages.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/** A world for a journey: the real bot in a process of its own, on a database of its own. */
export interface Journey {
  readonly world: Practice
  readonly slack: Practice['slack']
  readonly signingSecret: string
  /** Rows of `audit_v1`, oldest first. */
  audit(where?: string): Promise<readonly AuditRow[]>
  sql(statement: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  stop(): Promise<void>
}

/** Without the platform unless it is asked for: what is not there is unknown, and the rest of Bakery does not mind. */
export async function startJourney(options: PracticeOptions = {}): Promise<Journey> {
  const own = options.database ? null : await createTestDatabase()
  const database = options.database ?? (own as TestDatabase)
  const world = await practice.start({ ...options, database })
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
  pool.on('error', () => undefined)
  const sql: Journey['sql'] = async (statement, values = []) =>
    (await pool.query(statement, [...values])).rows
  return {
    ...{ world, slack: world.slack, signingSecret: world.signingSecret, sql },
    audit: async (where = 'true') =>
      (await sql(`SELECT * FROM audit_v1 WHERE ${where} ORDER BY seq`)) as unknown as readonly AuditRow[],
    async stop() {
      await pool.end()
      await world.stop()
      await own?.drop()
    },
  }
}

/** The bytes of one signed request, to be sent as often and to whomever one likes. */
export interface SignedRequest {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Signs a form as Slack does. `at` is in seconds since 1970. */
export function signForm(
  secret: string,
  form: Readonly<Record<string, string>>,
  at = Math.floor(Date.now() / 1000),
): SignedRequest {
  const body = new URLSearchParams(form).toString()
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': signature(secret, String(at), body),
    },
  }
}

/** The form of a slash command. */
export function slashForm(facts: { user: string; channel: string; text: string; team?: string }) {
  const { user, channel, text, team = 'T0BAKERY' } = facts
  return {
    command: '/bakery',
    text,
    team_id: team,
    user_id: user,
    user_name: user.toLowerCase(),
    channel_id: channel,
    channel_name: channel.startsWith('D') ? 'directmessage' : 'somewhere',
    trigger_id: `${randomBytes(6).toString('hex')}.1`,
    api_app_id: 'A0BAKERY',
  }
}

/** The form of a click on a button of a message. */
export function clickForm(facts: {
  user: string
  channel: string
  action: string
  value: string
  ts?: string
}) {
  const { user, channel, action, value, ts = '1795456438.000001' } = facts
  const payload = {
    type: 'block_actions',
    team: { id: 'T0BAKERY' },
    user: { id: user, team_id: 'T0BAKERY' },
    api_app_id: 'A0BAKERY',
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: 'somewhere' },
    message: { ts },
    trigger_id: `${randomBytes(6).toString('hex')}.1`,
    actions: [
      { type: 'button', action_id: action, block_id: 'b', value, action_ts: String(Date.now() / 1000) },
    ],
  }
  return { payload: JSON.stringify(payload) }
}

export async function post(
  url: string,
  { body, headers }: SignedRequest,
): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { method: 'POST', body, headers })
  return { status: response.status, text: await response.text() }
}

/** Waits until something is there (not null, not undefined, not false), and gives it. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  withinMs = 8000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false)
      return found as NonNullable<Exclude<T, false>>
    if (performance.now() > deadline)
      throw new Error(`nothing came within ${withinMs} ms: ${look.toString().slice(0, 200)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** All words of a message: its text, its blocks, its buttons. */
export function wordsOf(message: Message | undefined): string {
  return JSON.stringify({ text: message?.text, blocks: message?.blocks })
}
