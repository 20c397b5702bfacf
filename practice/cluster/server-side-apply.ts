import { applyConfiguration } from './apply.ts'
import { checkAddress, isTrial, managerOf } from './body.ts'
import type { Cluster } from './cluster.ts'
import type { Exchange } from './exchange.ts'
import { conflict, Invalid, META, notFound } from './failures.ts'
import type { Manager } from './managed-fields.ts'
import { isRecord, type KubeObject, type Manifest, valueAt } from './objects.ts'
import { isTrue, type ResourceRequest } from './requests.ts'
import type { Resource } from './resources.ts'
import { createObject, replaceObject } from './writes.ts'

interface Call {
  readonly request: ResourceRequest
  readonly exchange: Exchange
}

function settingsOf({ request, exchange }: Call, config: Record<string, unknown>) {
  const { query } = exchange
  if (!query.get('fieldManager')) {
    const meta = new Invalid({ ...META, kind: 'PatchOptions' }, '')
    throw meta.required('fieldManager', 'is required for apply patch')
  }
  checkAddress(config.metadata, request)
  const manager: Manager = managerOf(exchange, 'Apply')
  return { manager, force: isTrue(query.get('force')), dryRun: isTrial('patch', exchange) }
}

/** Server-side apply of something that is not there yet makes it, unless it names a version or uid that it expects. */
export function createByApply(
  cluster: Cluster,
  resource: Resource,
  config: Record<string, unknown>,
  call: Call,
): KubeObject {
  const settings = settingsOf(call, config)
  const { namespace, name } = call.request
  if (valueAt(config, ['metadata', 'uid']) !== undefined) throw notFound(resource, name ?? '')
  const { object, managedFields } = applyConfiguration(cluster, resource, null, config, settings)
  const given = isRecord(object.metadata) ? object.metadata : {}
  const metadata = { ...given, name, ...(namespace === null ? {} : { namespace }) }
  const manifest = { ...object, metadata } as Manifest
  return createObject(cluster, resource, manifest, { dryRun: settings.dryRun, managedFields })
}

export function changeByApply(
  cluster: Cluster,
  resource: Resource,
  live: KubeObject,
  config: Record<string, unknown>,
  call: Call,
): KubeObject {
  return applyTo(cluster, resource, live, config, settingsOf(call, config))
}

/** Applies a configuration to an object that is there, in the name of a manager. */
export function applyTo(
  cluster: Cluster,
  resource: Resource,
  live: KubeObject,
  config: Record<string, unknown>,
  settings: { manager: Manager; force: boolean; dryRun?: boolean },
): KubeObject {
  const based = valueAt(config, ['metadata', 'resourceVersion'])
  if (based !== undefined && based !== live.metadata.resourceVersion) {
    throw conflict(resource, live.metadata.name)
  }
  const { object, managedFields } = applyConfiguration(cluster, resource, live, config, settings)
  return replaceObject(cluster, resource, live, object, { dryRun: settings.dryRun, managedFields })
}
