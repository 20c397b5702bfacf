import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

/**
 * A checkpoint says, signed, how long the chain was and what its last hash was: the only thing that stops an
 * administrator of the database from writing the whole chain anew. The form is C2SP's signed note
 * (https://c2sp.org/signed-note) around a C2SP checkpoint (https://c2sp.org/tlog-checkpoint) whose root is the chain's head.
 */
export interface Checkpoint {
  /** Rows in the chain. */
  readonly size: number
  /** Hash of row `size`, lower-case hexadecimal. */
  readonly head: string
  /** When it was signed, ISO 8601. */
  readonly at: string
  /** SHA-256 of the checkpoint before it, hexadecimal; null for the first. */
  readonly previous: string | null
}

const ORIGIN = 'bakery-audit'
const SIGNER = 'bakery'
/** The signed note's type byte for Ed25519. */
const ED25519 = 0x01

/** The signed text of a checkpoint. `key` is an Ed25519 private key. */
export function signCheckpoint(checkpoint: Checkpoint, key: KeyObject): string {
  const body = checkpointBody(checkpoint)
  const signature = sign(null, Buffer.from(body), key)
  const id = keyId(createPublicKey(key))
  return `${body}\n— ${SIGNER} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

/**
 * Reads a checkpoint and proves its signature. Throws with the reason when the text is none, or when no signature on it
 * was made with this key.
 */
export function openCheckpoint(text: string, publicKey: KeyObject): Checkpoint {
  const cut = text.indexOf('\n\n')
  if (cut < 0) throw new Error('it is not a signed note')
  const body = text.slice(0, cut + 1)
  const id = keyId(publicKey)
  const signed = text
    .slice(cut + 2)
    .split('\n')
    .some((line) => {
      const found = /^— \S+ ([A-Za-z0-9+/=]+)$/.exec(line)
      const bytes = Buffer.from(found?.[1] ?? '', 'base64')
      return bytes.subarray(0, 4).equals(id) && verify(null, Buffer.from(body), publicKey, bytes.subarray(4))
    })
  if (!signed) throw new Error('no signature on it was made with this key')
  return parseBody(body)
}

/** SHA-256 of a checkpoint's text: what the next one names as `previous`. */
export function checkpointHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function checkpointBody({ size, head, at, previous }: Checkpoint): string {
  const root = Buffer.from(head, 'hex').toString('base64')
  return `${ORIGIN}\n${size}\n${root}\nat ${at}\nprevious ${previous ?? 'none'}\n`
}

function parseBody(body: string): Checkpoint {
  const [origin, size, root, at, previous] = body.split('\n')
  const head = Buffer.from(root ?? '', 'base64').toString('hex')
  if (origin !== ORIGIN || !/^\d+$/.test(size ?? '') || head.length !== 64)
    throw new Error('it is not a checkpoint of an audit chain')
  const before = previous?.replace(/^previous /, '') ?? 'none'
  return {
    size: Number(size),
    head,
    at: at?.replace(/^at /, '') ?? '',
    previous: before === 'none' ? null : before,
  }
}

/** First four bytes of SHA-256(name ‖ newline ‖ type ‖ key), as the signed note asks. */
function keyId(publicKey: KeyObject): Buffer {
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  return createHash('sha256')
    .update(`${SIGNER}\n`)
    .update(Buffer.from([ED25519]))
    .update(raw)
    .digest()
    .subarray(0, 4)
}
