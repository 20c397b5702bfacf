import { hash } from '../hash.ts'
import type { LogLine, LogSource } from '../logs.ts'
import { crashLines } from './crash.ts'
import { infrastructureLine } from './infrastructure.ts'
import { serviceLine } from './services.ts'

/** What is wrong with a workload at a time, as its log would show it: its database does not answer. */
export type TroubleOf = (workload: string, at: Date) => 'database' | null

/** What can be made to crash has something to say about it. */
const CRASHING = new Set(['microservice', 'database'])

/** On average a container says something so often. */
const EVERY_MS = 4000

/**
 * What the platform's containers say: request logs as JSON and as plain lines, connection pools, now and then a secret that
 * somebody logged by mistake and text that would be markup in Slack. The same span always has the same lines, so nothing
 * is kept.
 */
export function serviceLogs(troubleOf: TroubleOf = () => null): LogSource {
  return (life, from, to) => {
    if (life.ended && CRASHING.has(life.component)) return within(crashLines(life), from, to)
    const write = life.component === 'microservice' ? serviceLine : infrastructureLine
    const lines: LogLine[] = []
    const last = Math.floor(to.getTime() / EVERY_MS)
    for (let slot = Math.floor(from.getTime() / EVERY_MS); slot <= last; slot += 1) {
      const chance = hash(`${life.pod} ${slot}`)
      const at = new Date(slot * EVERY_MS + (chance % EVERY_MS))
      const text = write({ ...life, at, chance, trouble: troubleOf(life.workload, at) })
      lines.push({ at, text })
    }
    return within(lines, from, to)
  }
}

function within(lines: readonly LogLine[], from: Date, to: Date): LogLine[] {
  return lines.filter(({ at }) => at >= from && at <= to)
}
