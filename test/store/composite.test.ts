import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storable } from '../../src/store/canonical.ts'
import { arrayText, compositeText } from '../../src/store/composite.ts'
import { type Opened, open } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
  await opened.admin.query(
    'CREATE TYPE pg_temp.anything AS (text text, number float8, integer bigint, yes boolean, texts text[])',
  )
})
afterAll(() => opened.close())

/** Whatever a person can type or a header can hold, and the characters that the two forms are made of more often. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', ',', '(', ')', '{', '}', '\n', '\t', ' ', 'é', '🍞', 'N', 'U', 'L'),
  }),
  fc.constantFrom('', 'NULL', 'null', '\\N', '""', '\u0000', '\ud800'),
)
const values = fc.record({
  text: fc.option(texts),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  yes: fc.boolean(),
  texts: fc.array(texts, { maxLength: 4 }),
})

describe('a composite value as text', () => {
  it('is read by PostgreSQL as what it was, whatever its strings hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 5 }), async (given) => {
        const sent = arrayText(given.map((one) => compositeText(Object.values(one))))
        const { rows } = await opened.admin.query(
          'SELECT text, number, integer, yes, texts FROM unnest($1::pg_temp.anything[])',
          [sent],
        )
        expect(rows).toEqual(
          given.map((one) => ({
            ...one,
            text: one.text === null ? null : storable(one.text),
            integer: String(one.integer),
            texts: one.texts.map(storable),
          })),
        )
      }),
      { numRuns: 300 },
    )
  })
})
