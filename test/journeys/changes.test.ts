import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NAMESPACE } from '../../practice/cluster/platform-names.ts'
import { DEPLOYMENTS } from '../../practice/cluster/resources.ts'
import type { Message } from '../../practice/slack/messages.ts'
import type { PracticePlatform } from '../../practice/systems/platform.ts'
import { eventually, type Journey, startJourney, wordsOf } from './support.ts'

const OPERATIONS = 'C0OPERATIONS'
let journey: Journey
let platform: PracticePlatform
beforeAll(async () => {
  journey = await startJourney({ platform: { databases: ['auth', 'orders'] } })
  platform = journey.world.platform as PracticePlatform
}, 120_000)
afterAll(() => journey?.stop())

const say = (person: string, line: string) => journey.slack.command(person, OPERATIONS, `/bakery ${line}`)
const posted = async (words: string): Promise<Message | undefined> =>
  (await journey.slack.messages(OPERATIONS)).findLast((message) => wordsOf(message).includes(words))
const shownTo = (person: string, words: string) =>
  eventually(
    () => journey.slack.ephemerals(person).findLast((message) => wordsOf(message).includes(words)),
    20_000,
  )
/** Clicks a decision open, decides, and gives what the modal said. */
async function decide(person: string, card: Message, verdict: 'approve' | 'deny'): Promise<string> {
  const known = journey.slack.views(person).length
  await journey.slack.click(person, card, { action: verdict })
  const view = await eventually(() => journey.slack.views(person)[known])
  await journey.slack.submit(person, String(view.id), {
    verdict: { verdict: { type: 'radio_buttons', selected_option: { value: verdict } } },
    reason: { reason: { type: 'plain_text_input', value: 'as agreed' } },
  })
  return JSON.stringify(view)
}
const operations = (where: string) =>
  journey.sql(`SELECT id, state, requester, approved_by, audit_ids FROM operation_v1 WHERE ${where}`)
const statesOf = async (id: string) =>
  (await journey.audit(`kind = 'operation' AND operation = '${id}'`)).map(({ decision }) => decision)

describe('a bad deploy at 3 a.m.', () => {
  it('is seen in the digest, understood from the log, rolled back, and stands in the audit log', async () => {
    platform.cluster.setBehaviour('sales-service', 'crash-loop')
    const digest = await eventually(async () => {
      await say('U0MARCO', 'jobs run morning-health')
      await new Promise((resolve) => setTimeout(resolve, 1500))
      const last = (await journey.slack.messages('C0DIGEST')).findLast((message) =>
        wordsOf(message).includes('bakery:digest:'),
      )
      return last && /sales-service[^"]*restarts/.test(wordsOf(last)) && last
    }, 60_000)
    const block = digest.blocks.find(
      (each) => JSON.stringify(each).includes('*sales-service*') && 'accessory' in each,
    )
    await journey.slack.click('U0MARCO', digest, { action: 'logs', block: String(block?.block_id) })
    await shownTo('U0MARCO', 'bakery:logs:')

    await say('U0MARCO', 'rollback sales')
    const choice = await shownTo('U0MARCO', 'to which one?')
    expect(wordsOf(choice)).toContain('Revision 1')
    await say('U0MARCO', 'rollback sales --to 1')
    const preview = await shownTo('U0MARCO', '"action_id":"confirm"')
    expect(preview.text).toMatch(/^Preview, nothing is done yet: .*sales-service/)
    expect(wordsOf(preview)).toContain('UNDONE_BY_FLUX')
    await journey.slack.click('U0MARCO', preview, { action: 'confirm' })

    const result = await eventually(() => posted('Succeeded'), 60_000)
    expect(result.text).toMatch(/sales-service/)
    expect(wordsOf(result)).toContain('"action_id":"undo"')
    const [operation] = await operations(`command = 'rollback'`)
    expect(operation).toMatchObject({ state: 'succeeded', requester: 'marco' })
    expect(operation?.audit_ids).toHaveLength(1)
    expect(await statesOf(String(operation?.id))).toEqual([
      ...['planned', 'approved', 'running', 'verifying', 'succeeded'],
    ])
    const deployment = platform.cluster.store.get(DEPLOYMENTS, NAMESPACE, 'sales-service')
    expect(JSON.stringify(deployment)).toContain(`"bakery.dev/operation":"${operation?.id}"`)
  }, 180_000)
})

describe('two people restart a database', () => {
  it('one asks, the other approves what both have read, and it runs once', async () => {
    await say('U0ANA', 'restart auth-db --reason "leaks memory"')
    const card = await eventually(() => posted('bakery:approval:'), 20_000)
    expect(card.text).toMatch(/^Approval needed for auth-db: /)
    expect(wordsOf(card)).toContain('leaks memory')

    await journey.slack.click('U0ANA', card, { action: 'approve' })
    await eventually(async () => (await journey.audit(`code = 'SELF_APPROVAL'`)).length > 0, 20_000)
    expect(await operations(`command = 'restart' AND state <> 'awaiting'`)).toEqual([])

    const said = await decide('U0OLIVIA', card, 'approve')
    expect(said).toContain('leaks memory')
    await eventually(() => posted('Succeeded: Restart auth-db'), 60_000)
    const [operation] = await operations(`command = 'restart'`)
    expect(operation).toMatchObject({ state: 'succeeded', requester: 'ana', approved_by: ['olivia'] })
    const decided = await eventually(async () => {
      const message = (await journey.slack.messages(OPERATIONS)).find(({ ts }) => ts === card.ts)
      return message && !wordsOf(message).includes('"action_id":"approve"') && message
    }, 20_000)
    expect(wordsOf(decided)).not.toContain('Approval needed')

    await journey.slack.click('U0OLIVIA', card, { action: 'approve' })
    await eventually(async () => (await journey.audit(`code = 'ALREADY_DECIDED'`)).length > 0, 20_000)
    expect((await operations(`command = 'restart'`)).length).toBe(1)
  }, 180_000)
})

describe('the plan changed while the approver read it', () => {
  it('is not run: the new one is shown and asks again', async () => {
    await say('U0ANA', 'restart orders-db')
    const card = await eventually(() => posted('Approval needed for orders-db'), 20_000)
    platform.cluster.setBehaviour('orders-db', 'never-ready')
    await decide('U0OLIVIA', card, 'approve')
    await eventually(async () => (await journey.audit(`code = 'STALE_PLAN'`)).length > 0, 20_000)
    const states = await operations(`target = 'orders-db'`)
    expect(states.map(({ state }) => state).toSorted()).toEqual(['awaiting', 'stale'])
    const again = await eventually(async () => {
      const message = await posted('Approval needed for orders-db')
      return message && message.ts !== card.ts && message
    }, 20_000)
    await decide('U0OLIVIA', again, 'deny')
    await eventually(
      async () => (await operations(`target = 'orders-db' AND state = 'denied'`)).length === 1,
      20_000,
    )
    expect(await operations(`target = 'orders-db' AND cardinality(audit_ids) > 0`)).toEqual([])
  }, 180_000)
})
