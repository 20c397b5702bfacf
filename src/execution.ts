import type { TerminalConfig } from './config.ts'
import { userNames } from './core/access-rules.ts'
import type { Operation } from './core/operation.ts'
import type { ReadPorts } from './core/ports/index.ts'
import type { ObjectPorts } from './core/ports/objects.ts'
import type { Logger } from './log.ts'
import { TIMING } from './operations/context.ts'
import { followUp } from './operations/due.ts'
import { createEngine, type Engine } from './operations/engine.ts'
import { measure } from './operations/health.ts'
import { createWatch } from './operations/watch.ts'
import type { Chore } from './schedule/background.ts'
import type { Store } from './store/store.ts'
import { worse } from './views/operations/result.ts'
import { operationVoice } from './views/operations/voice.ts'

export interface ExecutionOptions {
  readonly config: Pick<TerminalConfig, 'platform' | 'leaseSeconds'>
  readonly store: Store
  readonly ports: ReadPorts
  /** Null: there is no cluster, and nothing is executed. What time ends, ends nevertheless. */
  readonly objects: ObjectPorts | null
  readonly log: Logger
}

/** How long figures may take that are only good to know. */
const MEASURE_MS = 3000

/** What brings approved changes about, and what follows from them by time. */
export function openExecution(options: ExecutionOptions): {
  readonly engine: Engine | null
  readonly chores: readonly Chore[]
} {
  const { config, store, ports, objects, log } = options
  const { thresholds, timeZone } = config.platform
  const voice = operationVoice(timeZone)
  const card = async (operation: Operation) => {
    const names = userNames(await ports.access.snapshot())
    return voice.card({ operation, names })
  }
  const figures = (operation: Operation, since: Date | null, signal: AbortSignal) =>
    measure(ports, operation, since, AbortSignal.any([signal, AbortSignal.timeout(MEASURE_MS)]))
  const watch = createWatch({
    ...{ reader: store.operations, operations: store.engine, note: store.journal.note, log },
    ...{ thresholds, measure: figures, now: ports.clock.now, views: { card, worse } },
  })
  const engine =
    objects === null
      ? null
      : createEngine({
          ...{ operations: store.engine, reader: store.operations, access: ports.access },
          ...{ objects: objects.reader, writer: objects.writer },
          ...{ planner: ports.planner, attestation: ports.attestation, registry: ports.registry },
          measure: (operation, signal) => figures(operation, null, signal),
          ...{ card, leaseSeconds: config.leaseSeconds, timing: TIMING, log },
        })
  return {
    engine,
    chores: [
      {
        name: 'operations',
        when: { everyMs: 5000 },
        run: () =>
          followUp({ operations: store.engine, reader: store.operations, now: ports.clock.now, log }),
      },
      { name: 'watch', when: { everyMs: 30_000 }, run: watch },
    ],
  }
}
