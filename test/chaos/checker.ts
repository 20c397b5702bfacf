import { createHash } from 'node:crypto'

/**
 * The invariants I1 to I13 (docs/ARCHITECTURE.md, "What holds after a crash"), checked from what is left behind: the audit
 * log, the rows of operations, the API server's own audit log, the objects, and what Slack shows. It imports nothing of
 * Bakery: a fault of the engine cannot hide here as well.
 */

export interface AuditLine {
  readonly seq: number
  readonly at: string
  readonly kind: string
  readonly operation: string | null
  readonly decision: string
  readonly prev: string
  readonly hash: string
  /** The canonical bytes without the hash, as the export has them. */
  readonly row: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

export interface OperationRow {
  readonly id: string
  readonly state: string
  readonly digest: string
  readonly risk: string
  readonly approvals: number
  readonly person: string
  readonly changes: number
  readonly follows: string | null
  readonly breakGlass: string | null
  readonly expiresAt: string
  readonly steps: readonly { readonly n: number; readonly state: string; readonly step: Json }[]
  readonly reviews: readonly { readonly person: string; readonly verdict: string; readonly digest: string }[]
}
export type Json = { readonly [key: string]: unknown }

/** One write as the API server saw it. */
export interface Effect {
  readonly auditID: string
  readonly verb: string
  readonly user: string
  readonly uri: string
  readonly resource: string
  readonly name: string
  readonly code: number
  readonly at: string
  readonly body: unknown
}

export interface Evidence {
  readonly audit: readonly AuditLine[]
  readonly operations: readonly OperationRow[]
  readonly effects: readonly Effect[]
  /** What the object of a step says now; null: it is gone. */
  readonly object: (step: Json) => Json | null
  /** The text of the operation's message in its channel; null: there is none. */
  readonly shown: ReadonlyMap<string, string>
}

const FINAL = new Set(['succeeded', 'failed', 'denied', 'expired', 'stale', 'revoked', 'cancelled'])
const NEXT: Readonly<Record<string, string>> = {
  '': 'planned awaiting approved',
  planned: 'approved expired stale revoked cancelled',
  awaiting: 'approved denied expired stale revoked cancelled',
  approved: 'running expired stale revoked cancelled failed',
  running: 'verifying unknown failed stale revoked cancelled needs-human',
  verifying: 'succeeded failed unknown needs-human running cancelled',
  unknown: 'reconciling needs-human',
  reconciling: 'running verifying succeeded failed stale unknown needs-human',
  'needs-human': 'succeeded failed reconciling',
}
const SHOWN: Readonly<Record<string, RegExp>> = {
  succeeded: /^Succeeded/,
  failed: /^Failed/,
  stale: /^Not done/,
  revoked: /^Not done/,
  cancelled: /^Cancelled|^Not done/,
  'needs-human': /^Somebody has to look/,
}

/** Every breach, as a sentence that begins with the name of the invariant. None: they hold. */
export function breaches(evidence: Evidence): readonly string[] {
  const { operations, audit } = evidence
  return [
    ...chain(audit),
    ...operations.flatMap((operation) => [
      ...intents(evidence, operation),
      ...quorum(operation, audit),
      ...atMostOnce(evidence, operation),
      ...states(operation, audit),
      ...ended(operation),
      ...proved(evidence, operation),
      ...resent(operation, audit),
      ...display(evidence, operation),
    ]),
    ...strangers(evidence),
    ...overlaps(evidence),
  ]
}

function rowsOf(audit: readonly AuditLine[], id: string, kind: string): readonly AuditLine[] {
  return audit.filter((row) => row.operation === id && row.kind === kind)
}

/** Writes that changed something, as Bakery's account for changes. */
function written({ effects }: Evidence): readonly Effect[] {
  return effects.filter(
    ({ user, code, uri }) =>
      user.endsWith(':bakery-operator') && code >= 200 && code < 300 && !/dryRun=All/.test(uri),
  )
}

/** The operation and the step that a patch says of itself. */
function markOf({ body }: Effect): { id: string; n: string } | null {
  const text = JSON.stringify(body ?? null)
  const id = /bakery\.dev(?:~1|\/)operation"(?:,"value")?:"([0-9a-z]{10})"/.exec(text)?.[1]
  const n = /bakery\.dev(?:~1|\/)step"(?:,"value")?:"(\d+)"/.exec(text)?.[1]
  return id === undefined || n === undefined ? null : { id, n }
}

function effectsOf(evidence: Evidence, operation: OperationRow): readonly (Effect & { n: number })[] {
  return written(evidence).flatMap((effect) => {
    const mark = markOf(effect)
    if (mark !== null) return mark.id === operation.id ? [{ ...effect, n: Number(mark.n) }] : []
    const step = operation.steps.find(({ step: { ref, kind } }) => {
      const podStep = kind === 'delete-pod' || kind === 'evict'
      return podStep && effect.resource === 'pods' && (ref as Json).name === effect.name
    })
    return step === undefined ? [] : [{ ...effect, n: step.n }]
  })
}

/** I1: an effect has an intent before it, of its own step, under one digest. I8: none after the time was over. */
function intents(evidence: Evidence, operation: OperationRow): string[] {
  const rows = rowsOf(evidence.audit, operation.id, 'step').filter(({ decision }) => decision === 'intent')
  return effectsOf(evidence, operation).flatMap((effect) => {
    const before = rows.filter(
      ({ payload, at }) => payload.n === effect.n && at <= effect.at && payload.digest === operation.digest,
    )
    const found: string[] = []
    if (before.length === 0)
      found.push(`I1: ${operation.id} wrote ${effect.name} without an intent before it`)
    if (before.every(({ payload }) => typeof payload.fence !== 'string'))
      found.push(`I1: ${operation.id} has no fence`)
    if (operation.state === 'expired' || operation.state === 'denied') {
      found.push(`I8: ${operation.id} is ${operation.state} and has written ${effect.name}`)
    }
    return found
  })
}

/** I2: what ran was decided by as many other persons as it needs, for exactly this plan. */
function quorum(operation: OperationRow, audit: readonly AuditLine[]): string[] {
  const ran = rowsOf(audit, operation.id, 'operation').some(({ decision }) => decision === 'running')
  if (!ran || operation.risk !== 'destructive' || operation.follows !== null || operation.breakGlass !== null)
    return []
  const others = operation.reviews.filter(
    ({ person, verdict, digest }) =>
      verdict === 'approve' && digest === operation.digest && person !== operation.person,
  )
  const persons = new Set(others.map(({ person }) => person))
  return persons.size >= operation.approvals ? [] : [`I2: ${operation.id} ran with ${persons.size} approvals`]
}

/** I3: a step is written once; a pod that was asked to go twice has still gone once. */
function atMostOnce(evidence: Evidence, operation: OperationRow): string[] {
  const counts = new Map<number, number>()
  for (const { n, resource } of effectsOf(evidence, operation))
    if (resource !== 'pods') counts.set(n, (counts.get(n) ?? 0) + 1)
  return [...counts].flatMap(([n, times]) =>
    times > 1 ? [`I3: step ${n} of ${operation.id} was written ${times} times`] : [],
  )
}

/** I5 and I6: each state follows from the one before, nothing follows a final one, each has exactly one row. */
function states(operation: OperationRow, audit: readonly AuditLine[]): string[] {
  const said = rowsOf(audit, operation.id, 'operation').map(({ decision }) => decision)
  const found: string[] = []
  said.forEach((state, place) => {
    const former = said[place - 1] ?? ''
    if (FINAL.has(former)) found.push(`I5: ${operation.id} went from ${former} to ${state}`)
    else if (NEXT[former]?.split(' ').includes(state) !== true) {
      found.push(`I6: ${operation.id} went from ${former || 'nothing'} to ${state}`)
    }
  })
  if (said.at(-1) !== operation.state)
    found.push(`I6: ${operation.id} is ${operation.state}, its audit says ${said.at(-1)}`)
  if (said.length !== operation.changes)
    found.push(`I6: ${operation.id} has ${said.length} rows for ${operation.changes} states`)
  return found
}

/** I6: the chain is whole. */
function chain(audit: readonly AuditLine[]): string[] {
  let prev = '0'.repeat(64)
  let seq = 0
  for (const line of audit) {
    seq += 1
    if (line.seq !== seq || line.prev !== prev) return [`I6: the chain breaks at row ${line.seq}`]
    const bytes = JSON.stringify(
      Object.fromEntries(Object.entries(line.row).sort(([a], [b]) => (a < b ? -1 : 1))),
    )
    if (createHash('sha256').update(bytes).digest('hex') !== line.hash)
      return [`I6: the hash of row ${seq} is wrong`]
    prev = line.hash
  }
  return []
}

/** I7: it has come to an end, or somebody is asked. */
function ended({ id, state }: OperationRow): string[] {
  return FINAL.has(state) || state === 'needs-human' ? [] : [`I7: ${id} is still ${state}`]
}

/** I12: what is said to have succeeded is so. */
function proved(evidence: Evidence, operation: OperationRow): string[] {
  if (operation.state !== 'succeeded') return []
  return operation.steps.flatMap(({ step }) => {
    const why = notSo(step, evidence.object(step))
    return why === null ? [] : [`I12: ${operation.id} succeeded, and ${why}`]
  })
}

function notSo(step: Json, object: Json | null): string | null {
  const spec = (object?.spec ?? {}) as Json
  const metadata = (object?.metadata ?? {}) as Json
  const labels = (metadata.labels ?? {}) as Json
  const uid = (step.ref as Json).uid
  switch (step.kind) {
    case 'delete-pod':
    case 'evict':
      return object !== null && metadata.uid === uid ? 'the pod is there' : null
    case 'scale':
      return spec.replicas === step.to ? null : `it has ${String(spec.replicas)} replicas`
    case 'pause':
      return (spec.paused === true) === step.paused ? null : 'its rollout is not as it was asked for'
    case 'autoscale':
      return spec.maxReplicas === (step.to as Json).max ? null : 'its bounds are others'
    case 'cordon':
      return (spec.unschedulable === true) === step.cordoned ? null : 'the node is not as it was asked for'
    case 'suspend':
      return (spec.suspend === true) === step.suspended ? null : 'Flux is not as it was asked for'
    case 'exempt':
      return (labels['kustomize.toolkit.fluxcd.io/reconcile'] === 'disabled') === step.exempted
        ? null
        : 'the label is not'
    case 'restart':
    case 'rollback': {
      const status = (object?.status ?? {}) as Json
      const available = Number(status.availableReplicas ?? 0)
      return available >= Number(spec.replicas ?? 1) ? null : `only ${available} pods are available`
    }
    default:
      return object === null ? 'the object is gone' : null
  }
}

/** I13: nothing whose outcome was not seen is sent again before it was proved absent. */
function resent(operation: OperationRow, audit: readonly AuditLine[]): string[] {
  const open = new Set<unknown>()
  const found: string[] = []
  for (const { decision, payload } of rowsOf(audit, operation.id, 'step')) {
    if (decision === 'unknown') open.add(payload.n)
    else if (decision === 'intent' && open.has(payload.n)) {
      found.push(
        `I13: step ${String(payload.n)} of ${operation.id} was sent again while its outcome was unknown`,
      )
    } else open.delete(payload.n)
  }
  return found
}

/** I10: what people see is what the database says. */
function display({ shown }: Evidence, { id, state }: OperationRow): string[] {
  const text = shown.get(id)
  const wanted = SHOWN[state]
  if (wanted === undefined) return []
  if (text === undefined) return [`I10: ${id} is ${state}, and its channel shows nothing`]
  return wanted.test(text) ? [] : [`I10: ${id} is ${state}, and its channel shows “${text}”`]
}

/** I1: no write of Bakery's that belongs to no operation. */
function strangers(evidence: Evidence): string[] {
  const known = new Set(
    evidence.operations.flatMap((operation) => effectsOf(evidence, operation).map(({ auditID }) => auditID)),
  )
  return written(evidence).flatMap(({ auditID, verb, name }) =>
    known.has(auditID) ? [] : [`I1: ${verb} of ${name} belongs to no operation`],
  )
}

/** I4: no two operations hold one object at the same time. */
function overlaps({ operations, audit }: Evidence): string[] {
  const spans = operations.flatMap((operation) => {
    const rows = rowsOf(audit, operation.id, 'operation')
    const from = rows.find(({ decision }) => decision === 'approved')?.seq
    if (from === undefined) return []
    const to = rows.find(({ decision }) => FINAL.has(decision))?.seq ?? Number.POSITIVE_INFINITY
    return operation.steps.map(({ step }) => ({ id: operation.id, key: JSON.stringify(step.ref), from, to }))
  })
  return spans.flatMap((one, place) =>
    spans
      .slice(place + 1)
      .filter(
        (other) => other.key === one.key && other.id !== one.id && other.from < one.to && one.from < other.to,
      )
      .map((other) => `I4: ${one.id} and ${other.id} held ${one.key} at the same time`),
  )
}
