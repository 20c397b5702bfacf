import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../practice/main.ts', import.meta.url))
const PATIENCE_MS = 180_000

let practice: ChildProcess | undefined
afterEach(() => practice?.kill('SIGKILL'))

/** Starts it as `npm run practice` does, in an environment that belongs to a real installation. */
async function start(
  ...more: readonly string[]
): Promise<{ lines: string[]; url: string; descendants: readonly number[] }> {
  const env = { ...process.env, SLACK_BOT_TOKEN: 'xoxb-real', DATABASE_URL: 'postgres://real.example/bakery' }
  const flags = more.includes('--port') ? more : ['--port', '0', ...more]
  practice = spawn(process.execPath, [MAIN, ...flags], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  practice.stdout
    ?.setEncoding('utf8')
    .on('data', (chunk: string) => lines.push(...chunk.trimEnd().split('\n')))
  await expect.poll(() => lines.join('\n'), { timeout: PATIENCE_MS }).toMatch(/^Practice: /m)
  const url = /^Practice: (.+)$/m.exec(lines.join('\n'))?.[1] ?? ''
  return { lines, url, descendants: below(practice.pid ?? 0) }
}

function below(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number))
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child ?? 0)
  return children.flatMap((child) => [child, ...below(child)])
}

const alive = (pids: readonly number[]) =>
  pids.filter((pid) => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  })

describe('npm run practice', () => {
  it(
    'says where the page is, uses nothing of a real installation, and leaves nothing running',
    async () => {
      const { lines, url, descendants } = await start()
      expect(lines).toContain('Not used here, and left alone: SLACK_BOT_TOKEN, DATABASE_URL.')
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(await (await fetch(url)).text()).toContain('Practice workspace.')
      expect(descendants.length).toBeGreaterThan(14)
      practice?.kill('SIGINT')
      expect(await once(practice as ChildProcess, 'exit')).toEqual([0, null])
      await expect.poll(() => alive(descendants), { timeout: 10_000 }).toEqual([])
    },
    PATIENCE_MS * 2,
  )

  it(
    'takes the next port when its own is taken, as by a second start, and repeats the story that it is told',
    async () => {
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const { port } = taken.address() as AddressInfo
      const { lines, url } = await start('--port', String(port), '--seed', '4711')
      expect(lines).toContain('Story: 4711; --seed 4711 tells it again.')
      expect(Number(new URL(url).port)).not.toBe(port)
      expect((await fetch(url)).status).toBe(200)
      practice?.kill('SIGTERM')
      expect(await once(practice as ChildProcess, 'exit')).toEqual([0, null])
      taken.close()
    },
    PATIENCE_MS * 2,
  )

  it.each([
    [['--port', 'many'], '--port: found many, expected a number from 0 to 65535'],
    [['--seed=-1'], '--seed: found -1, expected a whole number from 0 to 999999'],
    [['--cluster', 'other'], '--cluster: found other, expected practice or current'],
  ])('refuses %s in one line', (flags, said) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...flags], {
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toBe(`Practice did not start: ${said}\n`)
  })

  it(
    'leaves nothing running when it is killed',
    async () => {
      const { descendants } = await start()
      practice?.kill('SIGKILL')
      await expect.poll(() => alive(descendants), { timeout: 40_000 }).toEqual([])
    },
    PATIENCE_MS * 2,
  )
})
