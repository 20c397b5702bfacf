import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEPLOYMENTS } from '../../../practice/cluster/resources.ts'
import { type BoardParts, createBoard } from '../../../practice/faults/board.ts'
import { FAULTS } from '../../../practice/faults/index.ts'
import { type PracticePlatform, startPlatform } from '../../../practice/systems/platform.ts'
import { type Setup, setUp } from '../slack/support.ts'

let at: Setup
let platform: PracticePlatform
beforeAll(async () => {
  ;[at, platform] = await Promise.all([setUp(), startPlatform({ databases: ['orders'], seed: 7 })])
})
afterAll(async () => {
  await platform?.stop()
  await at?.stop()
})

const boardWith = (parts: Partial<BoardParts> = {}) =>
  createBoard({ slack: at.slack, platform, bot: { kill: async () => {}, start: async () => {} }, ...parts })
const names = (parts?: Partial<BoardParts>) =>
  boardWith(parts)
    .list()
    .map(({ name }) => name)

describe('what a world offers to break', () => {
  it('is everything but what has no database here', () => {
    const missing = FAULTS.map(({ name }) => name).filter((name) => !names().includes(name))
    expect(missing).toEqual(['connections-exhausted', 'blocked-queries'])
  })

  it('is nothing of the cluster when the bot reads another one', () => {
    const there = names({ seesCluster: false })
    for (const name of ['crash-loop', 'bad-deploy', 'node-lost', 'flux-stuck'])
      expect(there).not.toContain(name)
    expect(there).toEqual(expect.arrayContaining(['disk-filling', 'database-stopped', 'alert-storm']))
  })
})

describe('every fault on a real platform', () => {
  const templates = () =>
    JSON.stringify(platform.cluster.store.list(DEPLOYMENTS).map(({ spec }) => spec.template))

  it('is broken and mended one by one, and leaves nothing open', async () => {
    const before = templates()
    const board = boardWith()
    for (const { name } of board.list()) {
      expect(await board.break(name)).toMatchObject({ name, changed: true })
      expect(await board.mend(name)).toMatchObject({ name, changed: true, since: null })
    }
    expect(templates()).toBe(before)
    const ours = platform.outages.all().filter(({ kind }) => kind !== 'workload' && kind !== 'crash-loop')
    expect(ours.length).toBeGreaterThan(4)
    expect(ours.filter(({ kind, to }) => to === null && kind !== 'node')).toEqual([])
  }, 60_000)

  it('is mended all at once after all were broken at once', async () => {
    const board = boardWith()
    const all = board.list().map(({ name }) => name)
    await Promise.all(all.map((name) => board.break(name)))
    expect(board.list().every(({ since }) => since !== null)).toBe(true)
    expect(await board.reset()).toEqual({ mended: all, failed: [] })
    expect(board.list().every(({ since }) => since === null)).toBe(true)
  }, 60_000)

  it('is not left half broken: what fails on the way is mended again', async () => {
    const mended: string[] = []
    const board = boardWith({
      bot: {
        kill: async () => {
          throw new Error('no such process')
        },
        start: async () => void mended.push('bot'),
      },
    })
    await expect(board.break('bot-killed')).rejects.toThrow('Bot killed could not be broken: no such process')
    expect(mended).toEqual(['bot'])
    expect(board.list().find(({ name }) => name === 'bot-killed')?.since).toBeNull()
  })
})
