import { createPublicKey } from 'node:crypto'
import type { AuditRow } from '../core/ports/audit.ts'
import { checkpointHash } from './checkpoint.ts'
import { newestCheckpoint, readPrivateKey, writeCheckpoint } from './checkpoint-folder.ts'
import { createVerifier } from './verify.ts'

/** What the checkpointer reads of the chain. */
export interface ChainReader {
  /** Rows from sequence number `from` on, in order. */
  readChain(from: number): AsyncIterable<AuditRow>
  /** The hash of row `seq`; null when there is none. */
  hashAt(seq: number): Promise<string | null>
}

export type CheckpointResult =
  | { readonly state: 'written'; readonly size: number }
  | { readonly state: 'unchanged'; readonly size: number }
  /** The chain does not extend what was signed before: nothing is signed, and people must look. */
  | { readonly state: 'refused'; readonly reason: string }

/**
 * Signs how far the chain has come. Before it signs, it proves that the chain extends the last checkpoint: every row
 * since then is hashed again, so a forged chain is never given a signature.
 */
export function createCheckpointer(options: {
  chain: ChainReader
  folder: string
  keyFile: string
  now: () => Date
}) {
  const key = readPrivateKey(options.keyFile)
  const publicKey = createPublicKey(key)

  return {
    async checkpoint(): Promise<CheckpointResult> {
      const newest = newestCheckpoint(options.folder, publicKey)
      const from = newest?.checkpoint.size ?? 0
      if (newest && (await options.chain.hashAt(from)) !== newest.checkpoint.head) {
        return {
          state: 'refused',
          reason: `row ${from} is gone or is not the one that was signed at ${newest.checkpoint.at}`,
        }
      }
      const grown = await extension(options.chain, from, newest?.checkpoint.head)
      if ('reason' in grown) return { state: 'refused', reason: grown.reason }
      if (grown.size === from) return { state: 'unchanged', size: from }
      const previous = newest ? checkpointHash(newest.text) : null
      const at = options.now().toISOString()
      const own = { size: grown.size, head: grown.head, at, previous }
      const written = writeCheckpoint(options.folder, from, own, key)
      return { state: written === own ? 'written' : 'unchanged', size: written.size }
    },
  }
}

async function extension(chain: ChainReader, from: number, head: string | undefined) {
  const verifier = createVerifier([], head === undefined ? undefined : { seq: from, hash: head })
  for await (const row of chain.readChain(from + 1)) if (!verifier.push(row)) break
  const verdict = verifier.end()
  return verdict.state === 'intact' ? { size: verdict.rows, head: verdict.head } : { reason: verdict.reason }
}
