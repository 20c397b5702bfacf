import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalRow, parseRow } from '../../src/audit/chain.ts'
import type { Checkpoint } from '../../src/audit/checkpoint.ts'
import { createVerifier, type Verdict } from '../../src/audit/verify.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'
import { buildChain, chained, rehash } from './support.ts'

const chain = buildChain(60)
const head = { seq: 60, hash: chain.at(-1)?.hash ?? '' }

function verify(
  rows: readonly AuditRow[],
  checkpoints: readonly Checkpoint[] = [],
  expected = head,
): Verdict {
  const verifier = createVerifier(checkpoints)
  for (const row of rows) if (!verifier.push(row)) break
  return verifier.end(expected)
}

function signedAt(size: number): Checkpoint {
  return { size, head: chain[size - 1]?.hash ?? '', at: '2026-11-23T05:01:00Z', previous: null }
}

const position = fc.integer({ min: 0, max: chain.length - 1 })

describe('verifying the audit chain', () => {
  it('finds an untouched chain intact', () => {
    expect(verify(chain, [signedAt(20), signedAt(60)])).toEqual({
      state: 'intact',
      rows: 60,
      head: head.hash,
    })
  })

  it('finds an empty chain intact when nothing was promised', () => {
    expect(createVerifier().end()).toEqual({ state: 'intact', rows: 0, head: '0'.repeat(64) })
  })

  it('names the row whose content was edited, whichever field and row it is', () => {
    const field = fc.constantFrom(
      'at',
      'kind',
      'actor',
      'person',
      'surface',
      'decision',
      'ref',
      'command',
      'target',
      'code',
    )
    fc.assert(
      fc.property(position, field, (index, name) => {
        const rows = chain.map((row, at) => (at === index ? { ...row, [name]: 'forged' } : row))
        expect(verify(rows)).toMatchObject({ state: 'tampered', firstBadRow: index + 1 })
      }),
    )
  })

  it('names the row that was deleted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: chain.length - 2 }), (index) => {
        expect(verify(chain.toSpliced(index, 1))).toMatchObject({ state: 'tampered', firstBadRow: index + 1 })
      }),
    )
  })

  it('names the first of two rows that were swapped', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        fc.pre(a !== b)
        const rows = chain.with(a, chain[b] as AuditRow).with(b, chain[a] as AuditRow)
        expect(verify(rows)).toMatchObject({ state: 'tampered', firstBadRow: Math.min(a, b) + 1 })
      }),
    )
  })

  it('names the first row that no longer follows when one was inserted with a correct hash', () => {
    fc.assert(
      fc.property(position, (index) => {
        const before = chain[index] as AuditRow
        const forged = chained({ ...before, person: 'mallory' })
        expect(verify(chain.toSpliced(index, 0, forged))).toMatchObject({
          state: 'tampered',
          firstBadRow: index + 2,
        })
      }),
    )
  })

  it('notices rows that were cut off the end, by the head and by a checkpoint', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: chain.length - 1 }), (length) => {
        const rows = chain.slice(0, length)
        const expected = { state: 'truncated', firstBadRow: length + 1 }
        expect(verify(rows)).toMatchObject(expected)
        expect(verify(rows, [signedAt(60)], { seq: length, hash: rows.at(-1)?.hash ?? '' })).toMatchObject(
          expected,
        )
      }),
    )
  })

  it('notices a chain that was written anew only by what was signed before', () => {
    const forged = rehash(
      chain.map((row, index) => (index === 33 ? { ...row, person: 'mallory' } : row)),
      33,
    )
    const newHead = { seq: 60, hash: forged.at(-1)?.hash ?? '' }
    expect(verify(forged, [], newHead).state).toBe('intact')
    expect(verify(forged, [signedAt(20), signedAt(40), signedAt(60)], newHead)).toMatchObject({
      state: 'tampered',
      firstBadRow: 21,
    })
  })

  it('reads its own rows back from JSON, and nothing that is not a row', () => {
    for (const row of chain.slice(0, 3)) expect(parseRow(JSON.stringify(row))).toEqual(row)
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseRow(JSON.stringify(value))).toThrow()
      }),
    )
  })

  it('writes the canonical form with sorted keys and without the hash', () => {
    expect(canonicalRow({ ...(chain[0] as AuditRow), target: 'a"b\n\u2028é' })).toContain(
      '"target":"a\\"b\\n\u2028é"}',
    )
    const keys = Object.keys(JSON.parse(canonicalRow(chain[0] as AuditRow)) as object)
    expect(keys).toEqual([...keys].sort())
    expect(keys).not.toContain('hash')
  })
})
