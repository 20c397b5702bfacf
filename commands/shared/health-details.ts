import { bold, context, join, localTimes, section, text } from '../../src/blocks/builders.ts'
import { tableBlocks } from '../../src/blocks/health.ts'
import type { Block } from '../../src/blocks/types.ts'
import type { Answer } from '../../src/core/answer.ts'
import { AREAS, type Area, type HealthReport } from '../../src/core/health.ts'
import { bundleTroubles } from '../../src/core/health-bundles.ts'
import { detailTable } from '../../src/core/health-details.ts'
import { areaLine } from '../../src/core/health-lines.ts'
import { troublesOf } from '../../src/core/health-troubles.ts'

/** What hangs in the thread of a health message: every area with every target, and every reason. */
export function detailAnswer(facts: {
  readonly report: HealthReport
  readonly name: string
  readonly zone: string
  readonly seen: string
}): Answer {
  const { report, name, zone, seen } = facts
  const areas = AREAS.flatMap(
    (area) => unasked(report, area, zone) ?? [...areaDetails(report, area), ...reasons(report, area, zone)],
  )
  return {
    kind: 'health',
    audience: 'channel',
    text: `${name}: all checks, area by area.`,
    blocks: [context(`All checks, area by area. ${seen}`), ...areas],
  }
}

/** One area: how it is in a few words, and its targets in a line each. */
export function areaDetails({ checks }: HealthReport, area: Area): readonly Block[] {
  const own = checks.filter((check) => check.area === area)
  if (own.length === 0) return []
  const table = detailTable(area, own)
  return [
    section(text`${bold(area)}  ${areaLine(area, own)}`),
    ...(table ? tableBlocks(table.columns, table.rows) : []),
  ]
}

/** An area that is one system which did not answer: one line says it. */
function unasked({ checks }: HealthReport, area: Area, zone: string): readonly Block[] | null {
  const [only, ...others] = checks.filter((check) => check.area === area)
  if (only?.status !== 'unknown' || others.length > 0) return null
  const why = only.reason.replace(/^the cluster cannot be asked: /, '')
  return [section(text`${bold(area)}  cannot be asked: ${localTimes(why, zone)}`)]
}

function reasons({ checks }: HealthReport, area: Area, zone: string): readonly Block[] {
  const bundles = bundleTroubles(troublesOf(checks.filter((check) => check.area === area)))
  if (bundles.length === 0) return []
  const said = bundles.map(({ title, status, lines }) => {
    const [why = '', ...more] = lines.map((line) => localTimes(line.replace(`${area}: `, ''), zone))
    return join([text`${bold(title)} · ${status}: ${why}`, ...more])
  })
  return [section(join(said))]
}
