import { canonical } from './objects.ts'
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

/** 415 when no kind of patch has this media type at all. */
export const unknownMediaType = () =>
  new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})

export const unauthorized = () => new Refusal(401, 'Unauthorized', 'Unauthorized')

/** 410: the version asked for has been compacted away. */
export const expired = (message: string) => new Refusal(410, 'Expired', message)

/** The group of the API server's own options. */
export const META = { group: 'meta.k8s.io' }

interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** 422: what is wrong with the fields of an object, all of it at once. */
export class Invalid {
  readonly #kind: { readonly group: string; readonly kind: string }
  readonly #name: string
  readonly #causes: Cause[] = []

  constructor(kind: { readonly group: string; readonly kind: string }, name: string) {
    this.#kind = kind
    this.#name = name
  }

  add(field: string, value: unknown, why: string): this {
    const message = `Invalid value: ${canonical(value)}: ${why}`
    this.#causes.push({ reason: 'FieldValueInvalid', message, field })
    return this
  }

  addRequired(field: string, why?: string): this {
    const message = why === undefined ? 'Required value' : `Required value: ${why}`
    this.#causes.push({ reason: 'FieldValueRequired', message, field })
    return this
  }

  addForbidden(field: string, why: string): this {
    this.#causes.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field })
    return this
  }

  wrong = (field: string, value: unknown, why: string) => this.add(field, value, why).refusal()
  required = (field: string, why: string) => this.addRequired(field, why).refusal()

  unsupported(field: string, value: unknown, supported: readonly string[]): Refusal {
    const values = supported.map((one) => `"${one}"`).join(', ')
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${values}`
    this.#causes.push({ reason: 'FieldValueNotSupported', message, field })
    return this.refusal()
  }

  refusal(): Refusal {
    const { group, kind } = this.#kind
    const texts = this.#causes.map(({ field, message }) => `${field}: ${message}`)
    const unique = [...new Set(texts)]
    const list = unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`
    const subject = `${group === '' ? kind : `${kind}.${group}`} "${this.#name}"`
    return new Refusal(422, 'Invalid', `${subject} is invalid: ${list}`, {
      ...(this.#name === '' ? {} : { name: this.#name }),
      ...(group === '' ? {} : { group }),
      ...(kind === '' ? {} : { kind }),
      causes: this.#causes,
    })
  }

  throwIfAny(): void {
    if (this.#causes.length > 0) throw this.refusal()
  }
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
