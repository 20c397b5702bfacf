/** Numbers and times in words. */

const DAY = 86_400
const HOUR = 3600

/** `42 s`, `3 min 20 s`, `5 h 12 min`, `2 d 4 h`: the two largest units; below a second in milliseconds. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown'
  const size = Math.abs(seconds)
  const sign = seconds < 0 ? '-' : ''
  if (size > 0 && size < 1) return `${sign}${Math.max(1, Math.round(size * 1000))} ms`
  if (size < 10 && !Number.isInteger(size)) return `${sign}${size.toFixed(1)} s`
  const whole = Math.round(size)
  const units = [
    [Math.floor(whole / DAY), 'd'],
    [Math.floor((whole % DAY) / HOUR), 'h'],
    [Math.floor((whole % HOUR) / 60), 'min'],
    [whole % 60, 's'],
  ] as const
  const first = units.findIndex(([amount]) => amount > 0)
  if (first === -1) return '0 s'
  const shown = units.slice(first, first + 2).filter(([amount]) => amount > 0)
  return sign + shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ')
}

const WHOLE = new Map([
  [60, 'minute'],
  [HOUR, 'hour'],
  [DAY, 'day'],
  [7 * DAY, 'week'],
])

/** A span as it follows “the last”: `hour`, `day`, `15 min`. */
export function span(seconds: number): string {
  return WHOLE.get(seconds) ?? duration(seconds)
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `512 B`, `1.5 KiB`, `12 GiB`: powers of 1024, as Kubernetes and PostgreSQL count. */
export function bytes(amount: number): string {
  if (!Number.isFinite(amount)) return 'unknown'
  const size = Math.abs(amount)
  const power = Math.min(BYTE_UNITS.length - 1, size < 1 ? 0 : Math.floor(Math.log2(size) / 10))
  const scaled = amount / 1024 ** power
  const digits = power === 0 || Math.abs(scaled) >= 10 ? 0 : 1
  return `${scaled.toFixed(digits)} ${BYTE_UNITS[power]}`
}

/** `97 %`, `0.4 %`: one decimal below ten where it says something. */
export function percent(value: number): string {
  if (!Number.isFinite(value)) return 'unknown'
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0
  return `${value.toFixed(digits)} %`
}

/** `1 pod`, `3 pods`, `2 entries` (with a plural of its own). */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`
}

/** `just now`, `3 min ago`, `2 d 4 h ago`; a moment to come is `in 5 min`. */
export function ago(moment: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - moment.getTime()) / 1000)
  if (!Number.isFinite(seconds)) return 'unknown'
  if (seconds < 0) return `in ${duration(-seconds)}`
  return seconds === 0 ? 'just now' : `${duration(seconds)} ago`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one of these takes longer than everything else in a message, so each is made once. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZoneName: 'short' },
  } as const)
  formats.set(zone, made)
  return made
}

function partsIn(date: Date, zone: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    formatOf(zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  )
}

/** `2026-11-23 06:00 CET (05:00 UTC)`: the platform's zone, with UTC beside it. In UTC itself it stands once. */
export function localTime(date: Date, zone: string): string {
  if (Number.isNaN(date.getTime())) return 'unknown'
  const local = partsIn(date, zone)
  const utc = partsIn(date, 'UTC')
  const day = (of: Readonly<Record<string, string>>) => `${of.year}-${of.month}-${of.day}`
  const time = (of: Readonly<Record<string, string>>) => `${of.hour}:${of.minute}`
  if (day(local) === day(utc) && time(local) === time(utc)) return `${day(utc)} ${time(utc)} UTC`
  const beside = day(local) === day(utc) ? time(utc) : `${day(utc)} ${time(utc)}`
  return `${day(local)} ${time(local)} ${local.timeZoneName} (${beside} UTC)`
}

/** Moments that stand in a text as ISO 8601 in UTC (`2026-11-23T05:00:00Z`), each as `localTime` says it. */
export function localTimes(said: string, zone: string): string {
  return said.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g, (moment) =>
    localTime(new Date(moment), zone),
  )
}

/** With a full stop, where it has no end of its own. */
export function sentence(words: string): string {
  const trimmed = words.trim()
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

/** With a capital letter in front. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
