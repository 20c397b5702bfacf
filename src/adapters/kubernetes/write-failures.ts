import { WriteFailure, type WriteFailureKind, type WriteRequest } from '../../core/ports/objects.ts'
import { at, count, list, text } from '../../core/raw.ts'
import { createScrubber } from '../../core/scrub.ts'
import { objectName } from '../../core/steps.ts'
import type { Unanswered } from './client.ts'
import type { ApiAnswer } from './exchange.ts'

/** Webhooks and quotas write these sentences: anything can stand in them. */
const { scrub } = createScrubber()
const LONGEST = 400

/** The API server's own words for a JSON patch that could not be applied: a `test` that failed, before it looked at the object. */
const PATCH_DOES_NOT_APPLY = 'the server rejected our request due to an error in our request'
/** A refusal that the API server reports as its own failure, made before anything is done. Source: pkg/registry/core/pod/storage/eviction.go. */
const TWO_BUDGETS = 'more than one PodDisruptionBudget'

/** What an answer that is no success means. */
export function failureOf(answer: ApiAnswer, request: WriteRequest): WriteFailure {
  const status = parsed(answer.text)
  const said = sentence(status, answer)
  const kind = kindOf(answer.status, status, request)
  return new WriteFailure({
    kind,
    message: message(kind, request, said, answer.status),
    status: answer.status,
    reason: text(at(status, 'reason')),
    retryAfterSeconds:
      answer.retryAfterSeconds ?? (count(at(status, 'details', 'retryAfterSeconds')) || null),
    auditId: answer.auditId,
  })
}

/** A success whose object did not come: the write has most likely happened, and the object has to be read to know. */
export function cutOff(answer: ApiAnswer, request: WriteRequest): WriteFailure {
  return new WriteFailure({
    kind: 'unknown',
    message: message('unknown', request, 'the answer stopped in the middle', answer.status),
    status: answer.status,
    auditId: answer.auditId,
  })
}

export function unansweredFailure(error: Unanswered, request: WriteRequest): WriteFailure {
  const kind = error.sent ? 'unknown' : 'unsent'
  return new WriteFailure({ kind, message: message(kind, request, error.message, null), cause: error })
}

function kindOf(code: number, status: unknown, { verb }: WriteRequest): WriteFailureKind {
  if (code === 404) return 'absent'
  if (code === 409) return 'conflict'
  if (code === 422 && isConflict(status)) return 'conflict'
  // 408: something between here and the API server gave up waiting.
  if (code >= 400 && code < 500 && code !== 408) return 'refused'
  if (verb === 'evict' && text(at(status, 'message'))?.includes(TWO_BUDGETS) === true) return 'refused'
  return 'unknown'
}

/** A JSON patch whose tests failed, or another kind of patch that names the UID of another object: that may not change. */
function isConflict(status: unknown): boolean {
  const fields = list(at(status, 'details', 'causes')).map((cause) => at(cause, 'field'))
  return fields.includes('metadata.uid') || text(at(status, 'message')) === PATCH_DOES_NOT_APPLY
}

function message(kind: WriteFailureKind, request: WriteRequest, said: string, code: number | null): string {
  const name = objectName(request.ref)
  switch (kind) {
    case 'conflict':
      return `${name} is not as it was when this was read: somebody changed or replaced it. Nothing was changed.`
    case 'refused':
      return `The API server refuses to ${request.verb} ${name} (${code}): ${said}. Nothing was changed.`
    case 'absent':
      return `There is no ${name}. Nothing was changed.`
    case 'unsent':
      return `Nothing was sent, so ${name} was not changed: ${said}.`
    case 'unknown':
      return `It is not known whether ${name} was changed: ${said}.`
  }
}

/** What the API server said, with the causes that name a budget or a field, cleaned, without its full stop. */
function sentence(status: unknown, answer: ApiAnswer): string {
  const causes = list(at(status, 'details', 'causes')).flatMap((one) => text(at(one, 'message')) ?? [])
  const main = text(at(status, 'message')) ?? answer.text?.trim() ?? ''
  const parts = [main, ...causes.filter((cause) => !main.includes(cause))].filter((part) => part !== '')
  const said = scrub(parts.map(withoutStop).join('. ').replace(/\s+/g, ' ')).text.slice(0, LONGEST)
  return said === '' ? `it answered ${answer.status}` : said
}

const withoutStop = (part: string) => part.replace(/[.\s]+$/, '')

function parsed(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return null
  }
}
