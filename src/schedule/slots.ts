import { createTask, validate } from 'node-cron'

const MINUTE_MS = 60_000

/** Whether a cron expression can be understood. */
export function isCronExpression(expression: string): boolean {
  return validate(expression)
}

/** When a cron expression names its next minute in a time zone; null: never again. */
export function nextSlot(expression: string, zone: string): Date | null {
  const task = createTask(expression, () => undefined, { timezone: zone })
  void task.start()
  const next = task.getNextRun()
  void task.destroy()
  return next
}

/**
 * The minutes, after `after` and up to `upTo`, that a cron expression names in a time zone, oldest first. A local time that
 * comes twice (the end of daylight saving) counts once, the first time; one that does not exist is not a slot.
 */
export function slotsBetween(options: { expression: string; zone: string; after: Date; upTo: Date }): Date[] {
  const task = createTask(options.expression, () => undefined, { timezone: options.zone })
  const local = localMinutes(options.zone)
  const slots: Date[] = []
  const seen = new Set<string>()
  const first = Math.floor(options.after.getTime() / MINUTE_MS + 1) * MINUTE_MS
  for (let at = first; at <= options.upTo.getTime(); at += MINUTE_MS) {
    const date = new Date(at)
    if (!task.match(date)) continue
    const wallClock = local(date)
    if (seen.has(wallClock) || isRepeat(date, wallClock, local)) continue
    seen.add(wallClock)
    slots.push(date)
  }
  void task.destroy()
  return slots
}

/** Whether an hour ago the clock on the wall said the same. */
function isRepeat(date: Date, wallClock: string, local: (date: Date) => string): boolean {
  return local(new Date(date.getTime() - 60 * MINUTE_MS)) === wallClock
}

function localMinutes(zone: string): (date: Date) => string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  return (date) => format.format(date)
}
