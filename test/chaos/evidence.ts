import type { Effect, Evidence, Json, OperationRow } from './checker.ts'
import type { ChaosWorld } from './world.ts'

/** What is left behind of one operation, read past everything of Bakery's own. */
export async function evidenceOf(world: ChaosWorld, id: string, effectsBefore: number): Promise<Evidence> {
  const { admin } = world
  const { rows: audit } = await admin.query(
    `SELECT a.seq::integer AS seq, audit_moment(a.at) AS at, a.kind, a.actor, a.person, a.channel, a.surface, a.command,
       a.target, a.operation, a.decision, a.code, a.ref, a.payload_hash AS "payloadHash", a.prev, a.hash, p.body
     FROM audit a LEFT JOIN audit_payload p USING (seq) ORDER BY a.seq`,
  )
  const operation = await operationRow(world, id)
  const objects = new Map<string, Json | null>()
  for (const { step } of operation.steps) objects.set(JSON.stringify(step.ref), await objectOf(world, step))
  return {
    audit: audit.map(({ body, ...row }) => {
      const { hash, ...rest } = row
      return { ...row, hash, row: rest, payload: body === null ? {} : JSON.parse(body) }
    }),
    operations: [operation],
    effects: world.cluster.audit().slice(effectsBefore).map(effectOf),
    object: (step) => objects.get(JSON.stringify(step.ref)) ?? null,
    shown: await shownOf(world, id),
  }
}

export async function stateOf({ admin }: ChaosWorld, id: string): Promise<string> {
  const { rows } = await admin.query('SELECT state FROM operation WHERE id = $1', [id])
  return rows[0]?.state ?? 'none'
}

async function operationRow({ admin }: ChaosWorld, id: string): Promise<OperationRow> {
  const { rows } = await admin.query(
    `SELECT o.id, o.state, o.digest, o.risk, o.approvals, o.person, o.changes, o.follows, o.break_glass AS "breakGlass",
       o.expires_at AS "expiresAt",
       (SELECT json_agg(json_build_object('n', n, 'state', state, 'step', step) ORDER BY n)
        FROM operation_step WHERE operation = o.id) AS steps,
       (SELECT coalesce(json_agg(json_build_object('person', person, 'verdict', verdict, 'digest', digest)), '[]')
        FROM operation_review WHERE operation = o.id) AS reviews
     FROM operation o WHERE o.id = $1`,
    [id],
  )
  return rows[0]
}

function effectOf(event: ReturnType<ChaosWorld['cluster']['audit']>[number]): Effect {
  return {
    auditID: event.auditID,
    verb: event.verb,
    user: event.user.username,
    uri: event.requestURI,
    resource: event.objectRef.resource ?? '',
    name: event.objectRef.name ?? '',
    code: Number(event.responseStatus.code ?? 0),
    at: event.stageTimestamp,
    body: event.requestObject,
  }
}

const PATHS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1/namespaces/bakery-ia/deployments',
  Pod: 'api/v1/namespaces/bakery-ia/pods',
  Node: 'api/v1/nodes',
  HorizontalPodAutoscaler: 'apis/autoscaling/v2/namespaces/bakery-ia/horizontalpodautoscalers',
  Kustomization: 'apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations',
  GitRepository: 'apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories',
}

async function objectOf({ cluster }: ChaosWorld, step: Json): Promise<Json | null> {
  const { kind, name } = step.ref as { kind: string; name: string }
  const headers = { authorization: `Bearer ${cluster.token}` }
  const response = await fetch(`${cluster.url}/${PATHS[kind]}/${name}`, { headers })
  return response.status === 200 ? ((await response.json()) as Json) : null
}

/** What the operation's message says, once nothing of it is on its way any more. */
async function shownOf({ admin, slack }: ChaosWorld, id: string): Promise<ReadonlyMap<string, string>> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await admin.query(
      `SELECT card.ts, (SELECT count(*)::integer FROM outbox m WHERE (m.id = card.id OR m.update_of = card.id)
         AND m.state IN ('waiting', 'claimed')) AS open
       FROM operation o JOIN outbox card ON card.id = o.card WHERE o.id = $1`,
      [id],
    )
    const [card] = rows
    if (card !== undefined && card.open === 0 && card.ts !== null) {
      const messages = await slack.messages('C0OPERATIONS')
      const message = messages.find(({ ts }) => ts === card.ts)
      return new Map(message === undefined ? [] : [[id, message.text]])
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return new Map()
}
