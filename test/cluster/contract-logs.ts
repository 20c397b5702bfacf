import { expect, it } from 'vitest'
import type { World } from './contract.ts'
import { now } from './world.ts'

const DAY = 86_400

/** What reading logs must give, whatever the cluster. */
export function logContract(world: () => World): void {
  const read = (more: object) =>
    world().kubernetes.logs.read(
      { workload: 'gateway', sinceSeconds: 30 * DAY, previous: false, tail: 50, ...more },
      now(),
    )

  it('come from every pod of a workload, oldest first, each container with the span that it covers', async () => {
    const { lines, covered } = await read({})
    const times = lines.map(({ at }) => at.getTime())
    expect(lines.length).toBeGreaterThan(0)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(covered.map(({ container }) => container)).toEqual(['gateway', 'gateway'])
    expect(new Set(lines.map(({ pod }) => pod)).size).toBe(2)
    for (const { from, to, problem } of covered) {
      expect(problem).toBeNull()
      expect(from!.getTime()).toBeLessThanOrEqual(to!.getTime())
    }
  })

  it('hold no more than the newest lines of each container, and say that the beginning is cut off', async () => {
    const { lines, covered } = await read({ tail: 3 })
    expect(lines).toHaveLength(6)
    expect(covered.map(({ truncated }) => truncated)).toEqual([true, true])
    expect(covered[0]?.from).toEqual(lines.find(({ pod }) => pod === covered[0]?.pod)?.at)
  })

  it('of one pod leave the others out', async () => {
    const { covered } = await read({})
    const pod = covered[1]!.pod
    const one = await read({ pod })
    expect(one.covered.map((entry) => entry.pod)).toEqual([pod])
  })

  it('of a life that has not ended say so, and so for each container', async () => {
    const { lines, covered } = await read({ previous: true })
    expect(lines).toEqual([])
    expect(covered.map(({ problem }) => problem)).toEqual([
      'it has not ended yet, so there is no earlier run to show',
      'it has not ended yet, so there is no earlier run to show',
    ])
  })

  it('of something that is not there are refused with what there is', async () => {
    await expect(read({ workload: 'gatewai' })).rejects.toThrow('no pod of gatewai runs in bakery-ia.')
    await expect(read({ container: 'sidecar' })).rejects.toThrow(
      'gateway has no container sidecar; there is gateway.',
    )
    await expect(read({ pod: 'gateway-1' })).rejects.toThrow(
      /^gateway has no pod gateway-1; there is gateway-/,
    )
  })
}
