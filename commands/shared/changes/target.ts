import { count, duration as inWords } from '../../../src/blocks/builders.ts'
import { coerceError } from '../../../src/core/errors.ts'
import { STATEFUL } from '../../../src/core/policy.ts'
import type { DatabaseState } from '../../../src/core/ports/databases.ts'
import type { ReadPorts } from '../../../src/core/ports/index.ts'
import type { WorkloadFacts, WorkloadReader } from '../../../src/core/ports/workloads.ts'
import { notConfigured } from '../arguments.ts'

/** A workload with what hangs on it. */
export interface Target {
  readonly workload: WorkloadFacts
  /** What the database says of its connections now; null: it is none. */
  readonly database: DatabaseState | { readonly problem: string } | null
  /** Services of platform.yaml that use it. */
  readonly clients: readonly string[]
}

/** The reader of the cluster's workloads, or the sentence that there is no cluster. */
export function workloadsOf({ workloads }: Pick<ReadPorts, 'workloads'>): WorkloadReader {
  if (workloads) return workloads
  throw notConfigured(
    'kubernetes',
    'Bakery has no way to the cluster: KUBECONFIG is not set and it does not run inside one.',
  )
}

export async function readTarget(name: string, ports: ReadPorts, signal: AbortSignal): Promise<Target> {
  const [workload, database] = await Promise.all([
    workloadsOf(ports).get(name, signal),
    databaseNow(name, ports, signal),
  ])
  return targetOf(workload, database, ports)
}

export function targetOf(
  workload: WorkloadFacts,
  database: Target['database'],
  { platform }: Pick<ReadPorts, 'platform'>,
): Target {
  const { name } = workload.ref
  const clients = platform.services
    .filter((service) => service.database === name)
    .map((service) => service.name)
  return { workload, database, clients }
}

/** A database that does not answer does not keep anybody from restarting it. */
export async function databaseNow(
  name: string,
  { databases }: Pick<ReadPorts, 'databases'>,
  signal: AbortSignal,
): Promise<Target['database']> {
  if (!databases.names.includes(name)) return null
  return databases.state(name, signal).catch((thrown: unknown) => ({ problem: coerceError(thrown).message }))
}

export function isStateful({ workload, database }: Target): boolean {
  return database !== null || STATEFUL.includes(workload.component ?? '')
}

export function isDatabase({ workload, database }: Target): boolean {
  return database !== null || workload.component === 'database'
}

/** What its clients lose when its pods end; null: nothing that is known. */
export function connectionsSentence(target: Target): string | null {
  if (!isStateful(target)) return null
  const { workload, database, clients } = target
  const { name } = workload.ref
  const users =
    clients.length === 0 ? '' : ` ${clients.join(', ')} ${clients.length === 1 ? 'uses' : 'use'} it.`
  if (database === null) return `Every client of ${name} loses its connection and has to connect again.`
  if ('problem' in database) {
    return `Every connection to ${name} is cut. How many there are cannot be told: ${database.problem}.${users}`
  }
  const { connections, longTransactions } = database
  const longest = Math.max(0, ...longTransactions.map(({ seconds }) => seconds))
  const open =
    longTransactions.length === 0
      ? 'None of them has been in a transaction for long.'
      : `${count(longTransactions.length, 'transaction is', 'transactions are')} open and will be rolled back, the longest for ${inWords(longest)}.`
  return `${count(connections, 'connection')} to ${name} ${connections === 1 ? 'is' : 'are'} cut. ${open}${users}`
}
