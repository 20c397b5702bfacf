import { isOn, type Outage } from './outages.ts'
import { RULES, type Rule } from './rules.ts'

/** One instance of an alert rule, as Prometheus evaluates it. */
export interface StoryAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
  readonly activeAt: Date
}

const RUNBOOK = 'https://runbooks.bakewise.ai'

/** The alerts that are pending or firing at a time. */
export function alertsAt(at: Date, outages: readonly Outage[], startedAt: Date): StoryAlert[] {
  const always: Outage = { kind: 'workload', name: '', from: startedAt, to: null }
  return RULES.flatMap((rule) => {
    const causes = rule.on === null ? [always] : outages.filter((outage) => concerns(rule, outage))
    return causes
      .filter((outage) => isOn(outage, at))
      .flatMap((outage) => instances(rule, outage))
      .map((outage) => alertOf(rule, outage, at))
  })
}

function concerns({ on, only }: Rule, outage: Outage): boolean {
  return outage.kind === on && (only?.(outage) ?? true)
}

/** One instance of the rule for each thing that it is true of. */
const instances = ({ each }: Rule, outage: Outage): readonly Outage[] =>
  each === undefined ? [outage] : each.map((name) => ({ ...outage, name }))

function alertOf(rule: Rule, outage: Outage, at: Date): StoryAlert {
  const { name, severity, forSeconds } = rule
  const fires = at.getTime() - outage.from.getTime() >= forSeconds * 1000
  return {
    labels: { alertname: name, severity, ...rule.labels(outage) },
    annotations: { summary: rule.summary(outage), runbook_url: `${RUNBOOK}/${name}` },
    state: fires ? 'firing' : 'pending',
    activeAt: outage.from,
  }
}
