import { type Condition, type KubeObject, timestamp, valueAt } from '../objects.ts'

export const REQUESTED = 'reconcile.fluxcd.io/requestedAt'
export const DEFAULT_INTERVAL_MS = 600_000

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** `10m`, `1h30m`, `45s` in ms. */
export function intervalOf(object: KubeObject): number {
  const text = String(valueAt(object, ['spec', 'interval']) ?? '')
  const parts = [...text.matchAll(/(\d+)([smh])/g)]
  const ms = parts.reduce((sum, [, number, unit = 's']) => sum + Number(number) * (UNITS[unit] ?? 0), 0)
  return ms > 0 ? ms : DEFAULT_INTERVAL_MS
}

export const isSuspended = (object: KubeObject) => valueAt(object, ['spec', 'suspend']) === true

/** A request to reconcile that has not been handled yet. */
export function openRequest({ metadata, status }: KubeObject): string | null {
  const asked = metadata.annotations?.[REQUESTED]
  return asked === undefined || asked === valueAt(status, ['lastHandledReconcileAt']) ? null : asked
}

interface Outcome {
  readonly ok: boolean
  readonly reason: string
  readonly message: string
}

/** The conditions after a reconcile, and what was handled by it. Times stay where nothing changed. */
export function reconciled(object: KubeObject, { ok, reason, message }: Outcome, now: Date) {
  const known = valueAt(object.status, ['conditions'])
  const before = Array.isArray(known)
    ? (known as Condition[]).find(({ type }) => type === 'Ready')
    : undefined
  const status = ok ? 'True' : 'False'
  const since =
    before?.status === status && before.reason === reason ? before.lastTransitionTime : timestamp(now)
  const handled = object.metadata.annotations?.[REQUESTED]
  return {
    observedGeneration: object.metadata.generation,
    conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: since }],
    ...(handled === undefined ? {} : { lastHandledReconcileAt: handled }),
  }
}
