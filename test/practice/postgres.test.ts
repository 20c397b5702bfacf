import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { sweepLeftovers } from '../../practice/leftovers.ts'
import { type PostgresInstance, startPostgres } from '../../practice/postgres.ts'

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0]
  } finally {
    await client.end()
  }
}
const processes = () =>
  execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
const parentOf = (pid: number) => processes().find(([one]) => one === pid)?.[1] ?? 0
const childrenOf = (pid: number) => processes().flatMap(([one = 0, parent]) => (parent === pid ? [one] : []))
const folderOf = (server: PostgresInstance) =>
  ask(server.superuserUrl, 'SHOW data_directory') as Promise<string>
const gone = async (check: () => boolean) => {
  for (let tries = 100; tries > 0 && !check(); tries -= 1)
    await new Promise((resolve) => setTimeout(resolve, 50))
  return check()
}

describe('a PostgreSQL of our own', () => {
  it('runs beside others on ports of their own, is durable, and takes settings', async () => {
    const servers = await Promise.all([startPostgres(), startPostgres({ settings: { max_connections: 7 } })])
    expect(new Set(servers.map(({ port }) => port)).size).toBe(2)
    expect(await ask(servers[0].superuserUrl, 'SHOW fsync')).toBe('on')
    expect(await ask(servers[0].superuserUrl, 'SHOW unix_socket_directories')).toBe('')
    expect(await ask(servers[1].superuserUrl, 'SHOW max_connections')).toBe('7')
    await Promise.all(servers.map((server) => server.stop()))
  })

  it('is gone with its data when it is stopped, also when somebody is still connected', async () => {
    const server = await startPostgres()
    const folder = await folderOf(server)
    const client = new pg.Client({ connectionString: server.superuserUrl })
    client.on('error', () => {})
    await client.connect()
    await server.stop()
    await server.stop()
    expect(existsSync(folder)).toBe(false)
    await expect(ask(server.superuserUrl, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  })

  it('keeps what is in it between runs in a folder that was named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bakery-test-'))
    const first = await startPostgres({ folder })
    await ask(first.superuserUrl, 'CREATE TABLE kept AS SELECT 42 AS n')
    await first.stop()
    const second = await startPostgres({ folder })
    expect(await ask(second.superuserUrl, 'SELECT n FROM kept')).toBe(42)
    await second.stop()
    await rm(folder, { recursive: true })
  })

  it('does not outlive a process that is killed', async () => {
    const module = fileURLToPath(new URL('../../practice/postgres.ts', import.meta.url))
    const program = `
      const { startPostgres } = await import(${JSON.stringify(module)})
      process.stdout.write((await startPostgres()).superuserUrl)
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = await once(child.stdout.setEncoding('utf8'), 'data')
    const folder = (await ask(url, 'SHOW data_directory')) as string
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await gone(() => !existsSync(folder))).toBe(true)
    await expect(ask(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  })

  it('is swept away by the next start when its guard was killed as well, and what runs is not', async () => {
    const module = fileURLToPath(new URL('../../practice/postgres.ts', import.meta.url))
    const program = `
      const { startPostgres } = await import(${JSON.stringify(module)})
      process.stdout.write((await startPostgres()).superuserUrl)
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = await once(child.stdout.setEncoding('utf8'), 'data')
    const folder = (await ask(url, 'SHOW data_directory')) as string
    const server = Number.parseInt(await readFile(join(folder, 'postmaster.pid'), 'utf8'), 10)
    const guard = parentOf(server)
    for (const pid of [...childrenOf(guard).filter((one) => one !== server), guard])
      process.kill(pid, 'SIGKILL')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await ask(url, 'SELECT 42 AS n')).toBe(42)

    const running = await startPostgres()
    expect(await sweepLeftovers()).toContain(folder)
    expect(existsSync(folder)).toBe(false)
    await expect(ask(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    expect(await ask(running.superuserUrl, 'SELECT 42 AS n')).toBe(42)
    await running.stop()
  })

  it('is not swept away by another start that looks while it is being marked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bakery-postgres-'))
    await writeFile(join(folder, 'bakery-owner'), '')
    expect(await sweepLeftovers()).not.toContain(folder)
    expect(existsSync(folder)).toBe(true)
    await rm(folder, { recursive: true })
  })

  it('says what PostgreSQL said when it does not start', async () => {
    await expect(startPostgres({ settings: { shared_buffers: 'a lot' } })).rejects.toThrow(
      /PostgreSQL did not start in .+\n.*invalid value for parameter "shared_buffers"/s,
    )
  })
})
