import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** A process with a chore by the clock that takes longer than until its next turn. */
const SLOW_CHORE = `
  import { createLog } from './src/log.ts'
  import { createBackground } from './src/schedule/background.ts'
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const slow = { name: 'slow', when: { cron: '* * * * * *', zone: 'Europe/Madrid' }, run: () => wait(2500) }
  const background = createBackground([slow], createLog(process.env.LEVEL))
  background.start()
  await wait(3200)
  await background.stop()
`

async function saidBy(level: string): Promise<{ out: string; err: string }> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', SLOW_CHORE],
    { env: { ...process.env, LEVEL: level, NODE_OPTIONS: '' } },
  )
  return { out: stdout, err: stderr }
}

describe('a chore that is still under way at its next turn', () => {
  it('is no news, and prints nothing past the log', async () => {
    expect(await saidBy('info')).toEqual({ out: '', err: '' })
  })

  it('is said as a JSON line, as everything else is, to who asks for details', async () => {
    const { out, err } = await saidBy('debug')
    expect(err).toBe('')
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line).toMatchObject({ level: 20, by: 'node-cron' })
  })
})
