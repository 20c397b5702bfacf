import { expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { linesMeant } from '../../src/core/meant.ts'
import { createRegistry } from '../../src/core/registry.ts'
import { examplePlatform } from '../support/platform.ts'

const registry = createRegistry(commands, examplePlatform(), [])

it('a name that nothing has becomes the same line with each that was probably meant, and all else as it was', () => {
  const line = 'node drain node-22 --lose-data --reason "kernel update"'
  const names = ['node-2', 'node-1']
  expect(linesMeant(registry, line, { given: 'node-22', names })).toEqual([
    'node drain node-2 --lose-data --reason "kernel update"',
    'node drain node-1 --lose-data --reason "kernel update"',
  ])
})

it('a line that does not have the name, or means nothing, becomes none', () => {
  const meant = { given: 'node-22', names: ['node-2'] }
  expect(linesMeant(registry, 'node drain node-1', meant)).toEqual([])
  expect(linesMeant(registry, 'fry an egg', meant)).toEqual([])
})
