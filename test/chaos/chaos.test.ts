import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allCells, type Cell, nameOf, sample } from './cells.ts'
import { type CellResult, createRunner } from './run-cell.ts'
import { type ChaosWorld, openChaos } from './world.ts'

/**
 * The crash matrix: kinds of steps × messages that are seen from outside × faults. `npm test` runs a sample of it, the same
 * for the same seed (CHAOS_SEED); `npm run chaos` all of it. CHAOS_CELLS says how many, CHAOS_PART which share of
 * them. A cell takes about eight seconds.
 */
const SAMPLE = 10
const seed = Number(process.env.CHAOS_SEED ?? 20261123)
const wanted = process.env.CHAOS_CELLS ?? String(SAMPLE)
/** `2/8`: the second of eight parts, for as many machines. */
const [part = 1, parts = 1] = (process.env.CHAOS_PART ?? '1/1').split('/').map(Number)
const cells = (wanted === 'all' ? allCells() : sample(Number(wanted), seed)).filter(
  (_cell, place) => place % parts === part - 1,
)

let world: ChaosWorld
let runner: ReturnType<typeof createRunner>
const results: CellResult[] = []

beforeAll(async () => {
  world = await openChaos()
  runner = createRunner(world)
}, 60_000)

afterAll(async () => {
  const sprung = results.filter((one) => one.sprung).length
  const states = Object.entries(Object.groupBy(results, ({ state }) => state)).map(
    ([state, all]) => `${all?.length} ${state}`,
  )
  console.log(
    `Crash matrix: ${results.length} of ${allCells().length} cells (seed ${seed}), ${sprung} met their message: ${states.join(', ')}.`,
  )
  for (const { cell, state, outcome } of results)
    if (state !== 'succeeded') console.log(`${nameOf(cell)}: ${state}. ${outcome ?? ''}`)
  await runner?.close()
  await world?.close()
}, 60_000)

describe('after a crash at any message, everything that is promised holds', () => {
  it.each(cells.map((cell): [string, Cell] => [nameOf(cell), cell]))(
    '%s',
    async (_name, cell) => {
      const result = await runner.run(cell)
      results.push(result)
      expect(result.breaches).toEqual([])
    },
    180_000,
  )
})
