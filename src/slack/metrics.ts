import { Counter, type Registry } from 'prom-client'

/** What is counted of the traffic with Slack. */
export interface SlackMetrics {
  /** Requests that could not be verified: counted by reason, never stored. */
  readonly unverified: Counter<'reason'>
  /** Verified requests by surface and what became of them at the door. */
  readonly requests: Counter<'surface' | 'state'>
  /** Attempts to deliver a message, by how they ended. */
  readonly deliveries: Counter<'result'>
  /** Web API calls, by method and how they ended (`ok`, Slack's error code, or the kind of failure). */
  readonly calls: Counter<'method' | 'result'>
}

/** Makes the counters in the registry that `/metrics` shows. */
export function createSlackMetrics(registry: Registry): SlackMetrics {
  const registers = [registry]
  return {
    unverified: new Counter({
      name: 'bakery_slack_unverified_requests_total',
      help: 'Requests refused before they were read, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    requests: new Counter({
      name: 'bakery_slack_requests_total',
      help: 'Verified requests, by surface and by what became of them at the door.',
      labelNames: ['surface', 'state'],
      registers,
    }),
    deliveries: new Counter({
      name: 'bakery_slack_deliveries_total',
      help: 'Attempts to deliver a message to Slack, by how they ended.',
      labelNames: ['result'],
      registers,
    }),
    calls: new Counter({
      name: 'bakery_slack_api_calls_total',
      help: 'Calls of the Slack Web API, by method and by how they ended.',
      labelNames: ['method', 'result'],
      registers,
    }),
  }
}
