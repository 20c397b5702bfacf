import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRateLimits } from '../../../practice/slack/rate-limits.ts'
import { type Setup, setUp } from './support.ts'

let at: Setup
beforeAll(async () => {
  at = await setUp()
})
beforeEach(() => {
  at.slack.setDown(false)
})
afterAll(() => at.stop())

const post = (text: string, channel = 'C0OPERATIONS') => at.client.chat.postMessage({ channel, text })
const texts = async () => (await at.slack.messages('C0OPERATIONS')).map(({ text }) => text)

describe('a Slack that misbehaves', () => {
  it('answers 503 while it is down, and serves again', async () => {
    at.slack.setDown(true)
    await expect(post('lost')).rejects.toThrow('503')
    at.slack.setDown(false)
    await post('after the outage')
    expect(await texts()).toEqual(['after the outage'])
  })

  it('cuts the connection before it did anything', async () => {
    at.slack.setDown('reset')
    await expect(post('cut')).rejects.toThrow()
    expect(await texts()).not.toContain('cut')
  })

  it('does what was asked and loses the answer', async () => {
    at.slack.setDown('lost-answer', ['chat.postMessage'])
    await expect(post('answer lost')).rejects.toThrow()
    expect(await texts()).toContain('answer lost')
    await expect(at.client.auth.test()).resolves.toMatchObject({ ok: true })
  })

  it('answers a given method with a given error once', async () => {
    at.slack.failNext('conversations.info', 'fatal_error')
    await expect(at.client.conversations.info({ channel: 'C0OPERATIONS' })).rejects.toThrow('fatal_error')
    await expect(at.client.conversations.info({ channel: 'C0OPERATIONS' })).resolves.toMatchObject({
      ok: true,
    })
  })

  it('says 429 with Retry-After to a burst in one channel, and not to another channel', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => post(`${index}`, 'C0DIGEST')),
    )
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(4)
    expect(refused[0]).toMatchObject({ reason: { retryAfter: 1 } })
    await expect(post('elsewhere', 'C0SECURITY')).resolves.toMatchObject({ ok: true })
  })
})

describe('one message a second and channel', () => {
  it('lets four through at once and then one a second', () => {
    let now = 0
    const limits = createRateLimits(() => now)
    const four = Array.from({ length: 4 }, () => limits.take('C'))
    expect([...four, limits.take('C')]).toEqual([0, 0, 0, 0, 1])
    now = 1000
    expect([limits.take('C'), limits.take('C')]).toEqual([0, 1])
  })
})
