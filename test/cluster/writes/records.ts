import { readFile } from 'node:fs/promises'
import type { RawAnswer } from '../api.ts'
import { deploymentNamed, eventually } from '../world.ts'
import { MERGE, type Recorder } from './recorder.ts'

const APPS = '/apis/apps/v1/namespaces/bakery-ia/deployments'
const PODS = '/api/v1/namespaces/bakery-ia/pods'
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

interface Event {
  readonly auditID: string
  readonly user: { readonly username: string }
  readonly annotations?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/** The API server's own record of writes: found by the header of the answer, with what was asked and what came of it. */
export async function records({ quietly, note }: Recorder, name: string, auditLog: string): Promise<void> {
  const events = async () =>
    (await readFile(auditLog, 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Event)
  const eventOf = async ({ auditId }: RawAnswer) =>
    (await events()).find(({ auditID }) => auditID === auditId) ?? null
  const written = async (label: string, answer: RawAnswer) => {
    const event = await eventually(
      20_000,
      () => eventOf(answer),
      (found) => found !== null,
    )
    note(label, event && comparable(event))
  }
  const made = deploymentNamed(name) as { spec: object }
  const idle = { ...made, spec: { ...made.spec, paused: true, replicas: 0 } }
  const one = `${APPS}/${name}`
  await written('a creation', await quietly('POST', `${APPS}?fieldManager=hand`, idle))
  await written('a creation of what is there', await quietly('POST', APPS, idle))
  await written(
    'a patch',
    await quietly('PATCH', `${one}?fieldManager=hand`, { spec: { minReadySeconds: 1 } }, MERGE),
  )
  await written(
    'a patch as a trial',
    await quietly('PATCH', `${one}?dryRun=All`, { spec: { minReadySeconds: 2 } }, MERGE),
  )
  const stale = { metadata: { resourceVersion: '1' }, spec: { minReadySeconds: 3 } }
  await written('a patch on a stale version', await quietly('PATCH', one, stale, MERGE))
  await written('a scale', await quietly('PATCH', `${one}/scale`, { spec: { replicas: 0 } }, MERGE))
  await written('a patch that is wrong', await quietly('PATCH', one, { spec: { replicas: -1 } }, MERGE))
  const eviction = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'none', namespace: 'bakery-ia' },
  }
  await written('an eviction of what is not there', await quietly('POST', `${PODS}/none/eviction`, eviction))
  const preconditions = { preconditions: { uid: '11111111-1111-4111-8111-111111111111' } }
  await written('a deletion of another uid', await quietly('DELETE', one, preconditions))
  await written('a deletion', await quietly('DELETE', one))
  await written('a deletion of what has gone', await quietly('DELETE', one))
  const read = await quietly('GET', `${APPS}?limit=1`)
  const review = await quietly('POST', REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { resource: 'pods', verb: 'get' } },
  })
  note('reading and asking what one may: they have an id, and are not written down', {
    ids: [read, review].map(({ auditId }) => auditId !== ''),
    written: await Promise.all([read, review].map(async (answer) => (await eventOf(answer)) !== null)),
  })
}

/** Without what differs from one caller and moment to the next. */
function comparable({ user, annotations = {}, ...event }: Event): unknown {
  const { sourceIPs: _from, userAgent: _agent, requestReceivedTimestamp, stageTimestamp, ...rest } = event
  const times = [requestReceivedTimestamp, stageTimestamp].every((at) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(String(at)),
  )
  return { ...rest, user: user.username, decision: annotations['authorization.k8s.io/decision'], times }
}
