import type { ReadPorts } from '../../src/core/ports/index.ts'

/** Something that should have happened and did not. */
export interface Unmet {
  /** One sentence with a full stop. */
  readonly what: string
  /** The command line that leads on. */
  readonly next: string | null
}

/** One kind of thing that is to happen without anybody asking; one small file each, listed in index.ts. */
export interface Expectation {
  readonly name: string
  /** What did not happen between then and now. */
  unmet(
    ports: ReadPorts,
    span: { readonly since: Date; readonly now: Date },
    signal: AbortSignal,
  ): Promise<readonly Unmet[]>
}
