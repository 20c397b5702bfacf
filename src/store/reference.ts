import { randomBytes } from 'node:crypto'

/** Digits and capitals without those that look alike or spell words: I, L, O and U are missing. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 8
const POOL = 4096

let pool = Buffer.alloc(0)
let used = 0

/** Eight characters that find a log line and its audit rows: 40 random bits. */
export function newReference(): string {
  if (used + LENGTH > pool.length) {
    // Random bytes are cheap by the thousand and dear by the eight.
    pool = randomBytes(POOL)
    used = 0
  }
  let reference = ''
  for (let end = used + LENGTH; used < end; used += 1) reference += ALPHABET[(pool[used] ?? 0) & 31]
  return reference
}
