import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'

const PROGRAM = fileURLToPath(new URL('../../src/migrate.ts', import.meta.url))

let database: TestDatabase
beforeAll(async () => {
  database = await createEmptyDatabase()
})
afterAll(() => database.drop())

/** As `npm run migrate` runs it, with nothing else in the environment. */
function migrate(environment: Record<string, string>): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM], { env: environment }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

describe('npm run migrate, as a command', () => {
  it('exits 78 and names the variable when it is not told which database', async () => {
    const { code, err } = await migrate({})
    expect(code).toBe(78)
    expect(err).toMatch(/^DATABASE_URL: found nothing, expected .+\n$/)
  })

  it('says what it applied and who owns the tables, and the second time that nothing was left', async () => {
    const environment = { DATABASE_URL: database.botUrl, DATABASE_ADMIN_URL: database.adminUrl }
    const first = await migrate(environment)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toContain('Applied 0001_audit.\n')
    expect(first.out).toContain('Tables belong to bakery_owner; the bot connects as bakery.\n')
    expect((await migrate(environment)).out).toContain('Nothing to apply: the schema is current.\n')
  })

  it('exits 1 with a sentence without any password when the database cannot be reached', async () => {
    const { code, err } = await migrate({ DATABASE_URL: 'postgres://bakery:hunter2@127.0.0.1:1/bakery' })
    expect(code).toBe(1)
    expect(err).toContain('The database cannot be reached as bakery at 127.0.0.1:1/bakery')
    expect(err).not.toContain('hunter2')
  })
})
