import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { SpooledRow } from '../core/emergency.ts'
import { ensureFolder } from './folder.ts'

export interface Spool {
  /** On disk, past the disk's own cache, when this returns. Throws when it cannot be: then nothing may be done. */
  append(row: SpooledRow): void
  /** Hands over every row, oldest first, and forgets it only when `chain` has succeeded for it. Returns how many. */
  drain(chain: (row: SpooledRow) => Promise<void>): Promise<number>
}

/** By then whoever took a file to hand it over is gone. */
const GONE_MS = 10 * 60_000
const WAITING = /^spool(\.[\w-]+)?\.jsonl$/
const TAKEN = /^(spool(?:\.[\w-]+)?\.jsonl)\.taken-[\w-]+$/

/**
 * A spool in a folder that outlives the process, and that several processes may share: each row is a file of its own, which
 * appears whole or not at all, and is handed over by whoever renames it first. A row can be handed over twice after a crash,
 * and never not at all.
 */
export function createSpool(folder: string): Spool {
  ensureFolder(folder)
  const own = randomUUID()
  let last = 0
  return {
    append(row) {
      // Names go up, so that what was asked first is handed over first.
      last = Math.max(Date.now(), last + 1)
      const temporary = join(folder, `.spool-${randomUUID()}`)
      try {
        writeWhole(temporary, `${JSON.stringify(row)}\n`)
        renameSync(temporary, join(folder, `spool.${last}-${own}.jsonl`))
        syncFolder(folder)
      } catch (thrown) {
        rmSync(temporary, { force: true })
        throw thrown
      }
    },
    async drain(chain) {
      giveBackLost(folder)
      let drained = 0
      for (const name of readdirSync(folder)
        .filter((each) => WAITING.test(each))
        .toSorted(byAge)) {
        const taken = join(folder, `${name}.taken-${own}`)
        if (!renamed(join(folder, name), taken)) continue
        try {
          for (const row of rowsOf(taken)) {
            await chain(row)
            drained += 1
          }
        } catch (thrown) {
          renameSync(taken, join(folder, name))
          throw thrown
        }
        rmSync(taken, { force: true })
      }
      return drained
    },
  }
}

/** `wx`: never somebody else's file. */
function writeWhole(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A name is on disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** False: somebody else was first. */
function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (thrown) {
    if (isGone(thrown)) return false
    throw thrown
  }
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}

/** What a process had taken that was gone before it was through. A rename counts as a change of the file. */
function giveBackLost(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, before] = TAKEN.exec(name) ?? []
    if (before === undefined) continue
    const age = Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.ctimeMs ?? Date.now())
    if (age > GONE_MS) renamed(join(folder, name), join(folder, before))
  }
}

/** A file without a moment in its name is that of an earlier release: it is the oldest. */
function byAge(a: string, b: string): number {
  return momentOf(a) - momentOf(b) || (a < b ? -1 : 1)
}

function momentOf(name: string): number {
  return Number(/^spool\.(\d+)-/.exec(name)?.[1] ?? 0)
}

/** The whole lines of a file; the last one of an earlier release may have been cut by a crash before it was acknowledged. */
function rowsOf(file: string): SpooledRow[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as SpooledRow)
}
