/** Small arithmetic on quantities that several parts need. Words for numbers are in blocks/format.ts. */

/** CPU as Kubernetes writes it: `250m` below one core, `1.5` above. */
export function cores(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)}m` : String(Number(value.toFixed(1)))
}

/** The part of a whole in percent with one decimal; null when there is no whole. */
export function share(part: number, whole: number | null): number | null {
  return whole === null || whole <= 0 ? null : round((part / whole) * 100)
}

/** With one decimal, so that facts stay readable. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}
