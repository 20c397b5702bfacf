import type { RawAnswer, RawApi } from '../api.ts'

export const MERGE = 'application/merge-patch+json'
export const STRATEGIC = 'application/strategic-merge-patch+json'
export const JSON_PATCH = 'application/json-patch+json'
export const APPLY = 'application/apply-patch+yaml'

/** What was asked and what the API server said to it, with everything that varies taken out. */
export type Said = Record<string, unknown>

export interface Recorder {
  readonly said: Said
  /** Asks and writes the answer down under this name. */
  ask(label: string, method: string, path: string, body?: unknown, type?: string): Promise<RawAnswer>
  /** Asks without writing anything down. */
  quietly(method: string, path: string, body?: unknown, type?: string): Promise<RawAnswer>
  note(label: string, value: unknown): void
}

/** Names that were made up for this run stand as `NAME`, `NAME-b`, … in what is written down. */
export function recorder(api: RawApi, name: string): Recorder {
  const said: Said = {}
  const tidied = (value: unknown) => tidy(value, name)
  return {
    said,
    async ask(label, method, path, body, type) {
      const answer = await api.request(method, path, body, type)
      said[label] = { status: answer.status, body: tidied(settled(answer)) }
      return answer
    },
    quietly: (method, path, body, type) => api.request(method, path, body, type),
    note(label, value) {
      said[label] = tidied(value)
    },
  }
}

/** How far controllers have come with a Deployment is a matter of moments. */
function settled({ json, text }: RawAnswer): unknown {
  if (json?.kind !== 'Deployment') return json ?? text
  const { status: _status, ...rest } = json
  return rest
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g

/** The value with uids, times, versions and this run's name taken out, and what only some writers fill in. */
export function tidy(value: unknown, name: string): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => VIEWS[key]?.(inner) ?? inner)
  return JSON.parse(
    text
      .replaceAll(name, 'NAME')
      .replaceAll(UID, 'UID')
      .replaceAll(TIME, 'TIME')
      .replaceAll(/"resourceVersion":"\d+"/g, '"resourceVersion":"VERSION"')
      .replaceAll(/(ResourceVersion in (?:object meta|precondition): )\d+/g, '$1VERSION')
      .replaceAll(/ in record \(\d+\)/g, ' in record (VERSION)')
      .replaceAll(/(patch: )?Invalid value: \\"\{\\\\\\".*?\}\\": /g, '$1Invalid value: OBJECT: ')
      .replaceAll(/ at TIME: /g, ': '),
  )
}

/** What has no order of its own, in one. */
const VIEWS: Readonly<Record<string, (value: unknown) => unknown>> = {
  managedFields: managers,
  conditions: (value) =>
    Array.isArray(value) ? value.toSorted((a, b) => (a.type < b.type ? -1 : 1)) : value,
}

/** Who manages which fields; what controllers manage is their business. */
function managers(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries
  return entries
    .filter((entry) => !/^kube-|kwok|go-http/.test(String(entry.manager)))
    .map(({ manager, operation, subresource, fieldsV1 }) => ({
      manager,
      operation,
      subresource,
      fields: fieldsV1,
    }))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

const keyOf = (entry: { manager: string; operation: string; subresource?: string }) =>
  `${entry.manager} ${entry.operation} ${entry.subresource ?? ''}`
