import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serverIdentity } from '../../practice/postgres-cluster.ts'
import { findProgram } from './programs.ts'

/** A real server that a test has started on free ports of 127.0.0.1, in a folder of its own. */
export interface Server {
  readonly port: number
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** Stops it and removes its folder. */
  stop(): Promise<void>
}

export const HOST = '127.0.0.1'
const PATIENCE_MS = 45_000

/**
 * Keeps a server no longer than us: its standard input is a pipe from this process, and when that ends (however we die)
 * the server's whole process group ends and its folder goes.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null >"$BAKERY_FOLDER/output" 2>&1 &
(read -r _ <&3; trap '' TERM; kill -TERM 0; sleep 0.3; rm -rf "$BAKERY_FOLDER"; kill -KILL 0) >/dev/null 2>&1 &
trap '' TERM
wait
`

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST)
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port')
  return address.port
}

export async function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `bakery-${name}-`))
}

export interface Launch {
  /** Runs as root where it is not given. */
  readonly identity?: { readonly uid?: number; readonly gid?: number }
  readonly program: string
  readonly flags: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly folder: string
  readonly port: number
  /** Resolves when it answers; throws as long as it does not. */
  ready(): Promise<unknown>
}

/** Starts a program and waits until it answers; throws with its last words when it does not. */
export async function launch({
  program,
  flags,
  env,
  identity,
  folder,
  port,
  ready,
}: Launch): Promise<Server> {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', program, ...flags], {
    cwd: folder,
    detached: true,
    ...identity,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', BAKERY_FOLDER: folder, ...env },
  })
  guard.stdin?.on('error', () => {})
  const stop = () => stopGuard(guard)
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      await ready()
      return { port, url: `http://${HOST}:${port}`, stop }
    } catch (cause) {
      if (Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        continue
      }
      const output = await readFile(join(folder, 'output'), 'utf8').catch(() => '')
      await stop()
      const said = `${program} did not become ready within ${PATIENCE_MS / 1000} s:\n${output.slice(-2_000)}`
      throw new Error(said, { cause })
    }
  }
}

async function stopGuard(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return
  guard.stdin?.end()
  await once(guard, 'close')
}

function programOf(name: string): string {
  const program = findProgram(name)
  if (program) return program
  throw new Error(`${name} is not on this machine`)
}

export async function startRedis(flags: readonly string[] = [], tls = false): Promise<Server> {
  const folder = await temporaryFolder('redis')
  const port = await freePort()
  const ports = tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)]
  return launch({
    program: programOf('redis-server'),
    flags: [...ports, '--bind', HOST, '--dir', folder, '--save', '', ...flags],
    folder,
    port,
    ready: () => accepts(port),
  })
}

/** Scrapes the given targets (`127.0.0.1:1234`) every second, itself when there are none; `rules` is a file of rules. */
export async function startPrometheus(
  targets: readonly string[] = [],
  flags: readonly string[] = [],
  rules?: object,
): Promise<Server> {
  const folder = await temporaryFolder('prometheus')
  const port = await freePort()
  const scraped = targets.length > 0 ? targets : [`${HOST}:${port}`]
  const config = {
    global: { scrape_interval: '1s' },
    scrape_configs: [{ job_name: 'bakery', static_configs: [{ targets: scraped }] }],
    ...(rules ? { rule_files: [join(folder, 'rules.yml')] } : {}),
  }
  if (rules) await writeFile(join(folder, 'rules.yml'), JSON.stringify(rules))
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config))
  return launch({
    program: programOf('prometheus'),
    flags: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${HOST}:${port}`,
      ...flags,
    ],
    folder,
    port,
    ready: () => accepts(port),
  })
}

export async function startAlertmanager(flags: readonly string[] = []): Promise<Server> {
  const folder = await temporaryFolder('alertmanager')
  const port = await freePort()
  const config = { route: { receiver: 'none' }, receivers: [{ name: 'none' }] }
  await writeFile(join(folder, 'alertmanager.yml'), JSON.stringify(config))
  return launch({
    program: programOf('prometheus-alertmanager'),
    flags: [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${HOST}:${port}`,
      '--cluster.listen-address=',
      ...flags,
    ],
    folder,
    port,
    ready: () => accepts(port),
  })
}

/** Debian's PostgreSQL of one major version, older than the one that the tests bring along. */
export function debianPostgres(major: number): string | null {
  const folder = `/usr/lib/postgresql/${major}/bin`
  return existsSync(join(folder, 'initdb')) ? folder : null
}

/** The superuser is `postgres`, without a password: only this machine can reach it, and only until the test ends. */
export async function startDebianPostgres(major: number): Promise<Server> {
  const programs = debianPostgres(major)
  if (!programs) throw new Error(`PostgreSQL ${major} is not on this machine`)
  const folder = await temporaryFolder(`postgres-${major}`)
  const identity = serverIdentity()
  if (identity.uid !== undefined) await chown(folder, identity.uid, identity.gid)
  const data = join(folder, 'data')
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C.UTF-8']
  await promisify(execFile)(join(programs, 'initdb'), initdb, { ...identity, cwd: folder })
  const port = await freePort()
  return launch({
    program: join(programs, 'postgres'),
    flags: ['-D', data, '-p', String(port), '-h', HOST, '-k', '', '-c', 'fsync=off'],
    identity,
    folder,
    port,
    ready: () => accepts(port),
  })
}

async function accepts(port: number): Promise<void> {
  const socket = connect(port, HOST)
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}
