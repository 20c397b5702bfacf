import { qualifiedName, type Resource } from './resources.ts'

/** What the API server answers instead of an object (`kind: Status`). */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Readonly<Record<string, string>>
  readonly status: 'Failure' | 'Success'
  readonly message?: string
  readonly reason?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly code?: number
}

/** Thrown by whatever refuses a request; the server sends `status` as the body. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: Status

  constructor(code: number, reason: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message)
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }
}

type Named = Pick<Resource, 'group' | 'plural'>

const details = ({ group, plural }: Named, name?: string) => ({
  ...(name === undefined ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind: plural,
})

export const notFound = (resource: Named, name: string) =>
  new Refusal(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, details(resource, name))

export const noSuchResource = () =>
  new Refusal(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (resource: Named, name: string) =>
  new Refusal(
    409,
    'AlreadyExists',
    `${qualifiedName(resource)} "${name}" already exists`,
    details(resource, name),
  )

export const conflict = (resource: Named, name: string, why = MODIFIED) =>
  new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`,
    details(resource, name),
  )
const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again'

export const badRequest = (message: string) => new Refusal(400, 'BadRequest', message)

export const methodNotAllowed = () =>
  new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export const unsupportedMediaType = (accepted: readonly string[]) =>
  new Refusal(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const unauthorized = () => new Refusal(401, 'Unauthorized', 'Unauthorized')

/** 410: the version asked for has been compacted away. */
export const expired = (message: string) => new Refusal(410, 'Expired', message)

/** 422 for one field of an object. */
export function invalidField(
  kind: string,
  group: string,
  name: string,
  field: { name: string; value: unknown; mustBe: string },
): Refusal {
  const message = `Invalid value: ${JSON.stringify(field.value)}: ${field.mustBe}`
  const qualified = group === '' ? kind : `${kind}.${group}`
  return new Refusal(422, 'Invalid', `${qualified} "${name}" is invalid: ${field.name}: ${message}`, {
    name,
    ...(group === '' ? {} : { group }),
    kind,
    causes: [{ reason: 'FieldValueInvalid', message, field: field.name }],
  })
}

export interface Attempt {
  readonly user: string
  readonly verb: string
  readonly group: string
  readonly plural: string
  readonly subresource: string | null
  readonly namespace: string | null
  readonly name: string | null
}

export function forbidden(attempt: Attempt): Refusal {
  const { user, verb, group, plural, subresource, namespace, name } = attempt
  const subject = name === null ? qualifiedName(attempt) : `${qualifiedName(attempt)} "${name}"`
  const scope = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const what = subresource === null ? plural : `${plural}/${subresource}`
  return new Refusal(
    403,
    'Forbidden',
    `${subject} is forbidden: User "${user}" cannot ${verb} resource "${what}" in API group "${group}" ${scope}`,
    details(attempt, name ?? undefined),
  )
}

export const forbiddenPath = (user: string, verb: string, path: string) =>
  new Refusal(403, 'Forbidden', `forbidden: User "${user}" cannot ${verb} path "${path}"`, {})
