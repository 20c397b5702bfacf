import { createHash } from 'node:crypto'
import { canonical } from './canonical.ts'
import type { ObjectRef, Step } from './steps.ts'

/** What a plan needs before it runs (policy.ts, `RISKS`). `read` never makes a plan. */
export type PlanRisk = 'change' | 'destructive'

/**
 * Something that whoever decides must know. The code is part of the plan's digest; the sentence, with its times, rates and
 * counts, is not: those go stale by themselves.
 */
export interface Warning {
  /** Upper-case words with underscores: `UNDONE_BY_FLUX`. */
  readonly code: string
  readonly text: string
}

/** One warning for each code, which says what all of them say. */
export function onePerCode(warnings: readonly Warning[]): readonly Warning[] {
  const codes = [...new Set(warnings.map(({ code }) => code))]
  return codes.map((code) => ({
    code,
    text: warnings
      .filter((one) => one.code === code)
      .map(({ text }) => text)
      .join(' '),
  }))
}

/** What differs, for people: `was` and `becomes` are null where there is nothing on that side. */
export interface Difference {
  readonly what: string
  readonly was: string | null
  readonly becomes: string | null
}

/** Pure data, made from what was read. An empty list of steps says that there is nothing to do, and the headline why. */
export interface Plan {
  /** One sentence without a full stop: `Scale orders-service from 2 to 3`. */
  readonly headline: string
  /** What it is about, for the audit row and the lock screen: `orders-service`. */
  readonly target: string
  readonly risk: PlanRisk
  /** How many other persons have to approve a destructive plan; 1 when not given. */
  readonly approvals?: 1 | 2
  readonly steps: readonly Step[]
  readonly warnings: readonly Warning[]
  /** Shown with the preview; not part of the digest. */
  readonly differences?: readonly Difference[]
  /** Plain facts for the preview, a sentence each: what git wants, open transactions. Not part of the digest. */
  readonly facts?: readonly string[]
  /** What is done and undone by time alone: ends what the steps began (a suspension), in seconds from execution. */
  readonly resume?: { readonly afterSeconds: number; readonly steps: readonly Step[]; readonly says: string }
  /** The workloads whose health is compared before and after. */
  readonly watch?: readonly ObjectRef[]
  /** Command lines that may be better, shown as buttons; one that begins with `--` is added to the line itself. Not part of the digest. */
  readonly instead?: readonly string[]
  /** Without steps: what has to be chosen first, each a whole line. Not part of the digest. */
  readonly choices?: readonly Choice[]
  /** The operation that this one undoes. */
  readonly undoes?: string
}

/** One way to go on. */
export interface Choice {
  readonly line: string
  /** A few words: `Revision 6, 2 days old`. */
  readonly label: string
  /** What it would change. */
  readonly differences: readonly Difference[]
}

/** First characters of the digest that buttons carry. */
export const DIGEST_SHOWN = 16

/**
 * SHA-256 in hexadecimal over what is approved: the line, the steps with their UIDs and the values that they replace, the
 * risk, the codes of the warnings, and what will be undone later. Never times, rates or counts.
 */
export function planDigest(line: string, plan: Plan): string {
  const { risk, approvals = 1, steps, warnings, resume } = plan
  const codes = [...new Set(warnings.map(({ code }) => code))].sort()
  const later = resume === undefined ? null : { afterSeconds: resume.afterSeconds, steps: resume.steps }
  return createHash('sha256').update(canonical({ line, risk, approvals, steps, codes, later })).digest('hex')
}
