import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Board, createBoard } from '../../../practice/faults/board.ts'
import { type Page, startPage } from '../../../practice/page/server.ts'
import { createTour, type Tour, type TourState } from '../../../practice/tour/tour.ts'
import { type Setup, setUp } from '../slack/support.ts'

let at: Setup
let tour: Tour
let page: Page
beforeEach(async () => {
  at = await setUp({ rateLimits: false })
  tour = createTour(at.slack, withoutPlatform(at))
  page = await startPage({ slack: at.slack, tour })
})
afterEach(async () => {
  tour.stop()
  await page.stop()
  await at.stop()
})

const withoutPlatform = ({ slack }: Setup): Board =>
  createBoard({ slack, platform: null, bot: { kill: async () => {}, start: async () => {} } })

/** A message as Bakery's, known by the ids of its blocks. */
const says = (kind: string, text: string) => ({
  text,
  blocks: [{ type: 'section', block_id: `bakery:${kind}:1:1`, text: { type: 'mrkdwn', text } }] as never,
})
const inChannel = (kind: string, text: string, channel = 'C0OPERATIONS') =>
  at.client.chat.postMessage({ channel, ...says(kind, text) })
const forOne = (user: string, kind: string, text: string, channel = 'C0OPERATIONS') =>
  at.client.chat.postEphemeral({ channel, user, ...says(kind, text) })
const done = () => tour.state().done
const reaches = (steps: number) => expect.poll(done, { timeout: 5000 }).toBe(steps)

describe('the tour', () => {
  it('names who does each step, where, and with which words', () => {
    const { begun, steps } = tour.state()
    expect(begun).toBe(false)
    expect(steps.map(({ title }) => title)).toEqual([
      ...['Ask how everything is', 'Read a log', 'Be refused', 'Change something'],
      ...['Ask for a second pair of eyes', 'Approve it as somebody else', 'Ask the audit log'],
    ])
    expect(steps[0]).toMatchObject({
      ...{ who: 'Marco Molina', where: '#operations', line: '/bakery health', how: null },
    })
  })

  it('is ticked by what Bakery says, from the first step to the last', async () => {
    await tour.begin()
    await inChannel('health', 'Bakery-IA is well')
    await reaches(1)
    await forOne('U0MARCO', 'logs', 'orders-service: 200 lines')
    await reaches(2)
    await forOne('U0VERA', 'refusal', '“restart” needs the role member')
    await reaches(3)
    await inChannel('result', 'Succeeded: Restart orders-service (1 pod, RollingUpdate).')
    await reaches(4)
    await inChannel('approval', 'Approval needed for auth-db: Restart auth-db (1 pod, RollingUpdate).')
    await reaches(5)
    await inChannel('result', 'Succeeded: Restart auth-db (1 pod, RollingUpdate).')
    await reaches(6)
    await forOne('U0AUDE', 'table', 'Audit log: 20 rows', 'C0SECURITY')
    await reaches(7)
    expect(tour.state().steps.map(({ how }) => how)).toEqual(Array(7).fill('done'))
  })

  it('is not ticked by another step’s answer, by a person, or before it has begun', async () => {
    await inChannel('health', 'said before')
    await tour.begin()
    await forOne('U0MARCO', 'logs', 'a log before its turn')
    await at.slack.say('U0MARCO', 'C0OPERATIONS', '/bakery health is a good command')
    await inChannel('refusal', 'nothing of health')
    expect(done()).toBe(0)
    await inChannel('health', 'said now')
    await reaches(1)
  })

  it('hears a message that is changed into the answer', async () => {
    await tour.begin()
    const { ts } = await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'One moment' })
    await at.client.chat.update({ channel: 'C0OPERATIONS', ts: ts ?? '', ...says('health', 'All is well') })
    await reaches(1)
  })

  it('begins again without being ticked by what stands in the channel', async () => {
    await tour.begin()
    await inChannel('health', 'Bakery-IA is well')
    await reaches(1)
    await tour.begin()
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'something else' })
    await forOne('U0MARCO', 'logs', 'a log before its turn')
    expect(done()).toBe(0)
  })

  it('lets a step be skipped, and none past the end', async () => {
    await tour.skip()
    expect(done()).toBe(0)
    await tour.begin()
    for (let times = 0; times < 9; times += 1) await tour.skip()
    expect(tour.state().steps.map(({ how }) => how)).toEqual(Array(7).fill('skipped'))
  })
})

describe('the tour over HTTP', () => {
  const call = async (method: string, path: string) => {
    const response = await fetch(page.url + path, { method })
    const body: unknown = await response.json()
    return { status: response.status, body: body as TourState }
  }

  it('is read, begun and skipped, and kept for whoever opens the page next', async () => {
    expect((await call('GET', '/tour')).body).toMatchObject({ begun: false, done: 0 })
    await call('POST', '/tour/begin')
    expect((await call('POST', '/tour/skip')).body.done).toBe(1)
    expect((await call('GET', '/tour')).body).toMatchObject({ begun: true, done: 1 })
  })

  it('changes nothing by being looked at', async () => {
    expect((await call('GET', '/tour/begin')).status).toBe(405)
    expect((await call('GET', '/tour/nowhere')).status).toBe(404)
    expect(tour.state().begun).toBe(false)
  })
})
