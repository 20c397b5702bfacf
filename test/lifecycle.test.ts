import { describe, expect, it } from 'vitest'
import { createReleases } from '../src/lifecycle.ts'

describe('releases', () => {
  it('release what was opened last first, and only once', async () => {
    const order: string[] = []
    const releases = createReleases()
    for (const name of ['database', 'cluster', 'slack']) releases.add(name, (opened) => order.push(opened))
    await releases.releaseAll()
    await releases.releaseAll()
    expect(order).toEqual(['slack', 'cluster', 'database'])
  })

  it('try every release, and tell of the first that failed', async () => {
    const order: string[] = []
    const releases = createReleases()
    releases.add('database', (opened) => order.push(opened))
    releases.add('cluster', () => Promise.reject(new Error('the cluster hangs')))
    releases.add('slack', () => {
      throw new Error('slack is gone')
    })
    await expect(releases.releaseAll()).rejects.toThrow('slack is gone')
    expect(order).toEqual(['database'])
  })
})
