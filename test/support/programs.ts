import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/** Where a program is on this machine; null when it is missing. */
export function findProgram(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/lib/rabbitmq/bin']) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // not here: the next folder
    }
  }
  return null
}

/** With BAKERY_TEST_REQUIRE_ALL=1 (as in .ci/run) a missing part is a failure instead of a skip. */
const requireAll = process.env.BAKERY_TEST_REQUIRE_ALL === '1'

/**
 * A suite that needs something which `npm test` alone cannot bring: runs when it is there, is listed as skipped with its
 * name and the reason when it is not, and fails when everything is required.
 */
export function describeWith(
  needs: Readonly<Record<string, boolean>>,
  name: string,
  suite: () => void,
): void {
  const missing = Object.keys(needs).filter((need) => !needs[need])
  if (missing.length === 0) {
    describe(name, suite)
    return
  }
  if (!requireAll) {
    describe.skip(`${name} (skipped: needs ${missing.join(', ')})`, suite)
    return
  }
  describe(name, () => {
    throw new Error(`everything is required here, and this is missing: ${missing.join(', ')}`)
  })
}
