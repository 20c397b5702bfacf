import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createBackground } from '../../src/schedule/background.ts'

const quiet = { debug: () => undefined, error: () => undefined }

describe('chores', () => {
  it('are done again and again, and not again once stopped', async () => {
    let done = 0
    const background = createBackground(
      [{ name: 'sweep', when: { everyMs: 5 }, run: async () => (done += 1) }],
      quiet,
    )
    background.start()
    while (done < 3) await sleep(2)
    await background.stop()
    const before = done
    await sleep(30)
    expect(done).toBe(before)
  })

  it('go on after one failed, and say which', async () => {
    const failed: object[] = []
    let tries = 0
    const chore = {
      name: 'checkpoint',
      when: { everyMs: 5 },
      run: async () => {
        tries += 1
        if (tries === 1) throw new Error('the disk is full')
      },
    }
    const background = createBackground([chore], { ...quiet, error: (facts) => failed.push(facts) })
    background.start()
    while (tries < 2) await sleep(2)
    await background.stop()
    expect(failed).toMatchObject([{ chore: 'checkpoint', err: { message: 'the disk is full' } }])
  })

  it('by the clock are also done at the start when they ask for it', async () => {
    const done: string[] = []
    const when = { cron: '0 0 1 1 *', zone: 'Europe/Madrid' }
    const background = createBackground(
      [
        { name: 'mirror', when, atStart: true, run: async () => done.push('mirror') },
        { name: 'retention', when, run: async () => done.push('retention') },
      ],
      quiet,
    )
    background.start()
    await sleep(10)
    await background.stop()
    expect(done).toEqual(['mirror'])
  })

  it('that are under way are told to stop, and waited for', async () => {
    let ended = false
    const run = async (signal: AbortSignal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await sleep(10)
      ended = true
    }
    const background = createBackground(
      [{ name: 'sweep', when: { cron: '0 0 1 1 *', zone: 'UTC' }, atStart: true, run }],
      quiet,
    )
    background.start()
    await background.stop()
    expect(ended).toBe(true)
  })
})
