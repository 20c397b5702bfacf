import { describe, expect, it } from 'vitest'
import { ago, bytes, count, duration, localTime, percent } from '../../src/blocks/format.ts'
import { shorten } from '../../src/blocks/limits.ts'

describe('numbers in words', () => {
  it.each([
    [0, '0 s'],
    [0.0412, '41 ms'],
    [0.0001, '1 ms'],
    [1.5, '1.5 s'],
    [42, '42 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [90_061, '1 d 1 h'],
    [86_405, '1 d'],
    [-5, '-5 s'],
    [Number.NaN, 'unknown'],
  ])('writes %d seconds as %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words)
  })

  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [12 * 1024 ** 3, '12 GiB'],
    [3.2 * 1024 ** 4, '3.2 TiB'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ])('writes %d bytes as %s', (amount, words) => {
    expect(bytes(amount)).toBe(words)
  })

  it.each([
    [0, '0 %'],
    [0.44, '0.4 %'],
    [97.3, '97 %'],
    [Number.NaN, 'unknown'],
  ])('writes %d percent as %s', (value, words) => {
    expect(percent(value)).toBe(words)
  })

  it('counts things', () => {
    expect([count(1, 'pod'), count(3, 'pod'), count(0, 'entry', 'entries')]).toEqual([
      '1 pod',
      '3 pods',
      '0 entries',
    ])
  })
})

describe('times', () => {
  const now = new Date('2026-11-23T05:00:00Z')

  it('stand in the zone of the platform with UTC beside them', () => {
    expect(localTime(now, 'Europe/Madrid')).toBe('2026-11-23 06:00 CET (05:00 UTC)')
    expect(localTime(new Date('2026-07-01T22:30:00Z'), 'Europe/Madrid')).toBe(
      '2026-07-02 00:30 CEST (2026-07-01 22:30 UTC)',
    )
    expect(localTime(now, 'UTC')).toBe('2026-11-23 05:00 UTC')
    expect(localTime(new Date(Number.NaN), 'UTC')).toBe('unknown')
  })

  it('tell how long ago something was', () => {
    expect(ago(new Date('2026-11-23T04:57:00Z'), now)).toBe('3 min ago')
    expect(ago(now, now)).toBe('just now')
    expect(ago(new Date('2026-11-23T05:05:00Z'), now)).toBe('in 5 min')
  })
})

describe('shortening', () => {
  it('says how many characters are missing, and never cuts one in two', () => {
    expect(shorten('x'.repeat(50), 20)).toBe('xxxxxxxxxx… +40 more')
    expect(shorten('👩'.repeat(30), 30)).toBe(`${'👩'.repeat(10)}… +20 more`)
    expect(shorten('x'.repeat(50), 10)).toBe('xxxxxxxxx…')
    expect(shorten('short', 20)).toBe('short')
  })
})
