import { execFile } from 'node:child_process'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Says in a temporary folder which process it belongs to. */
const OWNER = 'bakery-owner'
const OURS = /^bakery-(postgres|practice)-/
const END_MS = 5000

/**
 * Marks a temporary folder as this process's own, so that a later start knows when nobody needs it any more. The mark is
 * there whole or not at all: another start may be looking just then.
 */
export async function claimFolder(folder: string): Promise<void> {
  const draft = join(folder, `${OWNER}.new`)
  await writeFile(draft, (await identityOf(process.pid)) ?? String(process.pid))
  await rename(draft, join(folder, OWNER))
}

/**
 * Removes what earlier starts have left behind when they and their guards were ended by force: folders whose owner is
 * gone, and the PostgreSQL servers that still run in them. Answers the folders. What names no process is left alone.
 */
export async function sweepLeftovers(): Promise<readonly string[]> {
  const names = (await readdir(tmpdir()).catch((): string[] => [])).filter((name) => OURS.test(name))
  const swept = await Promise.all(
    names.map(async (name) => {
      const folder = join(tmpdir(), name)
      const owner = await readFile(join(folder, OWNER), 'utf8').catch(() => '')
      const pid = Number.parseInt(owner, 10)
      if (!(pid > 0) || (await identityOf(pid)) === owner) return []
      await endServer(folder)
      await rm(folder, { recursive: true, force: true })
      return [folder]
    }),
  )
  return swept.flat()
}

/** A process by its number and the time of its start, because numbers come back; null when there is none. */
async function identityOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return isAlive(pid) ? String(pid) : null
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return `${pid} ${startTime}`
}

/** Ends the server whose data lie in this folder, if it still runs; another process that has its number now is left alone. */
async function endServer(folder: string): Promise<void> {
  const lines = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(lines, 10)
  if (!(pid > 1)) return
  const command = await run('ps', ['-o', 'args=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  )
  if (!command.includes(folder)) return
  process.kill(pid, 'SIGQUIT')
  const until = performance.now() + END_MS
  while (isAlive(pid) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
