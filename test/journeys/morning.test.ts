import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Message } from '../../practice/slack/messages.ts'
import type { PracticePlatform } from '../../practice/systems/platform.ts'
import { eventually, type Journey, startJourney, wordsOf } from './support.ts'

let journey: Journey
let platform: PracticePlatform
beforeAll(async () => {
  journey = await startJourney({ platform: { databases: ['auth', 'orders'] } })
  platform = journey.world.platform as PracticePlatform
}, 120_000)
afterAll(() => journey?.stop())

const digests = async () =>
  (await journey.slack.messages('C0DIGEST')).filter((message) => wordsOf(message).includes('bakery:digest:'))
const runDigest = async (known: number): Promise<Message> => {
  await journey.slack.command('U0MARCO', 'C0OPERATIONS', '/bakery jobs run morning-health')
  return eventually(async () => (await digests())[known], 20_000)
}

/** The block that tells of one thing, by what stands in it. */
const blockAbout = (words: string, { blocks }: Message): string => {
  const block = blocks.find((each) => JSON.stringify(each).includes(words) && 'accessory' in each)
  return String(block?.block_id)
}

describe('morning: one database down, one crash loop', () => {
  it('stands in the digest, and its buttons lead to the log', async () => {
    const quiet = await runDigest(0)
    expect(wordsOf(quiet)).toContain('Bakery-IA')

    await platform.breakDatabase('orders-db')
    platform.crash('pos-service', 'crash-loop')
    const broken = await eventually(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const known = (await digests()).length
      const digest = await runDigest(known)
      const told = wordsOf(digest)
      return /\*pos-service\*[^"]*[2-9] restarts/.test(told) && told.includes('*orders-db*') && digest
    }, 60_000)
    expect(broken.text).toMatch(/critical|unknown/i)

    const click = await journey.slack.click('U0MARCO', broken, {
      action: 'logs',
      block: blockAbout('*pos-service*', broken),
    })
    expect(click.status).toBe(200)
    const log = await eventually(
      () => journey.slack.ephemerals('U0MARCO').find((each) => wordsOf(each).includes('bakery:logs:')),
      20_000,
    )
    expect(wordsOf(log)).toContain('pos-service')
    expect(
      await journey.audit(
        `kind = 'request' AND surface = 'button' AND command = 'logs' AND decision = 'allowed'`,
      ),
    ).toHaveLength(1)

    const inChannel = await journey.slack.messages('C0DIGEST')
    expect(inChannel.some((message) => wordsOf(message).includes('bakery:logs:'))).toBe(false)
    await journey.slack.click('U0MARCO', log, { action: 'share' })
    await eventually(
      async () =>
        (await journey.slack.messages('C0DIGEST')).some((message) =>
          wordsOf(message).includes('bakery:logs:'),
        ),
      20_000,
    )
  }, 180_000)
})
