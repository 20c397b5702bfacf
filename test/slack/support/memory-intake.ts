import type { Incoming, Intake } from '../../../src/core/ports/intake.ts'

export interface MemoryIntake extends Intake {
  /** Everything that was asked, in order, duplicates and unrecorded ones too. */
  readonly asked: Incoming[]
  /** Everything that ran. */
  readonly ran: Incoming[]
  /** Set: nothing is recorded, and this is what the person is told. */
  unrecorded: string | null
  /** Set: the work waits for it. */
  gate: Promise<void>
}

/** The intake's contract without a database: remembers replay keys, and what ran. */
export function createMemoryIntake(): MemoryIntake {
  const seen = new Set<string>()
  const intake: MemoryIntake = {
    asked: [],
    ran: [],
    unrecorded: null,
    gate: Promise.resolve(),
    async admit(incoming) {
      intake.asked.push(incoming)
      if (intake.unrecorded !== null)
        return { state: 'not-recorded', text: intake.unrecorded, ref: '0A1B2C3D' }
      if (incoming.replayKeys.some((key) => seen.has(key))) return { state: 'duplicate' }
      for (const key of incoming.replayKeys) seen.add(key)
      return {
        state: 'recorded',
        async run() {
          await intake.gate
          intake.ran.push(incoming)
        },
      }
    },
  }
  return intake
}
