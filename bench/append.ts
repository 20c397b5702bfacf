import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { startPostgres } from '../practice/postgres.ts'
import { createVerifier } from '../src/audit/verify.ts'
import type { Receipt, RecordedRequest, VerifiedRequest } from '../src/core/ports/records.ts'
import { migrate } from '../src/store/migrate.ts'
import { createStore, type Store } from '../src/store/store.ts'
import { operationVoice } from '../src/views/operations/voice.ts'
import { printDisk } from './disk.ts'
import { median, row } from './figures.ts'

const WRITERS = 16
const ROUNDS = 3
const ROUND_MS = 2_000
const EXISTING = [2_000, 20_000, 200_000]
const FILLED_AT_ONCE = 2_000
/** As PostgreSQL comes, but for what practice makes small. */
const SETTINGS = { shared_buffers: '128MB', max_wal_size: '1GB' }
const GOAL = 'goal 4,000, strictly chained'

/**
 * Audit rows a second with 16 writers, each waiting for its own to be committed, over what Bakery itself writes with: requests
 * as they are recorded, and requests with their outcomes. fsync and synchronous_commit on; with more and more rows there.
 */
export async function benchAppend(): Promise<void> {
  const server = await startPostgres({ settings: SETTINGS })
  const adminUrl = server.superuserUrl
  const botUrl = Object.assign(new URL(adminUrl), { username: 'bakery', password: randomUUID() }).href
  const operations = { voice: operationVoice('UTC'), expireMinutes: 30, securityChannel: 'C0SECURITY' }
  const store = createStore({ url: botUrl, leaseSeconds: 30, personOf: (user) => user, operations, log })
  try {
    await migrate({ adminUrl, botUrl })
    await store.start()
    for (const existing of EXISTING) {
      await fill(store, existing)
      await measure(store, `${WRITERS} writers, ${existing.toLocaleString('en-GB')} rows there`)
      printDisk()
    }
    await printSettings(adminUrl)
    await printVerdict(store)
  } finally {
    await store.stop()
    await server.stop()
  }
}

const say = (facts: object, message: string) => console.error(message, facts)
const log = { warn: say, error: say }

async function measure(store: Store, on: string): Promise<void> {
  const recorded: number[] = []
  const answered: number[] = []
  await rate(store, recordOne)
  for (let round = 0; round < ROUNDS; round += 1) {
    recorded.push(await rate(store, recordOne))
    answered.push(await rate(store, recordAndFinish))
  }
  row('audit: append, requests', on, `${Math.round(median(recorded))} rows/s`, GOAL)
  row('audit: append, with outcomes', on, `${Math.round(median(answered))} rows/s`, GOAL)
}

/** Rows a second while every writer appends one after the other. `append` answers how many it appended. */
async function rate(store: Store, append: (store: Store) => Promise<number>): Promise<number> {
  const started = performance.now()
  const writer = async () => {
    let rows = 0
    while (performance.now() - started < ROUND_MS) rows += await append(store)
    return rows
  }
  const written = await Promise.all(Array.from({ length: WRITERS }, writer))
  return written.reduce((sum, rows) => sum + rows, 0) / ((performance.now() - started) / 1000)
}

async function recordOne(store: Store): Promise<number> {
  await record(store)
  return 1
}

async function recordAndFinish(store: Store): Promise<number> {
  const { request, receipt } = await record(store)
  const { id, ref, at, decision } = receipt
  const recorded: RecordedRequest = { ...request, id, ref, at, decision }
  await store.journal.finish(recorded, { decision: 'done', code: null, target: null, payload: {} }, [])
  return 2
}

type Recorded = Extract<Receipt, { state: 'recorded' }>

async function record(store: Store): Promise<{ request: VerifiedRequest; receipt: Recorded }> {
  const request = newRequest()
  const receipt = await store.receipts.record(request, 1_500)
  if (receipt.state !== 'recorded') throw new Error(`a request of the benchmark was ${receipt.state}`)
  return { request, receipt }
}

function newRequest(): VerifiedRequest {
  const reply = { team: 'T1', user: 'U1', channel: 'C1', responseUrl: null, triggerId: null }
  return {
    replayKeys: [randomUUID()],
    surface: 'slash',
    actor: { team: 'T1', user: 'U1', person: 'marco', kind: 'member' },
    channel: 'C1',
    command: 'logs',
    target: 'orders-service',
    payload: { line: 'logs orders --since 1h' },
    work: { line: 'logs orders --since 1h', reply },
    decide: () => ({ decision: 'allowed', role: 'member', rule: 'role' }),
  }
}

/** Until there are so many rows, recorded like all others. */
async function fill(store: Store, rows: number): Promise<void> {
  let { seq } = await store.audit.head()
  while (seq < rows) {
    const missing = Math.min(FILLED_AT_ONCE, rows - seq)
    await Promise.all(Array.from({ length: missing }, () => record(store)))
    seq += missing
  }
}

async function printSettings(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  const { rows } = await client.query<{ version: string; fsync: string; commit: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS commit`,
  )
  await client.end()
  const { version = '', fsync = '', commit = '' } = rows[0] ?? {}
  row('PostgreSQL', `fsync ${fsync}, synchronous_commit ${commit}`, version, '')
}

/** That it is one chain, from the first row to the last. */
async function printVerdict({ audit }: Store): Promise<void> {
  const verifier = createVerifier()
  for await (const next of audit.readChain(1)) verifier.push(next)
  const verdict = verifier.end(await audit.head())
  row('the chain that was written', `${verdict.rows} rows`, verdict.state, 'every row hashed and linked')
}
