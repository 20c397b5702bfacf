import { expect, it } from 'vitest'
import { practice } from '../../practice/harness.ts'

const PATIENT = { timeout: 10_000 }

it('refuses Vera what Marco may do, and shows Marco a fresh answer after a while', async () => {
  const world = await practice.start()
  const said = () => world.sent().map(({ person, text }) => `${person}: ${text}`)

  await world.slack.command('U0VERA', 'C0OPERATIONS', '/bakery restart orders')
  await expect.poll(said, PATIENT).toContainEqual(expect.stringMatching(/^U0VERA: .*role/))

  await world.slack.command('U0MARCO', 'C0OPERATIONS', '/bakery health redis')
  await expect.poll(() => world.slack.messages('C0OPERATIONS'), PATIENT).toHaveLength(1)
  const [report] = await world.slack.messages('C0OPERATIONS')

  world.time.advance(3_600_000)
  await world.board.break('bot-killed')
  await world.board.mend('bot-killed')
  if (report) await world.slack.click('U0MARCO', report, { action: 'refresh' })
  await expect.poll(() => world.sent().at(-1)?.method, PATIENT).toBe('chat.update')

  await world.stop()
}, 60_000)
