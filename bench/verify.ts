import { GENESIS, hashRow, parseRow } from '../src/audit/chain.ts'
import { createVerifier } from '../src/audit/verify.ts'
import type { AuditRow } from '../src/core/ports/audit.ts'
import { median, row } from './figures.ts'

const ROWS = [20_000, 200_000]
const RUNS = 5

/** Verification of an export in one thread: JSON lines read, hashed and linked. Cost per row, and how it grows. */
export async function benchVerify(): Promise<void> {
  for (const count of ROWS) {
    const lines = exportOf(count)
    const bytes = lines.reduce((sum, line) => sum + line.length, 0) / count
    const rates: number[] = []
    for (let run = 0; run < RUNS; run += 1) {
      const started = performance.now()
      const verifier = createVerifier()
      for (const line of lines) verifier.push(parseRow(line))
      if (verifier.end().state !== 'intact') throw new Error('the chain of the benchmark does not verify')
      rates.push(count / ((performance.now() - started) / 1000))
    }
    row(
      'audit: verify an export',
      `${count} rows of ${Math.round(bytes)} bytes`,
      `${Math.round(median(rates))} rows/s`,
      'goal 200,000',
    )
  }
}

function exportOf(count: number): string[] {
  const lines: string[] = []
  let prev = GENESIS
  for (let seq = 1; seq <= count; seq += 1) {
    const base: AuditRow = {
      seq,
      at: '2026-11-23T05:00:00.000000Z',
      kind: 'request',
      actor: 'T0BAKERY/U0MARCO',
      person: 'marco',
      channel: 'C0OPERATIONS',
      surface: 'slash',
      command: 'logs',
      target: 'orders-service',
      operation: null,
      decision: 'allowed',
      code: null,
      ref: 'R0000000',
      payloadHash: prev,
      prev,
      hash: '',
    }
    const hash = hashRow(base)
    lines.push(JSON.stringify({ ...base, hash }))
    prev = hash
  }
  return lines
}
