import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and those above it where they are missing; throws when it is none, or cannot be written to. One at a time,
 * because Node's own `recursive` never ends where the system will not make one, as in /proc.
 */
export function ensureFolder(folder: string): void {
  makeMissing(resolve(folder))
  accessSync(folder, constants.W_OK | constants.X_OK)
}

function makeMissing(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found?.isDirectory()) return
  if (found) throw Object.assign(new Error(`${folder} is not a folder`), { code: 'ENOTDIR' })
  makeMissing(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (thrown) {
    // Another process that shares the folder may have been first.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw thrown
  }
}
