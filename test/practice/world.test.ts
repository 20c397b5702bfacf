import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../../practice/world.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a practice world without its platform', () => {
  let database: TestDatabase
  let world: World
  const steps: string[] = []

  beforeAll(async () => {
    database = await createTestDatabase()
    world = await startWorld({
      platform: false,
      database,
      slack: { rateLimits: false },
      page: { port: 0 },
      onStep: (what) => steps.push(what),
    })
  })
  afterAll(async () => {
    await world.stop()
    await database.drop()
  })

  const seen = async (person: string) =>
    JSON.stringify([
      ...world.slack.ephemerals(person),
      ...(await world.slack.messages('C0OPERATIONS')),
      ...(await world.slack.messages(await world.slack.direct(person))),
    ])

  it('says each part as it stands, and where the page is', () => {
    expect([...steps].sort()).toEqual(['PostgreSQL for Bakery, migrated', 'Slack', 'the bot'])
    expect(world.pageUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('answers a person who asks who they are', async () => {
    expect(await world.slack.command('U0MARCO', 'C0OPERATIONS', '/bakery whoami')).toMatchObject({ ok: true })
    await expect.poll(() => seen('U0MARCO'), { timeout: 10_000 }).toMatch(/member/)
  })

  it('refuses a stranger with the code that says why', async () => {
    await world.slack.command('U0EVE', 'C0SHARED', '/bakery health')
    const told = async () =>
      JSON.stringify([
        ...world.slack.ephemerals('U0EVE'),
        ...(await world.slack.messages(await world.slack.direct('U0EVE'))),
      ])
    await expect.poll(told, { timeout: 10_000 }).toMatch(/EXTERNAL/)
  })

  it('answers again after the bot was killed and started again', async () => {
    await world.bot.kill()
    const down = await world.slack.command('U0ANA', 'C0OPERATIONS', '/bakery whoami')
    expect(down.error).toBe('dispatch_failed')
    await world.restartBot()
    await world.slack.command('U0ANA', 'C0OPERATIONS', '/bakery whoami')
    await expect.poll(() => seen('U0ANA'), { timeout: 10_000 }).toMatch(/admin/)
  })

  it('stops the bot with everything else', async () => {
    const { pid } = world.bot
    expect(alive(pid)).toBe(true)
    await world.stop()
    expect(alive(pid)).toBe(false)
    await expect(fetch(world.pageUrl ?? '')).rejects.toThrow()
  })
})
