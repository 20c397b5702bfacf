import { badRequest, Refusal, unknownMediaType, unsupportedMediaType } from './failures.ts'
import { canonical, isRecord } from './objects.ts'

export const JSON_PATCH = 'application/json-patch+json'
export const MERGE_PATCH = 'application/merge-patch+json'
export const STRATEGIC_PATCH = 'application/strategic-merge-patch+json'

export const APPLY_PATCH = 'application/apply-patch+yaml'

/** The kinds of patch that a resource takes; 415 for any other. */
export function checkPatchType(type: string, custom: boolean): void {
  const all = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH]
  if (!all.includes(type)) throw unknownMediaType()
  const accepted = custom ? all.filter((one) => one !== STRATEGIC_PATCH) : all
  if (!accepted.includes(type)) throw unsupportedMediaType(accepted)
}

/** Applies a patch of the JSON, merge or strategic kind; the given object stays as it is. */
export function applyPatch(target: unknown, type: string, text: string, custom: boolean): unknown {
  checkPatchType(type, custom)
  const patch = parse(text)
  if (type === MERGE_PATCH) return mergePatch(target, patch)
  if (type === STRATEGIC_PATCH) return strategicPatch(target, patch, '')
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
  }
  return patch.reduce<unknown>(applyOperation, target)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : 'not JSON'}`)
  }
}

/** RFC 7386: null removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}

/** The key by which Kubernetes merges the items of these lists; all other lists are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  conditions: 'type',
  ownerReferences: 'uid',
  imagePullSecrets: 'name',
}

/** Kubernetes' strategic merge patch, as far as the lists above and `$patch: replace | delete` go. */
export function strategicPatch(target: unknown, patch: unknown, field: string): unknown {
  if (Array.isArray(patch)) return mergeLists(target, patch, MERGE_KEYS[field])
  if (!isRecord(patch)) return patch
  const { $patch: directive, ...rest } = patch
  if (directive === 'replace') return rest
  const result = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(rest)) {
    if (value === null) delete result[key]
    else result[key] = strategicPatch(result[key], value, key)
  }
  return result
}

function mergeLists(target: unknown, patch: readonly unknown[], mergeKey: string | undefined): unknown {
  if (mergeKey === undefined || !Array.isArray(target)) return patch
  const idOf = (item: unknown) => (isRecord(item) ? item[mergeKey] : undefined)
  let result: unknown[] = [...target]
  for (const item of patch) {
    const index = result.findIndex((candidate) => idOf(candidate) === idOf(item))
    if (isRecord(item) && item.$patch === 'delete') result = result.toSpliced(index, index < 0 ? 0 : 1)
    else if (index < 0) result.push(item)
    else result[index] = strategicPatch(result[index], item, '')
  }
  return result
}

const failed = () =>
  new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {})

/** One operation of RFC 6902 (add, remove, replace, test). */
function applyOperation(target: unknown, operation: unknown): unknown {
  if (!isRecord(operation) || typeof operation.path !== 'string') throw failed()
  const { op, path, value } = operation
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (op !== 'add' && op !== 'remove' && op !== 'replace' && op !== 'test') throw failed()
  return change(target, steps, op, value)
}

function change(target: unknown, [step, ...rest]: readonly string[], op: string, value: unknown): unknown {
  if (step === undefined) {
    if (op === 'test' && canonical(target) !== canonical(value)) throw failed()
    return op === 'test' ? target : value
  }
  if (Array.isArray(target)) return changeItem(target, step, rest, op, value)
  if (!isRecord(target)) throw failed()
  if (rest.length > 0 || op === 'test') {
    return { ...target, [step]: change(target[step], rest, op, value) }
  }
  if (op !== 'add' && !(step in target)) throw failed()
  const { [step]: _gone, ...others } = target
  return op === 'remove' ? others : { ...target, [step]: value }
}

function changeItem(
  target: readonly unknown[],
  step: string,
  rest: readonly string[],
  op: string,
  value: unknown,
): unknown {
  const index = step === '-' ? target.length : Number(step)
  if (!Number.isInteger(index) || index < 0 || index > target.length) throw failed()
  if (op === 'add' && rest.length === 0) return target.toSpliced(index, 0, value)
  if (index >= target.length) throw failed()
  if (rest.length > 0 || op === 'test') return target.with(index, change(target[index], rest, op, value))
  return op === 'remove' ? target.toSpliced(index, 1) : target.with(index, value)
}
