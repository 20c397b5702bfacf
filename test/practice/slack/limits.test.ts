import { describe, expect, it } from 'vitest'
import { blockFaults } from '../../../practice/slack/block-rules.ts'
import { BLOCKS, LIMITS, section, times } from './limits-table.ts'

describe('Slack’s documented limits of blocks', () => {
  it.each(LIMITS)('%s: %i are taken and one more is not', (_, limit, block) => {
    expect(blockFaults([block(limit)], 'message')).toEqual([])
    expect(blockFaults([block(limit + 1)], 'message')).toEqual([
      expect.stringMatching(/^\[ERROR\] .+ \[json-pointer:\/blocks\/0.*\]$/),
    ])
  })

  it.each(BLOCKS)('%s: %i blocks are taken and one more is not', (surface, limit) => {
    expect(
      blockFaults(
        times(limit, () => section()),
        surface,
      ),
    ).toEqual([])
    expect(
      blockFaults(
        times(limit + 1, () => section()),
        surface,
      ),
    ).toHaveLength(1)
  })

  it('takes two charts in a message and not a third', () => {
    const chart = { type: 'data_visualization', title: 'Calls', chart: {} }
    expect(blockFaults([chart, chart], 'message')).toEqual([])
    expect(blockFaults([chart, chart, chart], 'message')).toHaveLength(1)
  })
})
