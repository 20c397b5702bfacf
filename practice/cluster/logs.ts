/** One line of a container's log. */
export interface LogLine {
  readonly at: Date
  readonly text: string
}

/** One life of a container: from a start to its end. */
export interface ContainerLife {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** `app.kubernetes.io/name` of the pod, or the pod's own name. */
  readonly workload: string
  /** `app.kubernetes.io/component`; empty when the pod has none. */
  readonly component: string
  /** How often the container had been restarted before this life. */
  readonly restarts: number
  readonly from: Date
  /** When this life ended and why (`Error`, `OOMKilled`); null while it runs. */
  readonly ended: { readonly at: Date; readonly reason: string } | null
}

/** What a container says by itself between two times; must answer the same lines for the same span. */
export type LogSource = (life: ContainerLife, from: Date, to: Date) => readonly LogLine[]

/** How far back a kubelet still has lines: older ones were rotated away. */
export const KEPT_MS = 6 * 3_600_000

export interface LogBook {
  /** What is still kept of one life of a container, oldest first; only what is younger than `since` when it is given. */
  read(life: ContainerLife, now: Date, since?: Date | null): readonly LogLine[]
  /** Adds lines now, as if the containers of this workload (or this one pod) had just said them. */
  append(workloadOrPod: string, lines: readonly string[], now: Date): void
}

export function createLogBook(source: LogSource): LogBook {
  const added = new Map<string, LogLine[]>()
  return {
    read(life, now, since = null) {
      const to = life.ended?.at ?? now
      const from = new Date(Math.max(life.from.getTime(), now.getTime() - KEPT_MS, since?.getTime() ?? 0))
      const own = source(life, from, to)
      const extra = [life.workload, life.pod]
        .flatMap((key) => added.get(key) ?? [])
        .filter(({ at }) => at >= from && at <= to)
      if (extra.length === 0) return own
      return [...own, ...extra].sort((a, b) => a.at.getTime() - b.at.getTime())
    },
    append(key, lines, now) {
      added.set(key, [...(added.get(key) ?? []), ...lines.map((text) => ({ at: now, text }))])
    },
  }
}
