import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutBreaks, withoutRecordBreaks } from '../../src/core/scrub-reading.ts'
import { runs, runsOf } from '../../src/core/scrub-runs.ts'

const texts = fc
  .array(
    fc.oneof(fc.constantFrom('\n', '\n  ', '\n\n', '2026-11-23 ', 'ERROR '), fc.string({ maxLength: 9 })),
  )
  .map((pieces) => pieces.join(''))

describe('a text read without its line breaks', () => {
  it.each([
    ['without any', withoutBreaks],
    ['without those inside a record', withoutRecordBreaks],
  ])('knows of every character where it stands in the text: %s', (_, read) => {
    fc.assert(
      fc.property(texts, (text) => {
        const reading = read(text)
        const places = [...reading.text.split('').keys()].map(reading.at)
        expect(places.map((place) => text[place]).join('')).toBe(reading.text)
        expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b))
        expect(reading.at(reading.text.length)).toBe(text.length)
      }),
    )
  })

  it('keeps the break before what begins a record, and no other', () => {
    expect(withoutRecordBreaks('ERROR pass\n  word\n2026-11-23 INFO\nnext').text).toBe(
      'ERROR password\n2026-11-23 INFOnext',
    )
  })
})

describe('the runs of a text', () => {
  it('are looked at to their end, in pieces of at most so many characters', () => {
    const found = runsOf(`x ${'a'.repeat(25)} ${'b'.repeat(5)} ${'c'.repeat(3)}==`, runs(4, 10))
    expect(found).toEqual([
      ['a'.repeat(10), 2],
      ['a'.repeat(10), 12],
      ['a'.repeat(5), 22],
      ['b'.repeat(5), 28],
    ])
  })

  it('cost no more when a line is one word of a million letters', () => {
    const text = 'a'.repeat(1_000_000)
    expect(
      runsOf(text, runs(20, 4000))
        .map(([run]) => run)
        .join(''),
    ).toBe(text)
  })
})
