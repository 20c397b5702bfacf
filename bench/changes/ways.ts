import { median, row } from '../figures.ts'
import { type ChangesWorld, patches } from './operations.ts'

/** What stands in Bakery's own database about the way of each change; Postgres and the API server share one clock. */
const WAYS = `
  SELECT o.id, extract(epoch FROM r.at) * 1000 AS received,
    extract(epoch FROM min(a.at) FILTER (WHERE a.decision = 'approved')) * 1000 AS approved,
    extract(epoch FROM min(a.at) FILTER (WHERE a.kind = 'step' AND a.decision = 'intent')) * 1000 AS intent
  FROM operation o
    JOIN audit a ON a.operation = o.id AND a.kind IN ('operation', 'step')
    JOIN audit c ON c.operation = o.id AND c.kind = 'outcome' AND c.command = 'ops confirm'
    JOIN request r ON r.ref = c.ref
  WHERE o.id = ANY ($1) GROUP BY o.id, r.at`

type Moments = Readonly<Record<'id' | 'received' | 'approved' | 'intent', string>>

/** Where the time between a click and its patch goes. */
export async function printWays(world: ChangesWorld, ids: readonly string[]): Promise<void> {
  const { rows } = await world.database.query<Moments>(WAYS, [ids])
  const sent = await patches(world, ids)
  const between = (from: (one: Moments) => number, to: (one: Moments) => number) =>
    `${median(rows.map((one) => to(one) - from(one))).toFixed(1)} ms`
  const received = (one: Moments) => Number(one.received)
  const approved = (one: Moments) => Number(one.approved)
  const intent = (one: Moments) => Number(one.intent)
  const patched = ({ id }: Moments) => sent.get(id)?.at ?? Number.NaN
  row('  of it: considered, approved', 'Slack asked, planned, rehearsed', between(received, approved), '')
  row('  claimed, checked again', 'the same once more, and its intent', between(approved, intent), '')
  row('  sent', 'until the API server has it', between(intent, patched), '')
}
