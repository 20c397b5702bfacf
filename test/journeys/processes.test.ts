import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { tokenise } from '../../src/core/tokens.ts'
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts'

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs one of the project's programs as `npm run` would, with nothing of this machine but the path. */
function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [`src/${program}.ts`, ...args],
      { env: { PATH, HOME, ...env }, timeout: 60_000 },
      (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
      },
    )
  })
}

const PLATFORM = { PLATFORM_FILE: 'platform.example.yaml' }
const SLACK = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'secret',
  SLACK_API_URL: 'http://127.0.0.1:9/api/',
}

let database: TestDatabase
let folder = ''
beforeAll(async () => {
  database = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'bakery-processes-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database?.drop()
})

describe('npm start', () => {
  it('says what is missing, names the practice workspace, and exits 78', async () => {
    const { code, err } = await run('main', [])
    expect(code).toBe(78)
    expect(err).toContain('npm run practice')
    for (const line of err.trim().split('\n')) expect(line).toMatch(/^[^:]+: found .+, expected .+/)
  }, 60_000)

  it('names the command that brings an empty database up to date, and exits 78', async () => {
    const empty = await createEmptyDatabase()
    const env = {
      ...PLATFORM,
      ...SLACK,
      DATABASE_URL: empty.adminUrl,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'silent',
    }
    const { code, err } = await run('main', [], env)
    expect([code, err]).toEqual([78, expect.stringContaining('npm run migrate')])
    await empty.drop()
  }, 60_000)
})

describe('npm start, from npm to its end', () => {
  /** As a person or an init system starts it: npm is the process that is known, the bot is below it. */
  async function started(env: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
    const { PATH = '', HOME = '' } = process.env
    const given = { PATH, HOME, ...PLATFORM, ...SLACK, DATABASE_URL: database.botUrl, PORT: '0' }
    const child = spawn('npm', ['start', '--silent'], {
      env: { ...given, HOST: '127.0.0.1', ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await expect.poll(() => said, { timeout: 30_000 }).toContain('Bakery is ready')
    return child
  }

  it.each([
    ['npm alone', 1],
    ['the whole group, as Ctrl-C in a terminal does', -1],
  ])(
    'exits 0 when the signal reaches %s',
    async (_, reach) => {
      const child = await started()
      const ended = once(child, 'exit')
      process.kill(reach * (child.pid ?? 0), 'SIGINT')
      expect(await ended).toEqual([0, null])
    },
    60_000,
  )

  it('says of a port that is taken, in a line, that it is', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const env = {
      ...PLATFORM,
      ...SLACK,
      DATABASE_URL: database.botUrl,
      HOST: '127.0.0.1',
      PORT: String(port),
    }
    expect(await run('main', [], { ...env, LOG_LEVEL: 'silent' })).toMatchObject({
      code: 78,
      err: `PORT: found ${port} in use by another process, expected a free port\n`,
    })
    taken.close()
  }, 60_000)
})

describe('npm run migrate', () => {
  it('brings an empty database up to date, twice, and says so', async () => {
    const empty = await createEmptyDatabase()
    const env = { DATABASE_URL: empty.botUrl, DATABASE_ADMIN_URL: empty.adminUrl }
    expect((await run('migrate', [], env)).code).toBe(0)
    expect((await run('migrate', [], env)).code).toBe(0)
    await empty.drop()
  }, 60_000)

  it('says which database it could not reach, without its password', async () => {
    const { code, err } = await run('migrate', [], {
      DATABASE_URL: 'postgres://bakery:hunter2@127.0.0.1:9/bakery',
    })
    expect(code).not.toBe(0)
    expect(err).toContain('127.0.0.1:9')
    expect(err).not.toContain('hunter2')
  }, 60_000)
})

describe('npm run bakery', () => {
  const terminal = (...args: string[]) =>
    run('terminal', args, { ...PLATFORM, DATABASE_URL: database.botUrl })

  it('answers health as data by the contract, and exits with how it is', async () => {
    const { code, out } = await terminal('health', '--json')
    expect(code).toBe(3)
    const report = JSON.parse(out) as { version: number; status: string; checks: Record<string, unknown>[] }
    expect([report.version, report.status]).toEqual([1, 'unknown'])
    expect(report.checks.filter(({ area }) => area === 'databases')).toHaveLength(14)
    for (const check of report.checks) {
      expect(Object.keys(check)).toEqual(
        expect.arrayContaining(['area', 'target', 'status', 'reason', 'facts', 'observedAt', 'durationMs']),
      )
    }
  }, 60_000)

  it('lists a scheduled job that has not run yet', async () => {
    expect(await terminal('jobs', 'list')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^morning-health · on\nIt has not run yet\. Next: /m),
    })
  }, 60_000)

  it('exits 64 for what it does not understand, with the nearest command', async () => {
    expect(await terminal('helth')).toMatchObject({ code: 64, err: expect.stringContaining('health') })
    expect(await terminal('health', 'nonsense')).toMatchObject({ code: 64 })
  }, 60_000)

  it('refuses every command that changes something', async () => {
    for (const command of commands.filter(({ kind }) => kind !== 'query')) {
      const line = command.examples[0] ?? command.name
      const { code, err } = await terminal(...tokenise(line).map(({ text }) => text))
      expect([line, code, err]).toEqual([line, 64, expect.stringMatching(/changes something/)])
    }
  }, 300_000)

  it('does nothing when it cannot be written down', async () => {
    const env = { ...PLATFORM, DATABASE_URL: 'postgres://bakery:hunter2@127.0.0.1:9/bakery' }
    const { code, out, err } = await run('terminal', ['health'], env)
    expect([code, out]).toEqual([3, ''])
    expect(err).toBe("Bakery's own database cannot be reached while connecting.\n")
  }, 60_000)

  it('names the command that brings an empty database up to date, and exits 78', async () => {
    const empty = await createEmptyDatabase()
    const { code, err } = await run('terminal', ['health'], { ...PLATFORM, DATABASE_URL: empty.adminUrl })
    expect([code, err]).toEqual([78, expect.stringMatching(/^DATABASE_URL: found .+`npm run migrate`\n$/)])
    await empty.drop()
  }, 60_000)
})

describe('the chain, attacked as superuser', () => {
  const env = () => ({ ...PLATFORM, DATABASE_URL: database.botUrl, DATABASE_ADMIN_URL: database.adminUrl })
  const verify = (...args: string[]) => run('audit-verify', args, env())
  const attack = async (statements: readonly string[]) => {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: database.adminUrl })
    await client.connect()
    await client.query('SET session_replication_role = replica')
    await client.query('BEGIN')
    for (const statement of statements) await client.query(statement)
    return {
      keep: () => client.query('COMMIT').then(() => client.end()),
    }
  }

  /** Each starts from a database of its own with the same forty rows. */
  async function fresh(): Promise<void> {
    await database.drop()
    database = await createTestDatabase()
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: database.botUrl })
    await client.connect()
    for (let row = 0; row < 40; row += 1) {
      await client.query('SELECT audit_append($1)', [JSON.stringify([entry(row)])])
    }
    await client.end()
  }
  const entry = (row: number) => ({
    kind: 'request',
    actor: 'T0BAKERY/U0MARCO',
    person: 'marco',
    channel: 'C0OPERATIONS',
    surface: 'slash',
    command: 'health',
    target: null,
    operation: null,
    decision: 'allowed',
    code: null,
    ref: `REF${String(row).padStart(5, '0')}`,
    payload: '{"line":"health"}',
  })

  it('verifies while nobody touched it, in the database and as an export', async () => {
    await fresh()
    const file = join(folder, 'export.jsonl')
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('intact: 40 rows') })
    expect((await run('audit-export', ['--out', file], env())).code).toBe(0)
    expect(await verify('--file', file)).toMatchObject({ code: 0 })
    const key = join(folder, 'unused-key.pem')
    const { privateKey } = generateKeyPairSync('ed25519')
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const unsigned = mkdtempSync(join(folder, 'no-checkpoints-'))
    expect(await verify('--file', file, '--checkpoints', unsigned, '--public-key', key)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`${unsigned} holds no checkpoint, so nothing signed speaks for them`),
    })
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    writeFileSync(file, lines.with(6, (lines[6] ?? '').replace('"allowed"', '"refused"')).join('\n'))
    expect(await verify('--file', file)).toMatchObject({
      code: 2,
      out: expect.stringContaining('first bad row: 7'),
    })
    writeFileSync(file, `${lines.slice(0, 3).join('\n')}\nnot a row\n`)
    expect(await verify('--file', file)).toMatchObject({
      code: 2,
      out: expect.stringContaining('first bad row: 4'),
    })
  }, 60_000)

  it.each([
    ['edited', [`UPDATE audit SET decision = 'refused' WHERE seq = 17`], 2, 17],
    ['deleted', ['DELETE FROM audit WHERE seq = 23'], 2, 23],
    [
      'swapped',
      [
        'UPDATE audit SET seq = 100000 WHERE seq = 5',
        'UPDATE audit SET seq = 5 WHERE seq = 9',
        'UPDATE audit SET seq = 9 WHERE seq = 100000',
      ],
      2,
      5,
    ],
    [
      'inserted',
      [
        'UPDATE audit SET seq = seq + 1000 WHERE seq >= 12',
        `INSERT INTO audit SELECT 12, at, kind, actor, 'mallory', channel, surface, command, target, operation, decision, code, ref, payload_hash, prev, hash FROM audit WHERE seq = 11`,
        'UPDATE audit SET seq = seq - 999 WHERE seq > 1000',
      ],
      2,
      12,
    ],
    ['cut off at the end', ['DELETE FROM audit WHERE seq > 30'], 3, 31],
    ['truncated altogether', ['TRUNCATE audit'], 3, 1],
  ] as const)(
    'is found out when rows were %s',
    async (_, statements, code, first) => {
      await fresh()
      await (await attack(statements)).keep()
      const verdict = await verify()
      expect([verdict.code, verdict.out]).toEqual([code, expect.stringContaining(`first bad row: ${first}`)])
    },
    60_000,
  )

  it('is found out by a checkpoint when all of it was written anew, and by nothing else', async () => {
    await fresh()
    const keyFile = join(folder, 'key.pem')
    writeFileSync(keyFile, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const checkpoints = join(folder, 'checkpoints')
    const { createCheckpointer } = await import('../../src/audit/checkpointer.ts')
    const { createAudit } = await import('../../src/store/audit.ts')
    const { default: pg } = await import('pg')
    const pool = new pg.Pool({ connectionString: database.botUrl })
    const checkpointer = createCheckpointer({
      chain: createAudit(pool),
      folder: checkpoints,
      keyFile,
      now: () => new Date(),
    })
    expect((await checkpointer.checkpoint()).state).toBe('written')
    const proof = ['--checkpoints', checkpoints, '--public-key', keyFile]
    expect(await verify(...proof)).toMatchObject({ code: 0 })

    await (
      await attack(['TRUNCATE audit, audit_payload', `UPDATE audit_head SET seq = 0, hash = repeat('0', 64)`])
    ).keep()
    expect((await verify()).code).toBe(0)
    expect(await verify(...proof)).toMatchObject({
      code: 3,
      out: expect.stringContaining('first bad row: 1'),
    })
    for (let row = 0; row < 41; row += 1) {
      await pool.query('SELECT audit_append($1)', [JSON.stringify([{ ...entry(row), person: 'mallory' }])])
    }
    expect((await verify()).code).toBe(0)
    expect(await verify(...proof)).toMatchObject({
      code: 2,
      out: expect.stringContaining('first bad row: 1'),
    })
    expect(await checkpointer.checkpoint()).toMatchObject({ state: 'refused' })
    await pool.end()
  }, 60_000)

  it('cannot be verified without a database, a readable file or a key for its checkpoints', async () => {
    expect((await run('audit-verify', [])).code).toBe(4)
    expect((await verify('--file', join(folder, 'nowhere.jsonl'))).code).toBe(4)
    expect((await verify('--checkpoints', folder)).code).toBe(4)
  }, 60_000)
})
