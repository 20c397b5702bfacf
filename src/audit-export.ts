import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { auditConfig } from './config.ts'
import { coerceError } from './core/errors.ts'
import { createLog } from './log.ts'
import { createAudit } from './store/audit.ts'
import { createPool } from './store/pool.ts'

const EXIT_USAGE = 64

/** `npm run audit:export -- --out FILE`: the whole chain as JSON Lines, in order; the file appears whole or not at all. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { out: { type: 'string' } } })
  const { databaseUrl } = auditConfig()
  if (!values.out || !databaseUrl) {
    process.stderr.write('Usage: npm run audit:export -- --out FILE   (with DATABASE_URL set)\n')
    return EXIT_USAGE
  }
  const pool = createPool({ url: databaseUrl, log: createLog('silent'), max: 1 })
  try {
    const rows = await write(createAudit(pool).readChain(1), values.out)
    process.stdout.write(`${rows} rows written to ${values.out}\n`)
    return 0
  } finally {
    await pool.end()
  }
}

async function write(rows: AsyncIterable<object>, file: string): Promise<number> {
  const unfinished = `${file}.${process.pid}.unfinished`
  const stream = createWriteStream(unfinished, { mode: 0o600, flush: true })
  let count = 0
  try {
    for await (const row of rows) {
      count += 1
      if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, 'drain')
    }
    stream.end()
    await once(stream, 'close')
    await rename(unfinished, file)
    return count
  } catch (thrown) {
    stream.destroy()
    await rm(unfinished, { force: true })
    throw thrown
  }
}

main().then(
  (code) => process.exit(code),
  (thrown) => {
    process.stderr.write(`The audit log could not be exported: ${coerceError(thrown).message}\n`)
    process.exit(1)
  },
)
