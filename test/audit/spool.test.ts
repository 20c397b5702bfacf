import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSpool } from '../../src/audit/spool.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakery-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const row = (ref: string) => ({
  at: '2026-11-23T05:00:00Z',
  ref,
  actor: 'T/U',
  channel: null,
  command: 'health',
  decision: 'allowed',
})

const SPOOL = join(import.meta.dirname, '../../src/audit/spool.ts')

/** A process that appends so many rows and hands over whatever there is in between; it prints what it has chained. */
function sharing(name: string, rows: number): Promise<{ code: number | null; printed: string }> {
  const program = `
    const { createSpool } = await import(${JSON.stringify(SPOOL)})
    const spool = createSpool(${JSON.stringify(folder)})
    const soon = () => new Promise((resolve) => setImmediate(resolve))
    for (let n = 0; n < ${rows}; n += 1) {
      spool.append({ ref: '${name}' + n, at: '', actor: '', channel: null, command: '', decision: '' })
      if (n % 3 === 0) await spool.drain(async ({ ref }) => { await soon(); process.stdout.write(ref + '\\n') })
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, printed })))
}

describe('the spool for the time without Postgres', () => {
  it('hands over what was appended, in order, once', async () => {
    const spool = createSpool(folder)
    for (const ref of ['A', 'B', 'C']) spool.append(row(ref))
    const chained: string[] = []
    expect(await spool.drain(async ({ ref }) => void chained.push(ref))).toBe(3)
    expect(chained).toEqual(['A', 'B', 'C'])
    expect(await spool.drain(async () => undefined)).toBe(0)
    expect(readdirSync(folder)).toEqual([])
  })

  it('keeps everything when chaining fails, also over a restart, and then hands over older rows first', async () => {
    createSpool(folder).append(row('A'))
    const failing = createSpool(folder).drain(() => Promise.reject(new Error('still gone')))
    await expect(failing).rejects.toThrow('still gone')
    const spool = createSpool(folder)
    spool.append(row('B'))
    const chained: string[] = []
    expect(await spool.drain(async ({ ref }) => void chained.push(ref))).toBe(2)
    expect(chained).toEqual(['A', 'B'])
  })

  it('gives each row to one of several processes that share the folder, whatever they do at the same time', async () => {
    const rows = 60
    const ends = await Promise.all(['a', 'b', 'c'].map((name) => sharing(name, rows)))
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0])
    const chained = ends.flatMap(({ printed }) => printed.split('\n').filter((ref) => ref !== ''))
    const rest = createSpool(folder)
    await rest.drain(async ({ ref }) => void chained.push(ref))
    expect(chained).toHaveLength(3 * rows)
    expect(new Set(chained).size).toBe(3 * rows)
    expect(readdirSync(folder)).toEqual([])
  })

  it('hands over once more what a process had taken that died, and leaves to a living one what it has taken', async () => {
    createSpool(folder).append(row('A'))
    const [name = ''] = readdirSync(folder)
    renameSync(join(folder, name), join(folder, `${name}.taken-gone`))
    const chained: string[] = []
    const drain = () => createSpool(folder).drain(async ({ ref }) => void chained.push(ref))
    expect(await drain()).toBe(0)
    vi.useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ['Date'] })
    expect(await drain()).toBe(1)
    vi.useRealTimers()
    expect(chained).toEqual(['A'])
    expect(readdirSync(folder)).toEqual([])
  })

  it('hands over what an earlier release left, before anything else', async () => {
    const spool = createSpool(folder)
    spool.append(row('C'))
    for (const ref of ['A', 'B']) appendFileSync(join(folder, 'spool.jsonl'), `${JSON.stringify(row(ref))}\n`)
    renameSync(join(folder, 'spool.jsonl'), join(folder, 'spool.draining.jsonl'))
    const chained: string[] = []
    await spool.drain(async ({ ref }) => void chained.push(ref))
    expect(chained).toEqual(['A', 'B', 'C'])
  })

  it('leaves out a last line that a crash cut, which was never acknowledged', async () => {
    const spool = createSpool(folder)
    spool.append(row('A'))
    appendFileSync(join(folder, 'spool.jsonl'), '{"at":"2026-11')
    const chained: string[] = []
    await spool.drain(async ({ ref }) => void chained.push(ref))
    expect(chained).toEqual(['A'])
  })
})
