import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../practice/postgres.ts'
import { migrate } from '../src/store/migrate.ts'
import { type Child, startChild } from './acknowledge/child.ts'
import { closedLoop, openLoop } from './acknowledge/load.ts'
import { median, percentile, row } from './figures.ts'

const CONNECTIONS = 16
const ROUNDS = 6
const ROUND_MS = 5_000
/** Until V8 has compiled what is called often: before that a fifth of the processor's time goes to its compiler. */
const WARM_UP_MS = 10_000
const RATE = 200
const RATE_MS = 10_000
const SIGNING_SECRET = 'benchmark-signing-secret'

/**
 * How fast a signed request is acknowledged when it is verified, decided, recorded and chained first, beside a bare Bolt echo
 * that does none of it. Interleaved in one run; fsync and synchronous_commit on. What follows an acknowledgement (the
 * command's own work, its outcome's row) is left out on both sides, though in the real bot it asks for the same processor.
 */
export async function benchAcknowledge(): Promise<void> {
  // PostgreSQL's own default of shared_buffers: what the tests make do with does not hold the indexes of so many requests.
  const settings = { min_wal_size: '1GB', max_wal_size: '2GB', shared_buffers: '128MB' }
  const postgres = await startPostgres({ settings })
  try {
    const databaseUrl = await prepare(postgres.superuserUrl)
    await measure(databaseUrl)
  } finally {
    await postgres.stop()
  }
}

async function measure(databaseUrl: string): Promise<void> {
  const given = { signingSecret: SIGNING_SECRET, databaseUrl }
  const [echo, bakery] = await Promise.all([startChild('echo', given), startChild('bakery', given)])
  try {
    await throughput(echo, WARM_UP_MS)
    await throughput(bakery, WARM_UP_MS)
    const rounds: Round[] = []
    for (let index = 0; index < ROUNDS; index += 1) {
      rounds.push({ echo: await throughput(echo, ROUND_MS), bakery: await throughput(bakery, ROUND_MS) })
    }
    print(rounds, { echo: await latencies(echo), bakery: await latencies(bakery) })
    await printRecorded(databaseUrl)
  } finally {
    await Promise.all([echo.stop(), bakery.stop()])
  }
}

interface Round {
  readonly echo: number
  readonly bakery: number
}

const load = ({ port }: Child, durationMs: number) => ({
  port,
  durationMs,
  connections: CONNECTIONS,
  signingSecret: SIGNING_SECRET,
})
const throughput = (child: Child, durationMs: number) => closedLoop(load(child, durationMs))
const latencies = (child: Child) => openLoop({ ...load(child, RATE_MS), ratePerSecond: RATE })

function print(
  rounds: readonly Round[],
  measured: { readonly echo: readonly number[]; readonly bakery: readonly number[] },
): void {
  const what = 'acknowledge a signed command'
  const on = `${CONNECTIONS} connections, ${ROUNDS} rounds`
  const perSecond = (rates: readonly number[]) => `${Math.round(median(rates))}/s`
  const ratio = median(rounds.map(({ echo, bakery }) => bakery / echo))
  row(what, `bare Bolt echo, ${on}`, perSecond(rounds.map(({ echo }) => echo)), 'nothing durable')
  row(what, `Bakery, ${on}`, perSecond(rounds.map(({ bakery }) => bakery)), 'recorded, decided, chained')
  row(what, 'ratio, median of the rounds', ratio.toFixed(2), 'goal at least 0.9')
  for (const name of ['echo', 'bakery'] as const) {
    const against = name === 'bakery' ? 'goal p99 under 25 ms' : ''
    const times = [50, 99].map((share) => `p${share} ${percentile(measured[name], share).toFixed(1)} ms`)
    row(
      what,
      `${name === 'echo' ? 'bare Bolt echo' : 'Bakery'}, at ${RATE} a second`,
      times.join(', '),
      against,
    )
  }
  printMachine()
}

/** What the figures depend on besides Bakery: three processes share the processors, and each batch waits for the disk. */
function printMachine(): void {
  const times = fdatasyncMicroseconds()
  const micros = [50, 99].map((share) => `p${share} ${Math.round(percentile(times, share))} µs`)
  row('fdatasync', '200 of 8 KiB each', micros.join(', '), '')
  row(
    'load average of the last minute',
    `${availableParallelism()} processors`,
    (loadavg()[0] ?? 0).toFixed(1),
    '',
  )
}

/** That all of it was really recorded, and under which settings. */
async function printRecorded(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ count: string; fsync: string; commit: string }>(
    `SELECT (SELECT count(*) FROM audit) AS count, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS commit`,
  )
  await client.end()
  const { count = '0', fsync = '', commit = '' } = rows[0] ?? {}
  row('audit rows written', `fsync ${fsync}, synchronous_commit ${commit}`, count, 'one for each request')
}

function fdatasyncMicroseconds(): readonly number[] {
  const folder = mkdtempSync(join(tmpdir(), 'bakery-bench-'))
  const file = openSync(join(folder, 'sync'), 'w')
  const block = Buffer.alloc(8192, 1)
  const times: number[] = []
  try {
    for (let index = 0; index < 200; index += 1) {
      writeSync(file, block)
      const started = performance.now()
      fdatasyncSync(file)
      times.push((performance.now() - started) * 1000)
    }
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
  return times
}

/** A migrated database in which U1 may ask in C1. */
async function prepare(superuserUrl: string): Promise<string> {
  const adminUrl = Object.assign(new URL(superuserUrl), { pathname: '/bakery' }).href
  const botUrl = Object.assign(new URL(adminUrl), { username: 'bakery_bot', password: 'benchmark' }).href
  const server = new pg.Client({ connectionString: superuserUrl })
  await server.connect()
  await server.query('CREATE DATABASE bakery')
  await fillLog(server)
  await server.end()
  await migrate({ adminUrl, botUrl })
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(
    `INSERT INTO slack_user (user_id, team, name, kind) VALUES ('U1', 'T1', 'ana', 'member');
     INSERT INTO slack_channel (channel, name, shared, archived) VALUES ('C1', 'operations', false, false);
     INSERT INTO channel_binding (channel, families, environment) VALUES ('C1', '{help,health}', 'production');
     INSERT INTO role_grant (user_id, channel, role, granted_by) VALUES ('U1', 'C1', 'member', 'U2');`,
  )
  await admin.end()
  return botUrl
}

/**
 * A server that has been in use writes its log into files that it has already: it recycles them at each checkpoint. A new one
 * makes one every 16 MB, filled with zeros and synced, while its clients wait.
 */
async function fillLog(server: pg.Client): Promise<void> {
  await server.query(
    `SELECT count(pg_logical_emit_message(false, 'benchmark', repeat('x', 1000000))) FROM generate_series(1, 600)`,
  )
  await server.query('CHECKPOINT')
}
