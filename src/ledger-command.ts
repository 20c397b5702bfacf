import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { coerceError, UserError } from './core/errors.ts'
import { clusterWrites, joinLedgers, type LedgerReport } from './operations/ledger.ts'
import { newReference } from './store/reference.ts'
import type { Store } from './store/store.ts'

/** More than a Bakery makes in its life. */
const MOST_OPERATIONS = 1_000_000
const EXIT_DIFFERENT = 2

/**
 * `npm run bakery -- ledger --kubernetes-audit FILE`: every write of Bakery's accounts without an operation, and every
 * step that says it was written without a write. Gives the exit code: 2 when there is either.
 */
export async function ledgerCommand(store: Store, args: readonly string[]): Promise<number> {
  const { file, asJson } = read(args)
  const writes = await writesOf(file)
  const operations = await store.operations.list({ limit: MOST_OPERATIONS })
  const report = joinLedgers(writes, operations)
  await store.journal.note(noteOf(report))
  process.stdout.write(asJson ? `${JSON.stringify(report)}\n` : `${sentences(report).join('\n')}\n`)
  return report.unexplained.length + report.unproved.length > 0 ? EXIT_DIFFERENT : 0
}

/** Who compared them is part of the record. */
function noteOf({ writes, claims, unexplained, unproved }: LedgerReport) {
  const { username } = userInfo()
  return {
    ...{ kind: 'ledger', command: 'ledger', channel: null, target: null, code: null },
    decision: unexplained.length + unproved.length > 0 ? 'different' : 'agree',
    payload: { writes, claims, unexplained: unexplained.length, unproved: unproved.length },
    by: { actor: `local/${username}`, person: username, ref: newReference() },
  }
}

const USAGE = 'ledger --kubernetes-audit FILE [--json]'

function read(args: readonly string[]): { file: string; asJson: boolean } {
  const options = { 'kubernetes-audit': { type: 'string' }, json: { type: 'boolean' } } as const
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false })
    const file = values['kubernetes-audit']
    if (file !== undefined && file !== '') return { file, asJson: values.json === true }
  } catch (cause) {
    throw new UserError('BAD_ARGUMENT', `${coerceError(cause).message} Expected: ${USAGE}`, { cause })
  }
  throw new UserError('BAD_ARGUMENT', `The API server’s audit log is missing. Expected: ${USAGE}`)
}

async function writesOf(file: string) {
  try {
    return clusterWrites(await readFile(file, 'utf8'))
  } catch (cause) {
    const { message } = coerceError(cause)
    throw new UserError('BAD_ARGUMENT', `${file} could not be read as an audit log: ${message}.`, { cause })
  }
}

function sentences({ writes, claims, unexplained, unproved }: LedgerReport): readonly string[] {
  return [
    `${writes} writes in the API server’s log, ${claims} in Bakery’s operations.`,
    ...unexplained.map(
      ({ at, verb, object, user, auditId }) =>
        `Without an operation: ${verb} of ${object} at ${at} by ${user}, Audit-Id ${auditId}.`,
    ),
    ...unproved.map(
      ({ operation, n, verb, object }) =>
        `Without a write: step ${n + 1} of operation ${operation}, ${verb} of ${object}.`,
    ),
    ...(unexplained.length + unproved.length === 0
      ? ['Each write has its operation, and each step its write.']
      : []),
  ]
}
