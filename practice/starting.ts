import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeAfterUs } from './child.ts'
import { claimFolder } from './leftovers.ts'

type Release = () => Promise<unknown>

/** How what was started is stopped: first what stands `above`, newest first, then the `ground`, all of it at once. */
export interface Releases {
  readonly ground: Release[]
  readonly above: Release[]
}

export async function releaseAll(releases: Releases): Promise<void> {
  for (const release of releases.above.splice(0).reverse()) await release().catch(() => {})
  await Promise.allSettled(releases.ground.splice(0).map((release) => release()))
}

/** A folder of its own with a new audit key, removed with the world or after this process. */
export async function newFolder(releases: Releases): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bakery-practice-'))
  await claimFolder(folder)
  const callOff = removeAfterUs(folder)
  releases.ground.push(async () => {
    callOff()
    await rm(folder, { recursive: true, force: true })
  })
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(join(folder, 'audit-key.pem'), pem, { mode: 0o600 })
  await mkdir(join(folder, 'checkpoints'))
  return folder
}

/** Waits for all parts, also when one fails: none may be left starting. */
export async function together<T extends readonly unknown[]>(
  ...parts: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(parts)
  const failed = settled.find((part) => part.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return Promise.all(parts)
}

export type OnStep = ((what: string, seconds: number) => void) | undefined

/** `step` waits for a part, keeps how it is stopped, and says that it stands (a part without a name says so itself). */
export function timer(onStep: OnStep, releases: Releases) {
  const started = performance.now()
  const told = (what: string): void => onStep?.(what, (performance.now() - started) / 1000)
  const step = async <T extends { stop(): Promise<unknown> }>(
    what: string | null,
    part: Promise<T>,
  ): Promise<T> => {
    const value = await part
    releases.ground.push(() => value.stop())
    if (what !== null) told(what)
    return value
  }
  return { step, told }
}
