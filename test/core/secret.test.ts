import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { holdSecret, Secret } from '../../src/core/secret.ts'

const CANARY = 'CANARY-9d1f'
const signal = new AbortController().signal

describe('a secret', () => {
  it('is shown by nothing but its own name for it', () => {
    const secret = new Secret(CANARY)
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      inspect({ deep: [{ secret }] }, { showHidden: true, depth: 9 }),
      format('%s %o %O %j', secret, secret, secret, secret),
      JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
      JSON.stringify({ ...secret }),
      JSON.stringify(structuredClone({ ...secret })),
    ]
    expect(shown.filter((text) => text.includes(CANARY))).toEqual([])
    expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}')
  })

  it('is revealed when it is asked for', () => {
    expect(new Secret(CANARY).reveal()).toBe(CANARY)
  })
})

describe('a secret that is held', () => {
  it('is read once, and again only when it was refused', async () => {
    let reads = 0
    let text = 'old'
    const held = holdSecret(async () => {
      reads += 1
      return new Secret(text)
    })
    const first = await held.current(signal)
    expect(await held.current(signal)).toBe(first)
    expect(reads).toBe(1)
    expect(await held.renewed(first, signal)).toBeNull()
    text = 'new'
    expect((await held.renewed(first, signal))?.reveal()).toBe('new')
    expect((await held.current(signal)).reveal()).toBe('new')
    expect(reads).toBe(3)
  })
})
