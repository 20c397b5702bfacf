import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith } from '../../../support/programs.ts'

/**
 * A stand-in is held to the real server by what the real one says: it is on file (golden.json), the stand-in must say the
 * same, and where the real server is installed it must still say so too. BAKERY_CONTRACT_WRITE=1 writes the file anew from
 * the real server. Only what does not depend on versions and figures is compared: words, statuses, names and kinds of fields.
 */

/** One question; its answer with everything taken out that no two servers have in common. */
export interface Probe<Target> {
  /** What is compared, as the test's name. */
  readonly name: string
  ask(target: Target): Promise<unknown>
}

export interface Side<Target> {
  readonly target: Target
  stop(): Promise<unknown>
}

export interface Contract<Target> {
  /** `Redis` */
  readonly system: string
  readonly probes: readonly Probe<Target>[]
  standIn(): Promise<Side<Target>>
  real(): Promise<Side<Target>>
  /** What the real server needs on this machine. */
  readonly needs: Readonly<Record<string, boolean>>
}

const GOLDEN = join(import.meta.dirname, 'golden.json')
const golden = (): Record<string, Record<string, unknown>> => JSON.parse(readFileSync(GOLDEN, 'utf8'))
const writes = process.env.BAKERY_CONTRACT_WRITE === '1'

/** Both sides of one system, each in a suite of its own with the same names. */
export function compare<Target>(contract: Contract<Target>): void {
  const { system, needs } = contract
  describeWith(needs, `a real ${system}`, () => suite(contract, contract.real, writes))
  describe(`practice's ${system}`, () => suite(contract, contract.standIn, false))
}

function suite<Target>(
  { system, probes }: Contract<Target>,
  start: () => Promise<Side<Target>>,
  records: boolean,
): void {
  let side: Side<Target>
  beforeAll(async () => {
    side = await start()
  }, 90_000)
  afterAll(() => side?.stop())

  it.each(probes)('$name', { timeout: 30_000 }, async ({ name, ask }) => {
    const said: unknown = JSON.parse(JSON.stringify(await ask(side.target)))
    if (records) record(system, probes, name, said)
    expect(said).toEqual(golden()[system]?.[name])
  })
}

/** In the order of the questions. */
function record(
  system: string,
  probes: readonly { readonly name: string }[],
  name: string,
  said: unknown,
): void {
  const all = golden()
  const known: Record<string, unknown> = { ...all[system], [name]: said }
  all[system] = Object.fromEntries(
    probes.flatMap((probe) => (probe.name in known ? [[probe.name, known[probe.name]]] : [])),
  )
  writeFileSync(GOLDEN, `${JSON.stringify(all, null, 2)}\n`)
}

/** Names and kinds of what is in a value: `{ready: 'number', labels: {…}}`; of a list that of its first entry. */
export function shapeOf(value: unknown): unknown {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  )
}

/** Some fields of an object, and nothing of what it has besides. */
export function pick(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => pick(one, fields))
  if (typeof value !== 'object' || value === null) return value
  const object = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(fields.flatMap((field) => (field in object ? [[field, object[field]]] : [])))
}

export interface Answer {
  readonly status: number
  /** Without its parameters. */
  readonly type: string
  /** Parsed where it is JSON. */
  readonly body: unknown
}

/** Asks a web server. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
  return { status: response.status, type, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
