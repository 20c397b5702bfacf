import { describe, expect, it } from 'vitest'
import { isCronExpression, slotsBetween } from '../../src/schedule/slots.ts'

const madrid = (expression: string, after: string, upTo: string) =>
  slotsBetween({ expression, zone: 'Europe/Madrid', after: new Date(after), upTo: new Date(upTo) }).map(
    (slot) => slot.toISOString(),
  )

describe('slots in the platform’s time zone', () => {
  it('names seven in the morning in winter and in summer', () => {
    expect(madrid('0 7 * * *', '2026-03-28T00:00:00Z', '2026-03-30T00:00:00Z')).toEqual([
      '2026-03-28T06:00:00.000Z',
      '2026-03-29T05:00:00.000Z',
    ])
  })

  it('names a local time once when the clock is put back', () => {
    expect(madrid('30 2 * * *', '2026-10-24T22:00:00Z', '2026-10-25T12:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
    ])
  })

  it('names a repeated local time once even when looked at from between the two', () => {
    expect(madrid('30 2 * * *', '2026-10-25T00:45:00Z', '2026-10-25T12:00:00Z')).toEqual([])
  })

  it('names no slot for a local time that does not exist', () => {
    expect(madrid('30 2 * * *', '2026-03-28T22:00:00Z', '2026-03-29T22:00:00Z')).toEqual([])
  })

  it('leaves out the slot it starts from and includes the one it ends with', () => {
    expect(madrid('0 * * * *', '2026-11-23T05:00:00Z', '2026-11-23T06:00:00Z')).toEqual([
      '2026-11-23T06:00:00.000Z',
    ])
  })

  it('knows what is no cron expression', () => {
    expect(isCronExpression('0 7 * * *')).toBe(true)
    expect(isCronExpression('61 7 * * *')).toBe(false)
    expect(isCronExpression('at seven')).toBe(false)
  })
})
