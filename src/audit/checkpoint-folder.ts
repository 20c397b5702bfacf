import { createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { coerceError } from '../core/errors.ts'
import { type Checkpoint, checkpointHash, openCheckpoint, signCheckpoint } from './checkpoint.ts'
import { ensureFolder } from './folder.ts'

const NAME = /^\d{12}\.checkpoint$/

/** Reads an Ed25519 private key (PKCS#8 PEM). Throws a sentence that never holds the key. */
export function readPrivateKey(file: string): KeyObject {
  return readKey(file, createPrivateKey, 'private')
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    const cause = coerceError(thrown)
    const why = 'code' in cause ? ` (${cause.code})` : ''
    throw new Error(`${file} cannot be read${why}`, { cause })
  }
}

/** Reads an Ed25519 public key: SPKI PEM, or the public half of a private key's file. */
export function readPublicKey(file: string): KeyObject {
  return readKey(file, createPublicKey, 'public')
}

function readKey(file: string, parse: (pem: string) => KeyObject, half: string): KeyObject {
  let key: KeyObject
  const pem = readText(file)
  try {
    key = parse(pem)
  } catch (thrown) {
    throw new Error(`${file} holds no ${half} key in PEM form`, { cause: coerceError(thrown) })
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`${file} holds a key of type ${key.asymmetricKeyType}, not Ed25519`)
  }
  return key
}

/**
 * All checkpoints of a folder, shortest chain first, each with a proved signature and naming the one before it. Throws
 * with the file's name when one cannot be trusted: what was signed cannot then be known.
 */
export function readCheckpoints(folder: string, publicKey: KeyObject): Checkpoint[] {
  const names = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
  const checkpoints: Checkpoint[] = []
  let previous: string | null = null
  for (const name of names) {
    const text = readFileSync(join(folder, name), 'utf8')
    try {
      const checkpoint = openCheckpoint(text, publicKey)
      if (checkpoint.size !== Number.parseInt(name, 10)) throw new Error('its name is not its size')
      if (previous !== null && checkpoint.previous !== previous)
        throw new Error('it does not name the one before it')
      checkpoints.push(checkpoint)
    } catch (thrown) {
      throw new Error(`checkpoint ${name} cannot be trusted: ${coerceError(thrown).message}`, {
        cause: thrown,
      })
    }
    previous = checkpointHash(text)
  }
  return checkpoints
}

/** The newest checkpoint of a folder with its text; null in an empty or missing one. */
export function newestCheckpoint(
  folder: string,
  publicKey: KeyObject,
): { checkpoint: Checkpoint; text: string } | null {
  ensureFolder(folder)
  const name = readdirSync(folder)
    .filter((each) => NAME.test(each))
    .sort()
    .at(-1)
  if (!name) return null
  const text = readFileSync(join(folder, name), 'utf8')
  return { checkpoint: openCheckpoint(text, publicKey), text }
}

/**
 * Writes the checkpoint that follows the one of `after` rows (0: the first), whole or not at all, and only one: of several
 * processes that share the folder, the first to link `.after-N` has written it, and the others bring to its end what that one
 * may have left half done. Returns the checkpoint that follows: this one, or the other's.
 */
export function writeCheckpoint(
  folder: string,
  after: number,
  checkpoint: Checkpoint,
  key: KeyObject,
): Checkpoint {
  const temporary = join(folder, `.checkpoint-${randomUUID()}`)
  const only = join(folder, `.after-${padded(after)}`)
  writeFileSync(temporary, signCheckpoint(checkpoint, key), { mode: 0o600, flush: true, flag: 'wx' })
  try {
    const isFirst = linked(temporary, only)
    const written = isFirst ? checkpoint : openCheckpoint(readFileSync(only, 'utf8'), createPublicKey(key))
    linked(only, join(folder, `${padded(written.size)}.checkpoint`))
    return written
  } finally {
    rmSync(temporary, { force: true })
  }
}

function padded(size: number): string {
  return String(size).padStart(12, '0')
}

/** False: there is a file of that name already. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (thrown) {
    const problem = coerceError(thrown)
    if ('code' in problem && problem.code === 'EEXIST') return false
    throw problem
  }
}
