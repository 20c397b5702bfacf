/** Numbers with their units, as people read them: one form for every message, reason and table. */

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `512 MiB`, `1.5 GiB`: powers of 1024, as Kubernetes counts. */
export function bytes(value: number): string {
  const magnitude = Math.abs(value) < 1 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(1024))
  const power = Math.min(magnitude, BYTE_UNITS.length - 1)
  const scaled = value / 1024 ** power
  return `${decimals(scaled, Math.abs(scaled) < 10 && power > 0 ? 1 : 0)} ${BYTE_UNITS[power]}`
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`: at most two units, never below a second. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min`
  if (whole < 86_400) return pair(whole, 3600, 'h', 60, 'min')
  return pair(whole, 86_400, 'd', 3600, 'h')
}

/** `82 %`; one decimal below 10 and just below 100, where it matters. */
export function percent(value: number): string {
  return `${decimals(value, value < 10 || (value > 99 && value < 100) ? 1 : 0)} %`
}

/** `250m` below one core, `1.5` above: as Kubernetes writes CPU. */
export function cores(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)}m` : decimals(value, value < 10 ? 1 : 0)
}

/** `1 pod`, `3 pods`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`
}

/** Rounded to so many decimals, without zeros at the end. */
export function decimals(value: number, places: number): string {
  return String(Number(value.toFixed(places)))
}

/** The part of a whole in percent with one decimal; null when there is no whole. */
export function share(part: number, whole: number | null): number | null {
  return whole === null || whole <= 0 ? null : Math.round((part / whole) * 1000) / 10
}

function pair(whole: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((whole % large) / small)
  return `${Math.floor(whole / large)} ${largeUnit}${rest > 0 ? ` ${rest} ${smallUnit}` : ''}`
}
