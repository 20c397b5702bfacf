import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { SpooledRow } from '../core/emergency.ts'

export interface Spool {
  /** On disk, past the disk's own cache, when this returns. Throws when it cannot be: then nothing may be done. */
  append(row: SpooledRow): void
  /** Hands over every row, oldest first, and forgets it only when `chain` has succeeded for all. Returns how many. */
  drain(chain: (row: SpooledRow) => Promise<void>): Promise<number>
}

/** A spool in a folder that outlives the process. A row can be handed over twice after a crash, and never not at all. */
export function createSpool(folder: string): Spool {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'spool.jsonl')
  const draining = join(folder, 'spool.draining.jsonl')
  return {
    append(row) {
      const handle = openSync(file, 'a', 0o600)
      try {
        writeSync(handle, `${JSON.stringify(row)}\n`)
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
    },
    async drain(chain) {
      let drained = 0
      // What an earlier drain left comes first; then what was appended since.
      for (let round = 0; round < 2; round += 1) {
        if (!existsSync(draining)) {
          if (!existsSync(file)) break
          renameSync(file, draining)
        }
        for (const row of rowsOf(draining)) {
          await chain(row)
          drained += 1
        }
        rmSync(draining)
      }
      return drained
    },
  }
}

/** The whole lines of a spool; the last one may have been cut by a crash before it was acknowledged. */
function rowsOf(file: string): SpooledRow[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as SpooledRow)
}
