/** A job as `/bakery jobs list` shows it. */
export interface JobState {
  readonly name: string
  readonly paused: boolean
  readonly pausedBy: string | null
  /** When the clock runs it next, ISO 8601; not given by the store, which knows no schedules. */
  readonly next?: string | null
  readonly last: {
    readonly scheduledFor: string
    readonly startedAt: string
    readonly finishedAt: string | null
    readonly outcome: 'running' | 'done' | 'failed' | 'missed'
    readonly by: string
  } | null
}

export interface JobReader {
  states(): Promise<readonly JobState[]>
  /** Runs of all jobs that were scheduled since then, newest first. */
  runs(since: Date): Promise<readonly (NonNullable<JobState['last']> & { readonly name: string })[]>
}

/** A slot that this process has claimed: nobody else runs it. */
export interface ClaimedRun {
  readonly job: string
  readonly scheduledFor: Date
  readonly by: string
  readonly ref: string
  /** What the last successful run remembered. */
  readonly memory: unknown
}

export interface JobStore extends JobReader {
  /** Claims a slot: null when it is another's, was run before, or the job is paused. A run whose lease ended is claimed again. */
  claim(job: string, scheduledFor: Date, by: string): Promise<ClaimedRun | null>
  /** Ends a run with its audit row and messages, in one transaction. */
  finish(
    run: ClaimedRun,
    outcome: {
      readonly outcome: 'done' | 'failed' | 'missed'
      readonly reason: string | null
      readonly memory: unknown
    },
    messages: readonly import('./records.ts').OutgoingMessage[],
  ): Promise<void>
  /** Takes runs that people asked for (`/bakery jobs run`), each once. */
  takeRequested(jobs: readonly string[]): Promise<readonly ClaimedRun[]>
}
