import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpoint, signCheckpoint } from '../../src/audit/checkpoint.ts'
import { readCheckpoints } from '../../src/audit/checkpoint-folder.ts'
import { createCheckpointer } from '../../src/audit/checkpointer.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'
import { buildChain, rehash } from './support.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const folders: string[] = []
let folder = ''
let keyFile = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakery-checkpoints-'))
  folders.push(folder)
  keyFile = join(folder, 'key.pem')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
})
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true })
})

function checkpointer(rows: () => readonly AuditRow[]) {
  return createCheckpointer({
    folder,
    keyFile,
    now: () => new Date('2026-11-23T05:00:00Z'),
    chain: {
      async *readChain(from) {
        yield* rows().slice(from - 1)
      },
      hashAt: async (seq) => rows()[seq - 1]?.hash ?? null,
    },
  })
}

describe('checkpoints', () => {
  const checkpoint = { size: 7, head: 'ab'.repeat(32), at: '2026-11-23T05:00:00Z', previous: null }

  it('open with the key that signed them', () => {
    expect(openCheckpoint(signCheckpoint(checkpoint, privateKey), publicKey)).toEqual(checkpoint)
  })

  it('do not open with another key, or after a change of one character', () => {
    const text = signCheckpoint(checkpoint, privateKey)
    expect(() => openCheckpoint(text, other.publicKey)).toThrow('no signature on it was made with this key')
    expect(() => openCheckpoint(text.replace('\n7\n', '\n8\n'), publicKey)).toThrow('no signature')
    expect(() => openCheckpoint('hello', publicKey)).toThrow('it is not a signed note')
  })

  it('follow one another as the chain grows, and none is written when it did not', async () => {
    let rows = buildChain(5)
    const signer = checkpointer(() => rows)
    expect(await signer.checkpoint()).toEqual({ state: 'written', size: 5 })
    expect(await signer.checkpoint()).toEqual({ state: 'unchanged', size: 5 })
    rows = buildChain(9)
    expect(await signer.checkpoint()).toEqual({ state: 'written', size: 9 })
    const read = readCheckpoints(folder, publicKey)
    expect(read.map((each) => each.size)).toEqual([5, 9])
    expect(read[1]?.head).toBe(rows.at(-1)?.hash)
  })

  it('are refused to a chain that was written anew, cut, or edited after the last one', async () => {
    let rows = buildChain(5)
    const signer = checkpointer(() => rows)
    await signer.checkpoint()
    const longer = buildChain(9)
    rows = rehash(
      longer.map((row, index) => (index === 2 ? { ...row, person: 'mallory' } : row)),
      2,
    )
    expect(await signer.checkpoint()).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('row 5'),
    })
    rows = longer.slice(0, 3)
    expect(await signer.checkpoint()).toMatchObject({ state: 'refused' })
    rows = longer.map((row, index) => (index === 7 ? { ...row, person: 'mallory' } : row))
    expect(await signer.checkpoint()).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('row 8'),
    })
    expect(readdirSync(folder).filter((name) => name.endsWith('.checkpoint'))).toHaveLength(1)
  })

  it('of a folder are not trusted when one was removed from the middle or edited', async () => {
    for (const size of [2, 4, 6]) await checkpointer(() => buildChain(size)).checkpoint()
    const names = readdirSync(folder)
      .filter((name) => name.endsWith('.checkpoint'))
      .sort()
    const middle = join(folder, names[1] ?? '')
    const text = readFileSync(middle, 'utf8')
    rmSync(middle)
    expect(() => readCheckpoints(folder, publicKey)).toThrow('it does not name the one before it')
    writeFileSync(middle, text.replace('\n4\n', '\n3\n'))
    expect(() => readCheckpoints(folder, publicKey)).toThrow('cannot be trusted')
  })

  it('stay one chain when two processes sign at the same moment, one having seen more rows than the other', async () => {
    await checkpointer(() => buildChain(2)).checkpoint()
    const results = await Promise.all(
      [5, 6, 5, 7].map((size) => checkpointer(() => buildChain(size)).checkpoint()),
    )
    expect(results.filter(({ state }) => state === 'written')).toHaveLength(1)
    const [, second, ...more] = readCheckpoints(folder, publicKey)
    expect(more).toEqual([])
    expect(results.map((result) => 'size' in result && result.size)).toEqual(Array(4).fill(second?.size))
    await checkpointer(() => buildChain(9)).checkpoint()
    expect(readCheckpoints(folder, publicKey).map(({ size }) => size)).toEqual([2, second?.size, 9])
  })

  it('are brought to their end by the next process when one died half way', async () => {
    await checkpointer(() => buildChain(2)).checkpoint()
    await checkpointer(() => buildChain(4)).checkpoint()
    rmSync(join(folder, '000000000004.checkpoint'))
    expect(await checkpointer(() => buildChain(6)).checkpoint()).toEqual({ state: 'unchanged', size: 4 })
    expect(await checkpointer(() => buildChain(6)).checkpoint()).toEqual({ state: 'written', size: 6 })
    expect(readCheckpoints(folder, publicKey).map(({ size }) => size)).toEqual([2, 4, 6])
    expect(readdirSync(folder).filter((name) => name.startsWith('.checkpoint-'))).toEqual([])
  })

  it('need an Ed25519 key, and say so without showing the file', () => {
    writeFileSync(keyFile, 'not a key: hunter2')
    expect(() => checkpointer(() => [])).toThrow(/holds no private key in PEM form$/)
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(keyFile, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(() => checkpointer(() => [])).toThrow('holds a key of type rsa, not Ed25519')
  })
})
