import type { Ask } from './ask.ts'
import type { Command } from './command.ts'
import { coerceError } from './errors.ts'
import type { ReadPorts } from './ports/index.ts'
import type { Admission, Incoming } from './ports/intake.ts'
import type { Reply } from './ports/records.ts'
import { type Sealed, seal } from './seal.ts'

/** What was done while Bakery's own Postgres was gone: one line of the spool, to be chained when it is back. */
export interface SpooledRow {
  readonly at: string
  readonly ref: string
  readonly actor: string
  readonly channel: string | null
  readonly command: string
  readonly decision: string
}

export interface EmergencyDependencies {
  /** Slack ids of the owners that the platform file names. */
  readonly owners: ReadonlySet<string>
  readonly ports: ReadPorts
  /** On disk, past the disk's own cache, when it returns; throws when it cannot be, and then nothing is done. */
  readonly spool: (row: SpooledRow) => void
  /** Says something to one person at once, without the outbox. At most once; never throws. */
  readonly tell: (reply: Reply, message: Pick<Sealed, 'text' | 'blocks'>) => Promise<void>
  readonly log: { error(facts: object, message: string): void }
}

/** A request that Postgres did not take, with the reference that the person would be given. */
export interface UnrecordedRequest {
  readonly incoming: Incoming
  readonly command: Command | null
  readonly args: unknown
  readonly ask: Ask
}

/** Admits a request that Postgres did not take; null when it is not one of those that may still be done. */
export type Emergency = (request: UnrecordedRequest) => Admission | null

/**
 * What is left when Bakery's own Postgres is gone: the owners named in platform.yaml still get `health`, for themselves
 * alone. It is written to an fsynced file before it is acknowledged, and chained into the audit log when Postgres is back.
 */
export function createEmergency(dependencies: EmergencyDependencies): Emergency {
  const seen = new Set<string>()
  return ({ incoming, command, args, ask }) => {
    const { owners, spool, log } = dependencies
    if (command?.kind !== 'query' || command.name !== 'health' || !owners.has(incoming.user)) return null
    if (incoming.replayKeys.some((key) => seen.has(key))) return { state: 'duplicate' }
    const { team, user } = ask.actor
    const { channel } = ask
    try {
      spool({
        at: ask.at.toISOString(),
        ref: ask.ref,
        actor: `${team}/${user}`,
        channel,
        command: command.name,
        decision: 'allowed',
      })
    } catch (thrown) {
      log.error(
        { err: coerceError(thrown), ref: ask.ref },
        'the spool could not be written: the request is refused',
      )
      return null
    }
    for (const key of incoming.replayKeys) seen.add(key)
    return { state: 'recorded', run: () => answerAlone(dependencies, command, args, ask, incoming.reply) }
  }
}

async function answerAlone(
  { ports, tell, log }: EmergencyDependencies,
  command: Extract<Command, { kind: 'query' }>,
  args: unknown,
  ask: Ask,
  reply: Reply,
): Promise<void> {
  try {
    const { answer } = await command.run(args, ports, ask, AbortSignal.timeout(10_000))
    const { ref } = ask
    await tell(reply, seal({ answer, outboxId: ref, version: 1, ref }))
  } catch (thrown) {
    log.error({ err: coerceError(thrown), ref: ask.ref }, 'health could not be told without Postgres')
  }
}
