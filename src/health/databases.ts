import { count, duration, percent } from '../blocks/format.ts'
import type { DatabaseState } from '../core/ports/databases.ts'
import { round, share } from '../core/units.ts'
import { type Context, defineCheck, type Finding, notConfigured } from './check.ts'
import { judgeRefusal } from './database-refusals.ts'
import { conclude, lineFor, type Problem, problemAt, threshold } from './problems.ts'

/** Each instance is a probe of its own: all are asked at the same time, and none waits for another. */
export const databases = defineCheck<DatabaseState>({
  area: 'databases',
  probes: ({ databases: reader }) =>
    reader.names.length > 0
      ? reader.names.map((name) => ({ target: name, read: (signal) => reader.state(name, signal) }))
      : notConfigured('databases', 'databases'),
  judge: judgeDatabase,
  judgeFailure: judgeRefusal,
  nextWhenUnknown: (target) => lineFor(target, (name) => `pods ${name}`),
})

export function judgeDatabase(state: DatabaseState, context: Context, target: string): Finding[] {
  const { connections, maxConnections, reserved, cacheHitPercent, longTransactions, blocked } = state
  const usable = maxConnections - reserved
  const connectionsPercent = share(connections, usable)
  const facts = {
    connections,
    max: usable,
    connectionsPercent,
    cacheHitPercent: cacheHitPercent === null ? null : round(cacheHitPercent),
    longTransactions: longTransactions.length,
    blockedSessions: blocked.length,
    tls: state.tlsUsed,
    deadlocks: state.deadlocks,
    version: state.version,
  }
  const { thresholds } = context
  const next = lineFor(target, (name) => `logs ${name} --since 1h`)
  const problems: Problem[] = [
    ...problemAt(connectionsPercent, thresholds.connectionsPercent, {
      unit: '%',
      reason: `${connections} of ${usable} usable connections taken (${percent(connectionsPercent ?? 0)})`,
    }),
    ...problemAt(cacheHitPercent, thresholds.cacheHitPercent, {
      unit: '% hits',
      reason: `cache hits at ${percent(cacheHitPercent ?? 0)}`,
    }),
    ...longest(state, context),
    ...blocking(state, context),
    ...encryption(state, context, target),
  ]
  return [
    conclude(target, facts, problems, { threshold: threshold(thresholds.connectionsPercent, '%'), next }),
  ]
}

function longest({ longTransactions }: DatabaseState, { thresholds }: Context): Problem[] {
  const [first] = longTransactions.toSorted((a, b) => b.seconds - a.seconds)
  if (!first) return []
  const others = longTransactions.length > 1 ? ` and ${longTransactions.length - 1} more` : ''
  return problemAt(first.seconds, thresholds.longTransactionSeconds, {
    unit: 's in a transaction',
    reason: `process ${first.pid} of ${first.user} is ${duration(first.seconds)} in a transaction (${first.state})${others}`,
  })
}

function blocking({ blocked }: DatabaseState, { thresholds }: Context): Problem[] {
  const [first] = blocked.toSorted((a, b) => b.waitSeconds - a.waitSeconds)
  if (!first) return []
  const sessions = new Set(blocked.map(({ pid }) => pid)).size
  return problemAt(first.waitSeconds, thresholds.blockedSessionSeconds, {
    unit: 's waiting for a lock',
    reason:
      `${count(sessions, 'session')} blocked, the longest for ${duration(first.waitSeconds)} ` +
      `by process ${first.blockedBy}`,
  })
}

/** `tls: require` is a promise; with `prefer` and `off` the operator has said that plain text is acceptable, and the facts say what is. */
function encryption({ tlsUsed, tlsOn }: DatabaseState, { platform }: Context, target: string): Problem[] {
  const wanted = platform.databases.find(({ name }) => name === target)?.tls === 'require'
  if (!wanted || tlsUsed) return []
  const reason = tlsOn ? 'TLS is required but not used' : 'TLS is required but the server has it switched off'
  return [{ status: 'critical', reason }]
}
