import { z } from 'zod'
import { ago, bold, code, count, localTime, section, text } from '../src/blocks/builders.ts'
import type { Block } from '../src/blocks/types.ts'
import { alertStatus } from '../src/core/alert-severity.ts'
import { defineQuery } from '../src/core/command.ts'
import { compareSeverity, type Status, worst } from '../src/core/health.ts'
import { service } from '../src/core/names.ts'
import type { Alert } from '../src/core/ports/alerts.ts'
import { limit, notConfigured } from './shared/arguments.ts'
import { listingAnswer } from './shared/listing.ts'

const SUMMARY_LENGTH = 300

export const alerts = defineQuery({
  name: 'alerts',
  summary: 'List alerts that fire now; silenced ones are shown apart.',
  examples: ['alerts', 'alerts --severity critical', 'alerts --service orders', 'alerts --silenced'],
  args: z.object({
    severity: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .describe('only of this severity: critical, warning, info, …'),
    service: service.optional(),
    silenced: z.boolean().default(false).describe('only silenced and inhibited ones'),
    limit: limit(15),
  }),
  family: 'health',
  role: 'viewer',

  async read(args, ports, _ask, signal) {
    if (!ports.alerts) {
      throw notConfigured(
        'alertmanager',
        'Alertmanager is not configured: platform.yaml has no alertmanager.',
      )
    }
    const all = await ports.alerts.alerts(signal)
    const now = ports.clock.now()
    const chosen = all
      .filter(
        (alert) =>
          args.severity === undefined || alert.severity.toLowerCase() === args.severity.toLowerCase(),
      )
      .filter((alert) => args.service === undefined || isOf(alert, args.service))
      .toSorted(
        (a, b) => compareSeverity(statusOf(a), statusOf(b)) || a.startsAt.getTime() - b.startsAt.getTime(),
      )
    const firing = chosen.filter((alert) => alert.state === 'active')
    const suppressed = chosen.filter((alert) => alert.state === 'suppressed')
    return { firing, suppressed, now, zone: ports.platform.timeZone }
  },

  render({ firing, suppressed, now, zone }, args) {
    const found = args.silenced ? suppressed : firing
    const shown = found.slice(0, args.limit)
    return listingAnswer({
      headline: headline(found, args),
      columns: [],
      rows: shown.map(({ name }) => [name]),
      body: shown.map((alert) => alertBlock(alert, now, zone)),
      ...{ total: found.length, one: 'alert', observedAt: now, zone },
      notes: args.silenced ? [] : [suppressedNote(suppressed.length)],
      buttons: [
        ...(args.silenced || suppressed.length === 0
          ? []
          : [{ label: 'Show silenced ones', line: 'alerts --silenced' }]),
        ...(args.service ? [{ line: `pods ${args.service}` }] : []),
      ],
    })
  },

  data: ({ firing, suppressed }) => ({ firing, suppressed }),
  status: ({ firing }) => worst(['ok', ...firing.map(statusOf)]),
})

interface Chosen {
  readonly severity?: string | undefined
  readonly service?: string | undefined
  readonly silenced: boolean
}

function headline(found: readonly Alert[], { severity, service: name, silenced }: Chosen): string {
  const which = [severity?.toLowerCase(), silenced ? 'silenced' : undefined].filter(Boolean).join(' ')
  const what = which ? `${which} alert` : 'alert'
  const where = name ? ` of ${name}` : ''
  if (found.length === 0) return silenced ? `No ${what}${where}.` : `No ${what}${where} fires.`
  if (silenced) return `${count(found.length, what)}${where}.`
  const informing = found.filter((alert) => statusOf(alert) === 'ok').length
  const firing = found.length - informing
  if (firing === 0) return `No ${what}${where} asks for anything; ${informing} for information only.`
  const rest = informing > 0 ? `, and ${informing} for information only` : ''
  return `${count(firing, what)}${where} ${firing === 1 ? 'fires' : 'fire'}${rest}.`
}

function suppressedNote(suppressed: number): string {
  if (suppressed === 0) return 'None is silenced or inhibited.'
  return `${count(suppressed, 'alert')} ${suppressed === 1 ? 'is' : 'are'} silenced or inhibited.`
}

function statusOf({ severity }: Alert): Status {
  return alertStatus(severity)
}

/** Rules name their service in one of these labels; a pod's name begins with it. */
function isOf({ labels }: Alert, name: string): boolean {
  const named = [labels.service, labels.service_name, labels.deployment, labels.app, labels.job]
  return named.includes(name) || (labels.pod ?? '').startsWith(`${name}-`)
}

function alertBlock(alert: Alert, now: Date, zone: string): Block {
  const { name, severity, labels, summary, startsAt, runbookUrl, silencedBy, inhibitedBy } = alert
  const where = labels.service ?? labels.pod ?? labels.node ?? labels.instance ?? ''
  const state = stateOf(silencedBy.length > 0, inhibitedBy.length > 0)
  const said =
    [...summary].length > SUMMARY_LENGTH ? `${[...summary].slice(0, SUMMARY_LENGTH).join('')}…` : summary
  const head = text`${bold(name)} · ${severity || 'no severity'}${state}${where ? ` · ${where}` : ''}`
  const since = text`Since ${localTime(startsAt, zone)}, ${ago(startsAt, now)}.`
  const runbook = runbookUrl ? text`\nRunbook: ${code(runbookUrl.slice(0, 300))}` : text``
  return section(text`${head}\n${said || 'It says nothing of itself.'}\n${since}${runbook}`)
}

function stateOf(silenced: boolean, inhibited: boolean): string {
  if (silenced) return ' · silenced'
  return inhibited ? ' · inhibited by another' : ''
}
