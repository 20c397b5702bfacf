import { parse } from 'yaml'
import type { Exchange } from './exchange.ts'
import { badRequest, Invalid, META } from './failures.ts'
import type { Manager } from './managed-fields.ts'
import { isRecord, type KubeObject } from './objects.ts'
import type { ResourceRequest } from './requests.ts'
import { groupVersion, type Resource } from './resources.ts'

/** The object in the body of a request; 400 when there is none, or one of another kind. */
export function manifestOf(resource: Pick<Resource, 'group' | 'version' | 'kind'>, body: string) {
  const { kind } = resource
  const unrecognised = (why: string) =>
    badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why}`)
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch (error) {
    throw unrecognised(`couldn't get version/kind; json parse error: ${String(error)}`)
  }
  if (!isRecord(parsed)) throw unrecognised('it is no object')
  const given = parsed.kind
  if (typeof given === 'string' && given !== kind) {
    const { version } = resource
    throw badRequest(
      `${given} in version "${groupVersion(resource)}" cannot be handled as a ${kind}: converting (${version}.${given}) to (core.${kind}): unknown conversion`,
    )
  }
  return parsed
}

/** The configuration of a server-side apply: YAML or JSON. */
export function configurationOf(body: string): Record<string, unknown> {
  const config: unknown = parse(body)
  if (!isRecord(config)) throw badRequest('error decoding YAML: it is no object')
  if (typeof config.kind !== 'string' || typeof config.apiVersion !== 'string') {
    throw badRequest('invalid object type: /, Kind=')
  }
  if (isRecord(config.metadata) && config.metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil')
  }
  return config
}

/** What is written must be what the address says. */
export function checkAddress(
  metadata: unknown,
  { name, namespace }: Pick<ResourceRequest, 'name' | 'namespace'>,
): void {
  const given = isRecord(metadata) ? metadata : {}
  if (name !== null && given.name !== undefined && given.name !== name) {
    throw badRequest(
      `the name of the object (${String(given.name)}) does not match the name on the URL (${name})`,
    )
  }
  if (namespace !== null && given.namespace !== undefined && given.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

/** A uid that is not the object's own can never be written. */
export function checkUid(
  resource: Resource,
  before: KubeObject,
  after: Readonly<Record<string, unknown>>,
): void {
  const uid = isRecord(after.metadata) ? after.metadata.uid : undefined
  if (uid === undefined || uid === before.metadata.uid) return
  const invalid = new Invalid(resource, before.metadata.name)
  for (let turn = 0; turn < 2; turn += 1) invalid.add('metadata.uid', uid, 'field is immutable')
  invalid.throwIfAny()
}

const OPTIONS: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

/** Whether nothing may really happen; `dryRun` knows only `All`. */
export function isTrial(verb: string, { query }: Exchange, body: unknown = null): boolean {
  const inBody = isRecord(body) && Array.isArray(body.dryRun) ? body.dryRun.map(String) : []
  const wanted = [...query.getAll('dryRun'), ...inBody]
  if (wanted.every((one) => one === 'All')) return wanted.length > 0
  const meta = new Invalid({ ...META, kind: OPTIONS[verb] ?? 'UpdateOptions' }, '')
  throw meta.unsupported('dryRun', wanted, ['All'])
}

/** Who writes: as the request names it, else what the client calls itself. */
export function managerOf(
  { query, userAgent }: Exchange,
  operation: Manager['operation'] = 'Update',
): Manager {
  const given = query.get('fieldManager')
  const name = given || userAgent.split('/')[0] || 'unknown'
  return { name, operation }
}
