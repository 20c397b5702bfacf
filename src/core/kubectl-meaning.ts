import type { Named } from './kubectl-names.ts'

/** What a pasted line means. */
export interface Meaning {
  /** Bakery's line; null: there is none. With a placeholder it cannot be run as it is. */
  readonly line: string | null
  /** What has to be put in first: `SERVICE_NAME`; null: nothing. */
  readonly placeholder: string | null
  /** What kubectl would have done, a sentence without its full stop. */
  readonly would: string
  /** Why Bakery's way is another, or why there is none, whole sentences; null: it is the same. */
  readonly differs: string | null
  /** The namespace says nothing about it. */
  readonly everywhere?: boolean
}

/** There is a command of Bakery's for it. `target` null: it is about nothing by name. */
export function does(
  line: string,
  target: Pick<Named, 'word' | 'placeholder'> | null,
  would: string,
  differs: string | null = null,
): Meaning {
  return {
    line,
    placeholder: target?.placeholder ?? null,
    would: `kubectl would ${would}`,
    differs,
  }
}

/** There is none, on purpose or not yet. */
export function never(would: string, why: string): Meaning {
  return { line: null, placeholder: null, would, differs: why }
}
