/** The middle of the measured values. */
export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** The value below which this share of the measured values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((share / 100) * sorted.length))] ?? Number.NaN
}

/** Prints one figure: what was measured, on what, the figure, and what it is held against. */
export function row(what: string, on: string, figure: string, against: string): void {
  console.log(`${what.padEnd(34)} ${on.padEnd(38)} ${figure.padStart(22)}   ${against}`)
}

export function heading(text: string): void {
  console.log(`\n${text}\n${'-'.repeat(text.length)}`)
}
