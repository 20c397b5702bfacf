import type { AuditRow } from '../core/ports/audit.ts'
import { GENESIS, hashRow } from './chain.ts'
import type { Checkpoint } from './checkpoint.ts'

/** What verification found. `firstBadRow` is a sequence number. */
export type Verdict =
  | { readonly state: 'intact'; readonly rows: number; readonly head: string }
  | {
      readonly state: 'tampered' | 'truncated'
      readonly rows: number
      readonly firstBadRow: number
      readonly reason: string
    }

/** Exit codes of `npm run audit:verify` (docs/CONTRACT.md). */
export const VERDICT_EXIT = { intact: 0, tampered: 2, truncated: 3, unverifiable: 4 } as const

/**
 * Verifies rows as they are read, in one pass and constant memory. `checkpoints` must have proved signatures;
 * `expectedHead` is what the database says its last row is, where that is known.
 */
export interface Verifier {
  /** False once the verdict is certain: the rest need not be read. */
  push(row: AuditRow): boolean
  end(expectedHead?: { seq: number; hash: string }): Verdict
}

/** `start` is the row after which reading begins, trusted; from the beginning when not given. */
export function createVerifier(
  checkpoints: readonly Checkpoint[] = [],
  start: { seq: number; hash: string } = { seq: 0, hash: GENESIS },
): Verifier {
  const headAt = new Map(checkpoints.map((each) => [each.size, each]))
  const longest = Math.max(0, ...checkpoints.map((each) => each.size))
  let next = start.seq + 1
  let prev = start.hash
  let proved = start.seq
  let bad: { firstBadRow: number; reason: string } | null = null

  return {
    push(row) {
      bad ??= rowProblem(row, next, prev)
      if (bad) return false
      const checkpoint = headAt.get(row.seq)
      if (checkpoint && checkpoint.head !== row.hash) {
        bad = {
          firstBadRow: proved + 1,
          reason:
            `row ${row.seq} is not the one that was signed at ${checkpoint.at}: ` +
            `the chain was written anew somewhere in rows ${proved + 1} to ${row.seq}`,
        }
        return false
      }
      if (checkpoint) proved = row.seq
      prev = row.hash
      next = row.seq + 1
      return true
    },
    end(expectedHead) {
      const rows = next - 1
      if (bad) return { state: 'tampered', rows, ...bad }
      const promised = Math.max(longest, expectedHead?.seq ?? 0)
      if (rows < promised) {
        return {
          state: 'truncated',
          rows,
          firstBadRow: next,
          reason: `the chain ends at row ${rows}, and row ${promised} existed`,
        }
      }
      if (expectedHead && expectedHead.seq === rows && expectedHead.hash !== prev) {
        return {
          state: 'tampered',
          rows,
          firstBadRow: rows,
          reason: 'the last row is not the one that the chain head names',
        }
      }
      return { state: 'intact', rows, head: prev }
    },
  }
}

function rowProblem(row: AuditRow, expectedSeq: number, prev: string) {
  if (row.seq !== expectedSeq) {
    return {
      firstBadRow: expectedSeq,
      reason: `row ${expectedSeq} was expected, and row ${row.seq} stands there`,
    }
  }
  if (row.prev !== prev) {
    return { firstBadRow: row.seq, reason: `row ${row.seq} does not name the hash of the row before it` }
  }
  if (hashRow(row) !== row.hash) {
    return { firstBadRow: row.seq, reason: `row ${row.seq} does not have the hash of its content` }
  }
  return null
}
