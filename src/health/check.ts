import { coerceError, DependencyError } from '../core/errors.ts'
import type { Area, Fact, Status, Threshold } from '../core/health.ts'
import type { SystemPorts } from '../core/ports/index.ts'
import type { Platform, Thresholds } from '../platform.ts'

/** What a judgement may know besides the facts: no clock and no port, so that it is a pure function. */
export interface Context {
  readonly platform: Platform
  readonly thresholds: Thresholds
  readonly now: Date
}

/** What a judgement says of one target. The report adds area, duration and, where it is missing, the time. */
export interface Finding {
  readonly target: string
  readonly status: Status
  /** One sentence without a full stop; empty when all is well. */
  readonly reason: string
  readonly facts: Readonly<Record<string, Fact>>
  readonly threshold?: Threshold
  /** When the world was seen so; when the answer came, if not given. */
  readonly observedAt?: Date
  readonly next?: string
}

/** One thing to ask, with a deadline of its own. */
export interface Probe<Facts> {
  readonly target: string
  read(signal: AbortSignal): Promise<Facts>
}

/** There is nothing to ask, and this is what the report says instead. */
export interface Absent {
  readonly absent: Finding
}

export interface CheckSpec<Facts> {
  readonly area: Area
  /** What to ask, one probe for each thing that can fail by itself. */
  probes(ports: SystemPorts): readonly Probe<Facts>[] | Absent
  /** Pure: the same facts, thresholds and time give the same findings. */
  judge(facts: Facts, context: Context, target: string): readonly Finding[]
  /** What a failed read means. Not given, or null: the target is unknown, with the error's message as the reason. */
  judgeFailure?(error: Error, target: string): Finding | null
  /** The next step when the target could not be asked. */
  nextWhenUnknown?(target: string, platform: Platform): string | undefined
}

/** A check whose private types are sealed in: what a probe reads is what its own judgement gets. */
export interface AreaCheck {
  readonly area: Area
  probes(ports: SystemPorts): readonly SealedProbe[] | Absent
}
export interface SealedProbe {
  readonly target: string
  /** Asks, and returns how to judge what was read. */
  read(signal: AbortSignal): Promise<(context: Context) => readonly Finding[]>
  judgeFailure(error: Error): Finding | null
  nextWhenUnknown(platform: Platform): string | undefined
}

export function defineCheck<Facts>(
  spec: CheckSpec<Facts>,
): AreaCheck & { readonly judge: CheckSpec<Facts>['judge'] } {
  const seal = (probe: Probe<Facts>): SealedProbe => ({
    target: probe.target,
    async read(signal) {
      const facts = await probe.read(signal)
      return (context) => spec.judge(facts, context, probe.target)
    },
    judgeFailure: (error) => spec.judgeFailure?.(error, probe.target) ?? null,
    nextWhenUnknown: (platform) => spec.nextWhenUnknown?.(probe.target, platform),
  })
  return {
    area: spec.area,
    judge: spec.judge,
    probes(ports) {
      const found = spec.probes(ports)
      return 'absent' in found ? found : found.map(seal)
    },
  }
}

/** Not in platform.yaml: said so, never "ok". */
export function notConfigured(target: string, key: string): Absent {
  return {
    absent: {
      target,
      status: 'off',
      reason: `not configured (platform.yaml has no ${key})`,
      facts: {},
    },
  }
}

/** The cluster is always part of the platform: without a way to it, it is unknown. */
export function noCluster(target: string): Absent {
  const reason = 'the cluster cannot be asked: no KUBECONFIG is set and Bakery does not run inside a cluster'
  return { absent: { target, status: 'unknown', reason, facts: {} } }
}

/** A read that may fail without taking the rest of its check with it. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string }

/** Settles a read into a value or the reason why there is none. Faults of our own are not hidden: they are thrown on. */
export async function attempt<T>(reading: Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await reading }
  } catch (thrown) {
    const error = coerceError(thrown)
    if (error instanceof DependencyError) return { ok: false, reason: error.message }
    throw error
  }
}
