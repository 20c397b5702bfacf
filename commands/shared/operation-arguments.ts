import { z } from 'zod'

/** Arguments of the commands about operations. */
export const operationId = z
  .string()
  .regex(/^[0-9a-z]{10}$/, 'must be the ten characters of an operation')
  .describe('the ten characters that an operation is known by')

/** At least as much of it as buttons carry (core/plan.ts, `DIGEST_SHOWN`). */
export const shownDigest = z
  .string()
  .regex(/^[0-9a-f]{16,64}$/, 'must be the first 16 characters of the plan’s digest')
  .describe('the first 16 characters of the plan’s digest, as its card shows them')

export const reason = z.string().trim().min(3).max(300).optional().describe('why, in your words')
