import { z } from 'zod'
import type { Operation, OperationStep } from '../core/operation.ts'
import { objectName, type Step, type StepKind } from '../core/steps.ts'

/**
 * Two ledgers, kept by two that do not ask each other: Bakery's operations, and the API server's own audit log
 * (`audit.k8s.io/v1`). Joined, each write has its operation and each step that says it was written has its write.
 */

/** One write in the cluster's ledger, by an account of Bakery's. */
export interface ClusterWrite {
  readonly auditId: string
  readonly at: string
  readonly verb: string
  /** `Deployment/orders-service`; a resource that no step knows is named as the API server does. */
  readonly object: string
  readonly user: string
  readonly userAgent: string
}

/** A step that says that it was written. */
export interface ClaimedWrite {
  readonly operation: string
  readonly n: number
  readonly object: string
  readonly verb: string
  readonly auditIds: readonly string[]
  readonly from: string
  readonly to: string
}

export interface LedgerReport {
  readonly writes: number
  readonly claims: number
  /** Done by Bakery's accounts, and by no operation. */
  readonly unexplained: readonly ClusterWrite[]
  /** Said by an operation, and not done as far as the API server knows. */
  readonly unproved: readonly ClaimedWrite[]
}

const eventSchema = z.looseObject({
  auditID: z.string(),
  stage: z.string(),
  verb: z.string(),
  requestURI: z.string().default(''),
  user: z.looseObject({ username: z.string().default('') }).default({ username: '' }),
  userAgent: z.string().default(''),
  objectRef: z
    .looseObject({
      resource: z.string().default(''),
      name: z.string().default(''),
      subresource: z.string().optional(),
    })
    .optional(),
  responseStatus: z.looseObject({ code: z.number().default(0) }).optional(),
  requestReceivedTimestamp: z.string().default(''),
})

/** Who writes in Bakery's name: its accounts, and whoever calls itself Bakery. */
const ACCOUNT = /^system:serviceaccount:[^:]+:bakery-/
const AGENT = /^bakery(\/|$)/
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])
/** Questions and tokens change nothing of the platform. */
const NO_CHANGE =
  /^(serviceaccounts\/token|tokenreviews|selfsubject\w*|subjectaccessreviews|localsubject\w*)$/

/**
 * The writes of Bakery's accounts in an audit log, one JSON event a line. Dry runs, refusals and questions are no writes; a
 * request has an event for each stage, and counts once. Throws for a line that is no event, with its number.
 */
export function clusterWrites(text: string): readonly ClusterWrite[] {
  const found = new Map<string, ClusterWrite>()
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const write = writeOf(parseEvent(line, index + 1))
    if (write !== null) found.set(write.auditId, write)
  })
  return [...found.values()]
}

function parseEvent(line: string, number: number): z.infer<typeof eventSchema> {
  try {
    return eventSchema.parse(JSON.parse(line))
  } catch (cause) {
    throw new Error(`line ${number} is not an event of audit.k8s.io/v1`, { cause })
  }
}

function writeOf(event: z.infer<typeof eventSchema>): ClusterWrite | null {
  const { user, userAgent, verb, stage, requestURI, objectRef, responseStatus } = event
  if (!ACCOUNT.test(user.username) && !AGENT.test(userAgent)) return null
  const code = responseStatus?.code ?? 0
  if (stage !== 'ResponseComplete' || !WRITES.has(verb) || code < 200 || code > 299) return null
  if (/[?&]dryRun=All(&|$)/.test(requestURI)) return null
  const { resource = '', name = '', subresource } = objectRef ?? {}
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`
  if (NO_CHANGE.test(whole)) return null
  return {
    auditId: event.auditID,
    at: event.requestReceivedTimestamp,
    verb: subresource === 'eviction' ? 'evict' : verb,
    object: `${KINDS[resource] ?? resource}/${name}`,
    user: user.username,
    userAgent,
  }
}

const KINDS: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  pods: 'Pod',
  nodes: 'Node',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  kustomizations: 'Kustomization',
  helmreleases: 'HelmRelease',
  gitrepositories: 'GitRepository',
}

/** What operations say that they have written. */
function claimedWrites(operations: readonly Operation[]): readonly ClaimedWrite[] {
  return operations.flatMap((operation) =>
    operation.steps.flatMap((step) => (WRITTEN.has(step.state) ? [claimOf(operation, step)] : [])),
  )
}

/** `failed` was written and did not come about; what was refused is `absent`. */
const WRITTEN: ReadonlySet<string> = new Set(['sent', 'done', 'failed'])

function claimOf(
  { id, createdAt }: Operation,
  { n, step, auditIds, intentAt, settledAt }: OperationStep,
): ClaimedWrite {
  const verb = verbOf(step.kind)
  const to = settledAt ?? '9999'
  return { operation: id, n, object: objectName(step.ref), verb, auditIds, from: intentAt ?? createdAt, to }
}

function verbOf(kind: Step['kind'] & StepKind): string {
  if (kind === 'delete-pod') return 'delete'
  return kind === 'evict' ? 'evict' : 'patch'
}

/** The two clocks may differ by this much. */
const CLOCKS_MS = 5000

/**
 * Joins them: by the API server's id of the write; where its answer was lost, by object, verb and time. A write belongs to
 * one step.
 */
export function joinLedgers(writes: readonly ClusterWrite[], operations: readonly Operation[]): LedgerReport {
  const claims = claimedWrites(operations)
  const known = new Set(operations.flatMap(({ steps }) => steps.flatMap(({ auditIds }) => auditIds)))
  const left = new Map(writes.filter(({ auditId }) => !known.has(auditId)).map((one) => [one.auditId, one]))
  const done = new Set(writes.map(({ auditId }) => auditId))
  const unproved = claims.filter((claim) => {
    if (claim.auditIds.some((id) => done.has(id))) return false
    const lost = [...left.values()].find((write) => isOf(write, claim))
    if (lost !== undefined) left.delete(lost.auditId)
    return lost === undefined
  })
  return { writes: writes.length, claims: claims.length, unexplained: [...left.values()], unproved }
}

function isOf(write: ClusterWrite, claim: ClaimedWrite): boolean {
  const at = Date.parse(write.at)
  const inTime =
    at >= Date.parse(claim.from) - CLOCKS_MS && at <= (Date.parse(claim.to) || Infinity) + CLOCKS_MS
  return inTime && write.verb === claim.verb && write.object === claim.object
}
