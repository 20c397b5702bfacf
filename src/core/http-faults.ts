import { STATUS_CODES } from 'node:http'
import type { z } from 'zod'

/** `503 Service Unavailable`. */
export function statusLine(status: number): string {
  return STATUS_CODES[status] ? `${status} ${STATUS_CODES[status]}` : String(status)
}

/** What an HTTP status other than the expected one means, in words that follow a system's name. */
export function statusSays(status: number, path: string, withCredentials: boolean): string {
  const line = statusLine(status)
  if (status === 401 && !withCredentials) return `asks for credentials (${line}), and none are configured`
  if (status === 401) return `did not accept the configured credentials (${line})`
  if (status === 403) return `does not allow this with the configured credentials (${line})`
  if (status === 404)
    return `has nothing at ${path} (${line}): is its address right, with the prefix of its paths?`
  if (status === 429) return `is asked too often (${line})`
  if (status >= 300 && status < 400)
    return `points to another address (${line}), which is not followed: configure the final one`
  if (status === 502 || status === 503 || status === 504) return `is not available (${line})`
  if (status >= 500) return `failed (${line})`
  return `answered ${line}`
}

/** Statuses after which the same read may succeed a moment later. */
export function statusIsPassing(status: number): boolean {
  return status === 429 || status >= 500
}

/** The first thing that an answer lacks, without any of the answer's own text. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'another form was expected'
  const place = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : ''
  return `${place}${issue.message}`
}

/** Text from outside, made fit for one line of a message. */
export function oneLine(text: string, longest = 200): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  const points = [...line]
  return points.length <= longest ? line : `${points.slice(0, longest - 1).join('')}…`
}
