import type { KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { parseRow } from './audit/chain.ts'
import { readCheckpoints, readPublicKey } from './audit/checkpoint-folder.ts'
import { createVerifier, VERDICT_EXIT, type Verdict, type Verifier } from './audit/verify.ts'
import { auditConfig } from './config.ts'
import { coerceError } from './core/errors.ts'
import { createLog } from './log.ts'
import { createAudit } from './store/audit.ts'
import { createPool } from './store/pool.ts'

/**
 * `npm run audit:verify -- [--file FILE] [--checkpoints DIR] [--public-key FILE]`: proves an export, or the database's chain,
 * against itself and against what was signed. Writes nothing anywhere. Exit codes as in docs/CONTRACT.md.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { file: { type: 'string' }, checkpoints: { type: 'string' }, 'public-key': { type: 'string' } },
  })
  const config = auditConfig()
  const folder = values.checkpoints ?? config.checkpointDir
  const keyFile = values['public-key'] ?? config.keyFile
  if (folder && !keyFile)
    throw new Error('checkpoints prove nothing without --public-key FILE (or AUDIT_KEY_FILE)')
  const key: KeyObject | null = folder && keyFile ? readPublicKey(keyFile) : null
  const checkpoints = folder && key ? readCheckpoints(folder, key) : []
  const verifier = createVerifier(checkpoints)
  const verdict = values.file
    ? await ofFile(values.file, verifier)
    : await ofDatabase(config.databaseUrl, verifier)
  report(verdict, provedBy(folder, checkpoints.length))
  return VERDICT_EXIT[verdict.state]
}

async function ofFile(file: string, verifier: Verifier): Promise<Verdict> {
  const lines = createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })
  let number = 0
  for await (const line of lines) {
    number += 1
    if (line === '') continue
    try {
      if (!verifier.push(parseRow(line))) break
    } catch (thrown) {
      const reason = `line ${number} is not a row of an audit export: ${coerceError(thrown).message}`
      return { state: 'tampered', rows: number - 1, firstBadRow: number, reason }
    }
  }
  return verifier.end()
}

async function ofDatabase(url: string | null, verifier: Verifier): Promise<Verdict> {
  if (url === null) throw new Error('neither --file nor DATABASE_URL says where the rows are')
  const pool = createPool({ url, log: createLog('silent'), max: 1 })
  try {
    const audit = createAudit(pool)
    const head = await audit.head()
    for await (const row of audit.readChain(1)) if (!verifier.push(row)) break
    return verifier.end(head)
  } finally {
    await pool.end()
  }
}

/** What else than the rows themselves speaks for them. */
function provedBy(folder: string | null, checkpoints: number): string {
  if (folder === null) return ' (no checkpoints were given)'
  if (checkpoints === 0) return ` (${folder} holds no checkpoint, so nothing signed speaks for them)`
  return `, and extend ${checkpoints} signed checkpoint${checkpoints === 1 ? '' : 's'}`
}

function report(verdict: Verdict, proved: string): void {
  if (verdict.state === 'intact') {
    process.stdout.write(
      `intact: ${verdict.rows} rows follow from one another${proved}\nhead: ${verdict.head}\n`,
    )
    return
  }
  process.stdout.write(`${verdict.state}: ${verdict.reason}\nfirst bad row: ${verdict.firstBadRow}\n`)
}

main().then(
  (code) => process.exit(code),
  (thrown) => {
    process.stderr.write(`cannot be verified: ${coerceError(thrown).message}\n`)
    process.exit(VERDICT_EXIT.unverifiable)
  },
)
