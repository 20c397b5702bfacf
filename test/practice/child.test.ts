import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startChild } from '../../practice/child.ts'

const env = { PATH: process.env.PATH ?? '' }
const node = (script: string) => [process.execPath, '-e', script]

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a program that practice starts', () => {
  it('says its lines and its exit code', async () => {
    const child = await startChild(node('console.log("one"); console.error("two"); process.exit(7)'), {
      cwd: '/',
      env,
    })
    expect(await child.ended).toBe(7)
    expect([...child.lines()].sort()).toEqual(['one', 'two'])
  })

  it('is asked to end first', async () => {
    const script =
      'process.on("SIGTERM", () => { console.log("asked"); process.exit(0) }); setInterval(() => {}, 1000); console.log("up")'
    const child = await startChild(node(script), { cwd: '/', env })
    await expect.poll(() => child.lines()).toContain('up')
    await child.stop()
    expect(child.lines()).toContain('asked')
    expect(alive(child.pid)).toBe(false)
  })

  it('is made to end when it does not', async () => {
    const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'
    const child = await startChild(node(script), { cwd: '/', env })
    await expect.poll(() => child.lines()).toContain('up')
    await child.stop(300)
    expect(alive(child.pid)).toBe(false)
  })

  it('ends when this process is killed, and its folder goes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bakery-child-test-'))
    const module = fileURLToPath(new URL('../../practice/child.ts', import.meta.url))
    const script = `
      const { startChild, removeAfterUs } = await import(${JSON.stringify(module)})
      removeAfterUs(${JSON.stringify(folder)})
      const child = await startChild([process.execPath, '-e', 'setInterval(() => {}, 1000)'], { cwd: '/', env: process.env })
      console.log(child.pid)
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(parent.stdout, 'data')
    const pid = Number(String(line))
    expect(alive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => alive(pid), { timeout: 5000 }).toBe(false)
    await expect.poll(() => readdir(folder).catch(() => null), { timeout: 8000 }).toBe(null)
  })
})
