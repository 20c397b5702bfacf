/** Secrets made for tests, by lot but always the same ones: what they are, and how they stand in a log. */
export interface Canary {
  readonly kind: string
  readonly hidden: string
  /** What must not be readable afterwards. */
  readonly secret: string
  /** As it stands in the log. */
  readonly log: string
}

type Random = () => number

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ALPHANUMERIC = `${LETTERS}0123456789`
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const HEX = '0123456789abcdef'
const BASE64 = `${ALPHANUMERIC}+/`
const PASSWORD = `${ALPHANUMERIC}!#$%^*-_.+~`

/** A small generator with a seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T
}

function word(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** Each kind: the secret, and the text around it. */
const KINDS: Record<string, (random: Random) => { secret: string; text: string }> = {
  aws: (r) => alone(`AKIA${word(r, UPPER, 16)}`, (s) => `using access key ${s} for uploads`),
  github: (r) => alone(`ghp_${word(r, ALPHANUMERIC, 36)}`, (s) => `cloning with ${s}`),
  slack: (r) =>
    alone(`xoxb-${word(r, '0123456789', 12)}-${word(r, ALPHANUMERIC, 24)}`, (s) => `token ${s} accepted`),
  stripe: (r) => alone(`sk_live_${word(r, ALPHANUMERIC, 24)}`, (s) => `charge with ${s} failed`),
  google: (r) => alone(`AIza${word(r, `${ALPHANUMERIC}-_`, 35)}`, (s) => `GET /maps?k=${s} 200`),
  jwt: (r) =>
    alone(
      `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(`{"sub":"${word(r, HEX, 12)}"}`)}.${word(r, ALPHANUMERIC, 43)}`,
      (s) => `rejected ${s} as expired`,
    ),
  pem: (r) => {
    const body = Array.from({ length: 6 }, () => word(r, BASE64, 64)).join('\n')
    return { secret: body, text: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----` }
  },
  url: (r) =>
    alone(word(r, PASSWORD, 14), (s) => `connecting to postgres://orders_user:${s}@orders-db:5432/orders_db`),
  amqp: (r) => alone(word(r, ALPHANUMERIC, 12), (s) => `broker amqp://bakery:${s}@rabbitmq:5672/ is up`),
  assigned: (r) => alone(word(r, PASSWORD, 12), (s) => `DB_PASSWORD=${s}`),
  json: (r) => alone(word(r, PASSWORD, 16), (s) => `{"user":"ana","password":"${s}","retry":3}`),
  yaml: (r) => alone(word(r, LETTERS, 10), (s) => `  client_secret: ${s}`),
  bearer: (r) => alone(`${word(r, ALPHANUMERIC, 30)}7`, (s) => `> Authorization: Bearer ${s}`),
  basic: (r) => {
    const secret = Buffer.from(`admin:${word(r, ALPHANUMERIC, 12)}`).toString('base64')
    return { secret, text: `authorization: Basic ${secret}` }
  },
  dsn: (r) => alone(word(r, ALPHANUMERIC, 11), (s) => `host=auth-db user=auth password=${s} sslmode=require`),
  option: (r) => alone(word(r, ALPHANUMERIC, 13), (s) => `exec: mysql --user root --password ${s} bakery`),
  header: (r) => alone(word(r, HEX, 32), (s) => `X-Api-Key: ${s}`),
  unnamed: (r) => alone(mixed(r, 40), (s) => `loaded ${s} from vault`),
}

/** Random text of all three classes, as key makers give it. */
function mixed(random: Random, length: number): string {
  return `a7K${word(random, ALPHANUMERIC, length - 3)}`
}

function alone(secret: string, around: (secret: string) => string): { secret: string; text: string } {
  return { secret, text: around(secret) }
}

/** Ways in which a log hides what stands in it. */
const HIDINGS: Record<string, (random: Random, made: { secret: string; text: string }) => string> = {
  plain: (_random, { text }) => text,
  colours: (random, { secret, text }) =>
    within(random, secret, text, ['\u001b[31m', '\u001b[0m', '\u001b[1;33m']),
  lines: (random, { secret, text }) => within(random, secret, text, ['\n']),
  invisible: (random, { secret, text }) => within(random, secret, text, ['\u200b', '\u202e', '\u0000']),
  base64: (_random, { text }) => `payload ${Buffer.from(text).toString('base64')} received`,
}

/** Puts one of the pieces into the middle of the secret. */
function within(random: Random, secret: string, text: string, pieces: readonly string[]): string {
  const at = text.indexOf(secret) + 3 + Math.floor(random() * (secret.length - 6))
  return text.slice(0, at) + pick(random, pieces) + text.slice(at)
}

const BEFORE = '2026-11-23T05:00:00.123Z INFO orders-service request finished in 12 ms'
const AFTER = '2026-11-23T05:00:01.456Z INFO orders-service request finished in 9 ms'

export function canaries(amount: number, seed: number): readonly Canary[] {
  const random = randomFrom(seed)
  const kinds = Object.entries(KINDS)
  const hidings = Object.entries(HIDINGS)
  return Array.from({ length: amount }, (_, index) => {
    const [kind, make] = kinds[index % kinds.length]!
    const [hidden, hide] = hidings[Math.floor(index / kinds.length) % hidings.length]!
    const made = make(random)
    return { kind, hidden, secret: made.secret, log: `${BEFORE}\n${hide(random, made)}\n${AFTER}` }
  })
}
