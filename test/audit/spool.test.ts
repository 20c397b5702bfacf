import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

  it('leaves out a last line that a crash cut, which was never acknowledged', async () => {
    const spool = createSpool(folder)
    spool.append(row('A'))
    appendFileSync(join(folder, 'spool.jsonl'), '{"at":"2026-11')
    const chained: string[] = []
    await spool.drain(async ({ ref }) => void chained.push(ref))
    expect(chained).toEqual(['A'])
  })
})
