import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimFolder } from './leftovers.ts'
import { copyCluster, openCluster, type PostgresCluster, serverIdentity } from './postgres-cluster.ts'

/** A real PostgreSQL on a free port of 127.0.0.1. */
export interface PostgresInstance {
  readonly host: string
  readonly port: number
  /** postgres://… of the superuser, in the database `postgres`. */
  readonly superuserUrl: string
  /** Fast shutdown: open connections are ended. Removes the data unless a folder was given. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Further settings of postgresql.conf; they win over the small ones set here. Durable unless these say otherwise. */
  readonly settings?: Readonly<Record<string, string | number>>
  /** Where the data stays between runs. Without it: a temporary folder that goes with the server. */
  readonly folder?: string
}

/** Many instances share one machine: each is as small as PostgreSQL can be. */
const SMALL = {
  shared_buffers: '8MB',
  max_connections: 30,
  autovacuum_worker_slots: 1,
  autovacuum_max_workers: 1,
  io_method: 'sync',
  max_worker_processes: 0,
  max_logical_replication_workers: 0,
  max_wal_senders: 0,
  wal_level: 'minimal',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const

const HOST = '127.0.0.1'
const ATTEMPTS = 5
const READY = 'database system is ready to accept connections'
const TAKEN = /could not bind IPv4 address|Address already in use/

/**
 * Keeps the server no longer than us: its standard input is a pipe from this process, and when that ends (however we
 * die, SIGKILL included) the server is shut down and its temporary folder removed.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null &
server=$!
(read -r _ <&3; kill -INT "$server" 2>/dev/null) >/dev/null 2>&1 &
watch=$!
exec 2>/dev/null
wait "$server"
code=$?
kill "$watch"
[ -z "$BAKERY_REMOVE" ] || rm -rf "$BAKERY_REMOVE"
exit $code
`

/** Starts an instance: about a second the first time on a machine (initdb), then less. Throws when it cannot. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresInstance> {
  const cluster = await openCluster()
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'bakery-postgres-')))
  await fill(folder, cluster)
  if (!options.folder) await claimFolder(folder)
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const started = await launch(cluster, folder, port, options)
    if ('server' in started) return instance(started.server, port, cluster.password)
    if (attempt < ATTEMPTS && TAKEN.test(started.log)) {
      if (!options.folder) {
        await fill(folder, cluster)
        await claimFolder(folder)
      }
      continue
    }
    throw new Error(`PostgreSQL did not start in ${folder}:\n${started.log.trim()}`)
  }
}

async function fill(folder: string, cluster: PostgresCluster): Promise<void> {
  const identity = serverIdentity()
  const found = await readdir(folder).catch((): string[] => [])
  if (found.includes('PG_VERSION')) return
  await copyCluster(cluster.template, folder)
  if (identity.uid !== undefined) await chown(folder, identity.uid, identity.gid)
}

async function launch(
  cluster: PostgresCluster,
  folder: string,
  port: number,
  options: PostgresOptions,
): Promise<{ server: ChildProcess } | { log: string }> {
  const settings = {
    ...SMALL,
    ...options.settings,
    listen_addresses: HOST,
    unix_socket_directories: '',
    port,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn('/bin/sh', ['-c', GUARD, 'guard', cluster.postgres, '-D', folder, ...flags], {
    ...serverIdentity(),
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', BAKERY_REMOVE: options.folder ? '' : folder },
  })
  server.stdin?.on('error', () => {})
  return new Promise((resolve, reject) => {
    let log = ''
    server.once('error', reject)
    server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-8000)
      if (log.includes(READY)) resolve({ server })
    })
    server.once('close', () => resolve({ log }))
  })
}

function instance(server: ChildProcess, port: number, password: string): PostgresInstance {
  return {
    host: HOST,
    port,
    superuserUrl: `postgres://postgres:${password}@${HOST}:${port}/postgres`,
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return
      server.stdin?.end()
      await once(server, 'close')
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST)
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port')
  return address.port
}
