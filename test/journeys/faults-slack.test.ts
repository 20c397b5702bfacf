import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type Journey, startJourney, wordsOf } from './support.ts'

let journey: Journey
beforeAll(async () => {
  journey = await startJourney()
  await ask('health redis')
  await eventually(async () => (await answers()).length === 1, 20_000)
}, 60_000)
afterAll(() => journey?.stop())

const ask = (line: string) => journey.slack.command('U0MARCO', 'C0OPERATIONS', `/bakery ${line}`)
/** Answers of health in the channel, oldest first. */
const answers = async () =>
  (await journey.slack.messages('C0OPERATIONS')).filter((message) =>
    wordsOf(message).includes('bakery:health:'),
  )
const count = async () => (await answers()).length
const requests = async () => (await journey.audit(`kind = 'request' AND command = 'health'`)).length
const outcomes = async () => (await journey.audit(`kind = 'outcome' AND command = 'health'`)).length
const settled = async () => (await journey.sql('SELECT FROM outbox WHERE settled_at IS NULL')).length === 0

describe('the faults of Slack and of Bakery itself', () => {
  it('slack-slow: acknowledged before Slack could have answered anything, answered late, each once', async () => {
    const { board } = journey.world
    const [known, calls] = [await count(), journey.slack.calls().length]
    await board.break('slack-slow')
    const { status } = await ask('health redis')
    expect(status).toBe(200)
    const said = () => journey.slack.calls().slice(calls)
    expect(said().filter(({ method }) => method === 'chat.postMessage')).toEqual([])
    await eventually(async () => (await count()) > known, 30_000)
    await board.mend('slack-slow')
    await eventually(settled, 30_000)
    expect(await count()).toBe(known + 1)
  }, 90_000)

  it('slack-down: acknowledged and recorded, nothing is said; after mending every answer comes exactly once', async () => {
    const { board } = journey.world
    const [known, asked] = [await count(), await requests()]
    await board.break('slack-down')
    for (const line of ['health redis', 'health rabbitmq']) expect((await ask(line)).status).toBe(200)
    await eventually(async () => (await requests()) === asked + 2 && (await outcomes()) === asked + 2, 20_000)
    expect(await count()).toBe(known)
    await board.mend('slack-down')
    await eventually(async () => (await count()) === known + 2, 60_000)
    await eventually(settled, 30_000)
    expect(await count()).toBe(known + 2)
  }, 120_000)

  it('bot-killed: Slack says that it failed; after mending what was owed is said, and new questions are answered', async () => {
    const { board } = journey.world
    const known = await count()
    journey.slack.setDown(true)
    const done = await outcomes()
    expect((await ask('health redis')).status).toBe(200)
    await eventually(async () => (await outcomes()) > done, 20_000)
    await board.break('bot-killed')
    expect((await ask('health rabbitmq')).error).toBe('dispatch_failed')
    journey.slack.setDown(false)
    expect(await count()).toBe(known)
    await board.mend('bot-killed')
    await eventually(async () => (await count()) === known + 1, 60_000)
    await ask('health rabbitmq')
    await eventually(async () => (await count()) === known + 2, 30_000)
  }, 150_000)
})
