/** The middle of the measured values. */
export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** The value below which this share of the measured values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((share / 100) * sorted.length))] ?? Number.NaN
}

/** How much y grows for each x, by least squares. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const middle = { x: mean(points.map(([x]) => x)), y: mean(points.map(([, y]) => y)) }
  const shared = points.reduce((sum, [x, y]) => sum + (x - middle.x) * (y - middle.y), 0)
  return shared / points.reduce((sum, [x]) => sum + (x - middle.x) ** 2, 0)
}

/** Prints one figure: what was measured, on what, the figure, and what it is held against. */
export function row(what: string, on: string, figure: string, against: string): void {
  console.log(`${what.padEnd(34)} ${on.padEnd(38)} ${figure.padStart(22)}   ${against}`)
}

export function heading(text: string): void {
  console.log(`\n${text}\n${'-'.repeat(text.length)}`)
}
