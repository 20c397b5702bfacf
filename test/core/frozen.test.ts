import { describe, expect, it } from 'vitest'
import { frozen } from '../../src/core/frozen.ts'

describe('what an adapter has read', () => {
  it('cannot be changed at any depth', () => {
    const data = frozen({ list: [{ name: 'a', labels: { b: 'c' } }], at: new Date(0), none: null })
    expect(() => Object.assign(data.list[0]?.labels ?? {}, { b: 'd' })).toThrow(TypeError)
    expect(() => (data.list as unknown[]).push(1)).toThrow(TypeError)
    expect(data).toEqual({ list: [{ name: 'a', labels: { b: 'c' } }], at: new Date(0), none: null })
  })
})
