import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { describeWith } from '../support/programs.ts'
import { type FreshFolder, freshFolder } from './fresh-folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PATIENCE_MS = 180_000

const programs: ChildProcess[] = []
const folders: FreshFolder[] = []
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill('SIGTERM')
    if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
  }
  await Promise.all(folders.splice(0).map((folder) => folder.remove()))
}, 60_000)

interface Started {
  readonly program: ChildProcess
  readonly url: string
  readonly said: () => string
}

async function start(folder: string, port: number): Promise<Started> {
  const program = spawn(process.execPath, [join(folder, 'practice/main.ts'), '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  programs.push(program)
  let said = ''
  for (const stream of [program.stdout, program.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
  }
  const ended = () => program.exitCode !== null
  await expect
    .poll(() => ended() || said, { timeout: PATIENCE_MS })
    .toSatisfy((it) => it === true || /^Practice: .+$/m.test(String(it)))
  if (ended()) throw new Error(`practice ended with ${program.exitCode}: ${said}`)
  return { program, url: /^Practice: (.+)$/m.exec(said)?.[1] ?? '', said: () => said }
}

const newFolder = async () => {
  const folder = await freshFolder()
  folders.push(folder)
  return folder.path
}

async function ask(url: string, line: string): Promise<unknown> {
  const body = JSON.stringify({ person: 'U0ANA', channel: 'C0OPERATIONS', text: line })
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/do/send`, { method: 'POST', headers, body })).json()
}

const seen = async (url: string) =>
  (await fetch(`${url}/do/messages?person=U0ANA&channel=C0OPERATIONS`)).text()

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('two starts of practice at the same time', () => {
  it.each([
    ['in one folder, right after npm ci', async () => Array(2).fill(await newFolder())],
    ['in two folders', async () => [await newFolder(), ROOT]],
  ])(
    '%s: each has a page and a world of its own, and the second says that the port was taken',
    {
      timeout: PATIENCE_MS * 2,
    },
    async (_, places) => {
      const port = await freePort()
      const [one, other] = await Promise.all((await places()).map((folder: string) => start(folder, port)))
      if (one === undefined || other === undefined) throw new Error('two were to start')
      expect(one.url).not.toBe(other.url)
      const second = one.url === `http://127.0.0.1:${port}` ? other : one
      const { port: found } = new URL(second.url)
      expect(second.said()).toContain(
        `Port ${port} is taken, by another practice or by something else: the page is on ${found} instead.`,
      )
      expect(await ask(one.url, 'only here')).toMatchObject({ ts: expect.any(String) })
      expect(await seen(one.url)).toContain('only here')
      expect(await seen(other.url)).not.toContain('only here')

      one.program.kill('SIGKILL')
      await once(one.program, 'exit')
      await ask(other.url, '/bakery health redis')
      await expect.poll(() => seen(other.url), { timeout: 20_000 }).toContain('redis')
    },
  )
})

describe('practice', () => {
  it('starts anew at once after it was killed, at the same port, and removes what was left', {
    timeout: PATIENCE_MS * 2,
  }, async () => {
    const port = await freePort()
    const killed = await start(ROOT, port)
    await ask(killed.url, 'from before')
    killed.program.kill('SIGKILL')
    await once(killed.program, 'exit')
    const next = await start(ROOT, port)
    expect(next.url).toBe(killed.url)
    expect(await seen(next.url)).not.toContain('from before')
    await ask(next.url, '/bakery health databases')
    await expect
      .poll(() => seen(next.url), { timeout: 20_000 })
      .toMatch(/databases?: .*well|nothing is wrong/i)
  })
})

/** A shell in a network of its own with nothing but the loopback; null where this machine does not allow it. */
function withoutNetwork(): readonly string[] | null {
  const flags = process.getuid?.() === 0 ? ['--net'] : ['--map-current-user', '--keep-caps', '--net']
  const shell = ['unshare', ...flags, 'sh', '-c', 'ip link set lo up && exec "$@"', 'offline']
  const [command = '', ...rest] = [...shell, 'true']
  return spawnSync(command, rest).status === 0 ? shell : null
}

const offline = withoutNetwork()

describeWith({ 'a network namespace (unshare, ip)': offline !== null }, 'without a network', () => {
  it('practice starts, answers a person, and ends', { timeout: PATIENCE_MS }, async () => {
    const [command = '', ...rest] = offline ?? []
    const driver = fileURLToPath(new URL('./offline-driver.ts', import.meta.url))
    const program = spawn(command, [...rest, process.execPath, driver], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    programs.push(program)
    let said = ''
    program.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
    expect(await once(program, 'close')).toEqual([0, null])
    expect(said).toContain('outside: ENETUNREACH')
    expect(said).toContain('health: Bakery-IA is well')
  })
})
