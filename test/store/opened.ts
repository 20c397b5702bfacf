import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import type { AccessSnapshot, Decision } from '../../src/core/access.ts'
import type { Answer } from '../../src/core/answer.ts'
import type {
  Destination,
  OutcomeFacts,
  OutgoingMessage,
  Receipt,
  RecordedRequest,
  VerifiedRequest,
} from '../../src/core/ports/records.ts'
import { createStore, type Store } from '../../src/store/store.ts'
import { operationVoice } from '../../src/views/operations/voice.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

export const silent = { warn() {}, error() {} }

/** Several Slack ids of one person, for tests of rules about persons. */
export const personOf = (user: string) => (user.startsWith('UADA') ? 'Ada' : user)

export const operations = { voice: operationVoice('UTC'), expireMinutes: 30, securityChannel: 'CSEC' }

export interface Opened {
  readonly database: TestDatabase
  readonly store: Store
  /** As the owner of the tables: what no process of Bakery's may do. */
  readonly admin: pg.Client
  /** Another process on the same database. */
  another(options?: { leaseSeconds?: number; url?: string }): Promise<Store>
  /** As if nothing had happened yet; other processes are stopped. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Rows that a migrated database has from the start. */
const EMPTIED = `
  SET session_replication_role = replica;
  TRUNCATE audit, audit_payload, role_grant, channel_binding, slack_user, slack_channel, slack_group, seed, outbox,
    outbox_channel, offer, replay, request, job, job_run, job_request, operation, operation_step, operation_review, operation_lock,
    operation_override, change_freeze;
  UPDATE audit_head SET seq = 0, hash = repeat('0', 64);
  UPDATE access_version SET version = version + 1;
  INSERT INTO outbox_channel (bucket) VALUES ('*');
  SET session_replication_role = DEFAULT;`

export async function open(options: { leaseSeconds?: number } = {}): Promise<Opened> {
  const database = await createTestDatabase()
  const stores: Store[] = []
  const another = async ({ leaseSeconds = 30, url = database.botUrl } = {}) => {
    const store = createStore({ url, leaseSeconds, personOf, operations, log: silent })
    await store.start()
    stores.push(store)
    return store
  }
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const store = await another(options)
  return {
    ...{ database, admin, another, store },
    async reset() {
      for (const other of stores.splice(1)) await other.stop().catch(() => {})
      await admin.query(EMPTIED)
      const { rows } = await admin.query('SELECT version FROM access_version')
      await store.access.atLeast(BigInt(rows[0].version))
    },
    async close() {
      for (const store of stores) await store.stop().catch(() => {})
      await admin.end()
      await database.drop()
    },
  }
}

export const allow = (): Decision => ({ decision: 'allowed', role: 'member', rule: 'role' })

export const refuseDecision: Decision = {
  decision: 'refused',
  code: 'NO_ROLE',
  rule: 'role',
  message: 'no',
  holders: [],
  suggestions: [],
}

export function verified(changes: Partial<VerifiedRequest> = {}): VerifiedRequest {
  return {
    replayKeys: [randomBytes(16).toString('hex')],
    surface: 'slash',
    actor: { team: 'T1', user: 'UBOB', person: 'UBOB', kind: 'member' },
    channel: 'C1',
    command: 'health',
    target: null,
    payload: { line: 'health' },
    work: {
      line: 'health',
      reply: { team: 'T1', user: 'UBOB', channel: 'C1', responseUrl: null, triggerId: null },
    },
    decide: allow,
    ...changes,
  }
}

/** Allowed as long as this user has a grant. */
export const allowedBy =
  (user: string) =>
  (snapshot: AccessSnapshot): Decision =>
    snapshot.grants.some((grant) => grant.user === user) ? allow() : refuseDecision

export function recorded(receipt: Receipt): Extract<Receipt, { state: 'recorded' }> {
  if (receipt.state !== 'recorded') throw new Error(`expected recorded, got ${JSON.stringify(receipt)}`)
  return receipt
}

/** Records a request and gives it as the runner gets it. */
export async function received(
  store: Store,
  changes: Partial<VerifiedRequest> = {},
): Promise<RecordedRequest> {
  const request = verified(changes)
  const { id, ref, at, decision } = recorded(await store.receipts.record(request, 5000))
  const { surface, actor, channel, command, work } = request
  return { id, ref, at, decision, surface, actor, channel, command, work }
}

export const done: OutcomeFacts = { decision: 'done', code: null, target: null, payload: {} }

export function answer(text: string, changes: Partial<Answer> = {}): Answer {
  return {
    kind: 'health',
    text,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }],
    audience: 'channel',
    ...changes,
  }
}

export function message(
  text: string,
  destination: Destination = { to: 'channel', channel: 'C1' },
  changes: Partial<OutgoingMessage> = {},
): OutgoingMessage {
  return { key: `${text}-${randomUUID()}`, destination, priority: 2, answer: answer(text), ...changes }
}
