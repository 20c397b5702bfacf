import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** What the process counts of itself, and of the requests that it answers. */
export function createProcessMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const seconds = new Histogram({
    name: 'bakery_request_seconds',
    help: 'From the acknowledgement of a request to its committed answer, by command and outcome.',
    labelNames: ['command', 'outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return {
    registry,
    observe: (facts: { command: string; outcome: string; seconds: number }) =>
      seconds.observe({ command: facts.command, outcome: facts.outcome }, facts.seconds),
  }
}
