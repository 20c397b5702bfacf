import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { type Practice, practice } from '../../practice/harness.ts'

const worlds: Practice[] = []
const start = async () => {
  const world = await practice.start()
  worlds.push(world)
  return world
}
afterAll(() => Promise.all(worlds.map((world) => world.stop())))

const told = (world: Practice) => JSON.stringify(world.sent())

describe('practice.start()', () => {
  it('starts worlds beside one another that know nothing of one another', async () => {
    const [one, other] = await Promise.all([start(), start()])
    expect(one.bot.url).not.toBe(other.bot.url)
    await one.slack.command('U0ANA', 'C0OPERATIONS', '/bakery whoami')
    await expect.poll(() => told(one), { timeout: 10_000 }).toContain('admin')
    expect(other.sent()).toEqual([])
    expect(one.sent().at(-1)).toMatchObject({ channel: 'C0OPERATIONS', person: 'U0ANA', taken: true })
  }, 60_000)

  it('moves the time of Slack and of the story, and leaves the bot’s alone', async () => {
    const world = await start()
    const before = world.time.now().getTime()
    world.time.advance(3_600_000)
    expect(world.time.now().getTime() - before).toBeGreaterThanOrEqual(3_600_000)
    await world.slack.command('U0ANA', 'C0OPERATIONS', '/bakery whoami')
    await expect.poll(() => told(world), { timeout: 10_000 }).toContain('admin')
    expect(Math.abs(Date.now() - (world.sent()[0]?.at.getTime() ?? 0))).toBeLessThan(60_000)
  }, 60_000)

  it('keeps the server as long as a world is on it, and leaves nothing behind', async () => {
    const [one, other] = await Promise.all([start(), start()])
    await one.stop()
    await other.slack.command('U0ANA', 'C0OPERATIONS', '/bakery whoami')
    await expect.poll(() => told(other), { timeout: 10_000 }).toContain('admin')
    const { url } = other.bot
    await other.stop()
    await expect(fetch(url)).rejects.toThrow()
  }, 60_000)

  it('is explained to a newcomer by an example that runs', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
    expect(read('../../practice/README.md')).toContain(`\`\`\`ts\n${read('example.test.ts')}\`\`\``)
  })
})
