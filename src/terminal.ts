import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { jobs } from '../scheduled/index.ts'
import { terminalConfig } from './config.ts'
import type { Ask } from './core/ask.ts'
import type { Query, QueryOutcome } from './core/command.ts'
import { coerceError, DependencyError, UserError } from './core/errors.ts'
import type { Status } from './core/health.ts'
import type { Attestation } from './core/ports/planner.ts'
import type { RecordedRequest, VerifiedRequest } from './core/ports/records.ts'
import type { Registry, ResolvedLine } from './core/registry.ts'
import { quote } from './core/tokens.ts'
import { ConfigurationError, EXIT_CONFIGURATION } from './faults.ts'
import { ledgerCommand } from './ledger-command.ts'
import { createReleases } from './lifecycle.ts'
import { createLog } from './log.ts'
import { operationSettings } from './operation-settings.ts'
import { personOf } from './people.ts'
import { openPorts } from './ports.ts'
import { requireSchema } from './start-store.ts'
import { storeFault } from './store/faults.ts'
import { createStore, type Store } from './store/store.ts'
import { plainAnswer } from './views/plain.ts'

/** Exit codes (docs/CONTRACT.md, "Processes"). */
const EXIT: Record<Status, number> = { ok: 0, off: 0, warning: 1, critical: 2, unknown: 3 }
const EXIT_USAGE = 64

const RECORD_WITHIN_MS = 5000

/** A terminal changes nothing, so nobody has to be vouched for. */
const NOBODY_DECIDES: Attestation = {
  attest: async () => {
    throw new DependencyError({
      dependency: 'slack',
      operation: 'attest',
      message: 'A terminal does not ask Slack who somebody is: decisions are taken in Slack.',
    })
  },
}

/**
 * The same registry in a terminal: queries only, for scripts and for the day when Slack is down. Written to the audit log
 * as the operating-system user before it runs. `--json` prints the data instead of the text.
 */
async function main(argv: readonly string[]): Promise<number> {
  const releases = createReleases()
  try {
    const config = terminalConfig()
    const log = createLog('silent')
    const store = createStore({
      ...config,
      url: config.databaseUrl,
      personOf: personOf(config.platform),
      operations: operationSettings(config.platform),
      log,
    })
    if (argv[0] === 'ledger') {
      releases.add(store, (opened) => opened.stop())
      await open(store)
      return await ledgerCommand(store, argv.slice(1))
    }
    const { ports, registry } = openPorts({
      ...{ config, store, jobs, log, releases, mode: 'once' },
      attestation: NOBODY_DECIDES,
    })
    const asJson = argv.includes('--json')
    const words = argv.filter((word) => word !== '--json')
    const resolved = registry.resolve(words.length === 0 ? 'help' : words.map(asTyped).join(' '))
    releases.add(store, (opened) => opened.stop())
    await open(store)
    const request = await record(store, registry, resolved)
    const { command, args } = resolved
    const outcome = await (command as Query).run(args, ports, askOf(request), AbortSignal.timeout(60_000))
    await store.journal.finish(
      request,
      { decision: 'done', code: null, target: resolved.target, payload: {} },
      [],
    )
    process.stdout.write(asJson ? `${JSON.stringify(outcome.data)}\n` : `${textOf(outcome)}\n`)
    return EXIT[outcome.status]
  } finally {
    await releases.releaseAll()
  }
}

async function open(store: Store): Promise<void> {
  try {
    await requireSchema(store)
    await store.start()
  } catch (thrown) {
    throw storeFault('connecting', thrown)
  }
}

/** A word as the shell handed it over, as it would be typed in Slack: flags stay flags, and what has spaces is quoted. */
function asTyped(word: string): string {
  const [, name, value] = /^(--[a-z][a-z-]*|[a-z]+)=(.*)$/s.exec(word) ?? []
  if (name !== undefined && value !== undefined) return `${name}=${quote(value)}`
  return /^--([a-z][a-z-]*)?$/.test(word) ? word : quote(word)
}

/** Writes the request down with its decision; throws when it is refused or cannot be written: then nothing runs. */
async function record(
  { receipts, access }: Store,
  registry: Registry,
  resolved: ResolvedLine,
): Promise<RecordedRequest> {
  const { username: user } = userInfo()
  const actor = { team: 'local', user, person: user, kind: 'member' } as const
  const reply = { team: 'local', user, channel: null, responseUrl: null, triggerId: null }
  const { command, line, target } = resolved
  const request: VerifiedRequest = {
    replayKeys: [`terminal:${randomUUID()}`],
    ...{ surface: 'terminal', actor, channel: null, command: command.name, target, payload: { line } },
    work: { line, reply },
    decide: (snapshot) =>
      registry.decide(
        command,
        { ref: '', surface: 'terminal', actor, channel: null, role: null, at: new Date() },
        snapshot,
      ),
  }
  access.current()
  const receipt = await receipts.record(request, RECORD_WITHIN_MS)
  if (receipt.state !== 'recorded') {
    const reason = receipt.state === 'not-recorded' ? receipt.reason : 'it was recorded before'
    throw new DependencyError({
      dependency: 'store',
      operation: 'record',
      message: `Nothing was done, because it could not be written down: ${reason}.`,
    })
  }
  if (receipt.decision.decision === 'refused') {
    throw new UserError(receipt.decision.code, receipt.decision.message)
  }
  const { id, ref, at, decision } = receipt
  return { ...request, id, ref, at, decision }
}

function askOf({ ref, surface, actor, channel, at }: RecordedRequest): Ask {
  return { ref, surface, actor, channel, role: null, at }
}

function textOf({ answer }: QueryOutcome): string {
  return plainAnswer(answer)
}

function failed(thrown: unknown): number {
  const problem = coerceError(thrown)
  if (problem instanceof ConfigurationError) {
    process.stderr.write(`${problem.faults.join('\n')}\n`)
    return EXIT_CONFIGURATION
  }
  const known = problem instanceof UserError || problem instanceof DependencyError
  process.stderr.write(`${known ? problem.message : (problem.stack ?? problem.message)}\n`)
  if (problem instanceof UserError && problem.suggestions.length > 0) {
    process.stderr.write(`Try: ${problem.suggestions.join(' · ')}\n`)
  }
  return problem instanceof UserError ? EXIT_USAGE : EXIT.unknown
}

main(process.argv.slice(2))
  .catch(failed)
  .then((code) => process.exit(code))
