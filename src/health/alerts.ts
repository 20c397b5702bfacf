import { count } from '../blocks/format.ts'
import { alertStatus } from '../core/alert-severity.ts'
import { compareSeverity } from '../core/health.ts'
import type { Alert } from '../core/ports/alerts.ts'
import { type Context, defineCheck, type Finding, notConfigured } from './check.ts'
import { summarise } from './problems.ts'

const NAMES_SHOWN = 20

export const alerts = defineCheck<readonly Alert[]>({
  area: 'alerts',
  probes: ({ alerts: reader }) =>
    reader
      ? [{ target: 'alertmanager', read: (signal) => reader.alerts(signal) }]
      : notConfigured('alertmanager', 'alertmanager'),
  judge: judgeAlerts,
})

/** One finding for Alertmanager with the counts, and one for each rule that fires and matters. Silenced ones are only counted. */
export function judgeAlerts(found: readonly Alert[], _context: Context): Finding[] {
  const active = found.filter((alert) => alert.state === 'active')
  const groups = Map.groupBy(active, ({ name, severity }) => `${name}\n${severity}`)
  const findings = [...groups.values()]
    .flatMap((group) => judgeRule(group))
    .toSorted((a, b) => compareSeverity(a.status, b.status))
  const informing = [
    ...new Set(active.filter(({ severity }) => alertStatus(severity) === 'ok').map(({ name }) => name)),
  ]
  const facts = {
    firing: active.length,
    critical: active.filter((alert) => alertStatus(alert.severity) === 'critical').length,
    warning: active.filter((alert) => alertStatus(alert.severity) === 'warning').length,
    info: active.filter((alert) => alertStatus(alert.severity) === 'ok').length,
    informing: informing.slice(0, NAMES_SHOWN).join(', ') || null,
    silenced: found.filter((alert) => alert.silencedBy.length > 0).length,
    inhibited: found.filter((alert) => alert.silencedBy.length === 0 && alert.inhibitedBy.length > 0).length,
  }
  return [summarise('alertmanager', facts, findings, { one: 'alert rule', next: 'alerts' }), ...findings]
}

function judgeRule(group: readonly Alert[]): Finding[] {
  const [first] = group.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
  if (!first || alertStatus(first.severity) === 'ok') return []
  const on = [...new Set(group.map(subjectOf).filter((name) => name !== ''))]
  const severity = first.severity || 'no severity'
  return [
    {
      target: first.name,
      status: alertStatus(first.severity),
      reason: reasonOf(first, group.length),
      facts: {
        severity,
        firing: group.length,
        since: first.startsAt.toISOString(),
        ...(on.length > 0 ? { on: on.slice(0, NAMES_SHOWN).join(', ') } : {}),
      },
      next: /^[a-z]+$/.test(first.severity) ? `alerts --severity ${first.severity}` : 'alerts',
    },
  ]
}

function subjectOf({ labels }: Alert): string {
  return labels.service ?? labels.pod ?? labels.node ?? labels.instance ?? ''
}

/** What the rule says of the first that it fires on, and how many others there are. */
function reasonOf(first: Alert, firing: number): string {
  const said = first.summary || 'fires'
  const name = subjectOf(first)
  const where = name === '' || said.includes(name) ? '' : ` on ${name}`
  return `${said}${where}${firing > 1 ? `, and ${count(firing - 1, 'other')}` : ''}`
}
