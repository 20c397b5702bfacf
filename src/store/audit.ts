import type { Pool } from 'pg'
import type { AuditFilter, AuditReader, AuditRow } from '../core/ports/audit.ts'
import { storeFault } from './faults.ts'

export interface AuditStore extends AuditReader {
  /** Rows from sequence number `from` on, in order, read in portions. */
  readChain(from: number, batchSize?: number): AsyncIterable<AuditRow>
  /** The hash of row `seq`; null when there is none. */
  hashAt(seq: number): Promise<string | null>
  /** What the database says its last row is, apart from the rows themselves. */
  head(): Promise<{ readonly seq: number; readonly hash: string }>
}

interface Row extends Omit<AuditRow, 'seq'> {
  readonly seq: string
}

const COLUMNS = `seq, audit_moment(at) AS at, kind, actor, person, channel, surface, command, target, operation,
  decision, code, ref, payload_hash AS "payloadHash", prev, hash`
const DEFAULT_BATCH = 2000

/** How each filter narrows a search; $n stands for its value. */
const CONDITIONS: Readonly<Record<Exclude<keyof AuditFilter, 'limit'>, string>> = {
  actor: `(actor = $n OR person = $n OR split_part(actor, '/', 2) = $n)`,
  command: `(command = $n OR starts_with(command, $n || ' '))`,
  target: `strpos(lower(target), lower($n)) > 0`,
  decision: 'decision = $n',
  code: 'code = upper($n)',
  ref: 'ref = upper($n)',
  channel: 'channel = $n',
  since: 'at >= $n',
  until: 'at < $n',
}

/** The audit log, to be read. */
export function createAudit(pool: Pool): AuditStore {
  const read = async (operation: string, sql: string, values: readonly unknown[]) => {
    try {
      return (await pool.query<Row>(sql, [...values])).rows.map(auditRow)
    } catch (thrown) {
      throw storeFault(operation, thrown)
    }
  }
  return {
    async search({ limit, ...filter }, signal) {
      signal.throwIfAborted()
      const wanted = Object.entries(filter).filter(([, value]) => value !== undefined)
      const conditions = wanted.map(([name], index) =>
        CONDITIONS[name as keyof typeof CONDITIONS].replaceAll('$n', `$${index + 1}`),
      )
      const where = ['true', ...conditions].join(' AND ')
      const rows = await read(
        'searching the audit log',
        `SELECT ${COLUMNS} FROM audit WHERE ${where} ORDER BY seq DESC LIMIT $${wanted.length + 1}`,
        [...wanted.map(([, value]) => value), limit],
      )
      signal.throwIfAborted()
      return rows
    },
    async *readChain(from, batchSize = DEFAULT_BATCH) {
      let next = from
      while (true) {
        const rows = await read(
          'reading the audit log',
          `SELECT ${COLUMNS} FROM audit WHERE seq >= $1 ORDER BY seq LIMIT $2`,
          [next, batchSize],
        )
        yield* rows
        const last = rows.at(-1)
        if (!last || rows.length < batchSize) return
        next = last.seq + 1
      }
    },
    async hashAt(seq) {
      const rows = await read('reading the audit log', `SELECT ${COLUMNS} FROM audit WHERE seq = $1`, [seq])
      return rows[0]?.hash ?? null
    },
    async head() {
      const rows = await read('reading the head of the audit log', 'SELECT seq, hash FROM audit_head', [])
      return { seq: rows[0]?.seq ?? 0, hash: rows[0]?.hash ?? '' }
    },
  }
}

/** In the order of docs/CONTRACT.md. */
function auditRow({ seq, ...rest }: Row): AuditRow {
  return { seq: Number(seq), ...rest }
}
