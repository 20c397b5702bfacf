import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NAMESPACE } from '../../practice/cluster/platform-names.ts'
import { DEPLOYMENTS, REPLICASETS } from '../../practice/cluster/resources.ts'
import type { Message } from '../../practice/slack/messages.ts'
import type { PracticePlatform } from '../../practice/systems/platform.ts'
import { clickForm, eventually, type Journey, post, signForm, startJourney, wordsOf } from './support.ts'

const OPERATIONS = 'C0OPERATIONS'
const SOON_MS = 20_000
const STORY_MS = 120_000

let journey: Journey
let store: PracticePlatform['cluster']['store']
beforeAll(async () => {
  journey = await startJourney({ platform: { databases: ['auth'] } })
  store = (journey.world.platform as PracticePlatform).cluster.store
}, STORY_MS)
afterAll(() => journey?.stop())

const say = (person: string, line: string) => journey.slack.command(person, OPERATIONS, `/bakery ${line}`)
/** The last of what only this person sees, with all of these words. */
const shownTo = (person: string, ...words: string[]) =>
  eventually(
    () =>
      journey.slack
        .ephemerals(person)
        .findLast((message) => words.every((each) => wordsOf(message).includes(each))),
    SOON_MS,
  )
const posted = (...words: string[]) =>
  eventually(
    async () =>
      (await journey.slack.messages(OPERATIONS)).findLast((message) =>
        words.every((each) => wordsOf(message).includes(each)),
      ),
    SOON_MS,
  )
const valueIn = (message: Message, action: string) =>
  new RegExp(`"action_id":"${action}","value":"([^"]+)"|"value":"([^"]+)","action_id":"${action}"`)
    .exec(JSON.stringify(message.blocks))
    ?.slice(1)
    .find((value) => value !== undefined) ?? ''
const send = (form: Readonly<Record<string, string>>) =>
  post(journey.world.bot.eventsUrl, signForm(journey.signingSecret, form))
const forge = (user: string, action: string, value: string) =>
  send(clickForm({ user, channel: OPERATIONS, action, value }))
const refusals = async (code: string, by = '') =>
  (await journey.audit(`kind = 'outcome' AND code = '${code}' AND actor LIKE '%${by}'`)).length
const stood = async (where: string) =>
  (await journey.sql(`SELECT state, audit_ids FROM operation_v1 WHERE ${where} ORDER BY created_at`)).map(
    ({ state, audit_ids }) => `${state}, ${(audit_ids as unknown[]).length} writes`,
  )

/** A decision's modal, as Slack sends it. */
function submission(user: string, metadata: string, verdict: string, callback = 'decide') {
  const payload = {
    type: 'view_submission',
    ...{ team: { id: 'T0BAKERY' }, user: { id: user, team_id: 'T0BAKERY' }, api_app_id: 'A0BAKERY' },
    trigger_id: `${Math.random().toString(16).slice(2)}.1`,
    view: {
      ...{ id: `V${Math.random().toString(36).slice(2, 10).toUpperCase()}`, type: 'modal' },
      ...{ callback_id: callback, private_metadata: metadata },
      state: {
        values: { verdict: { verdict: { type: 'radio_buttons', selected_option: { value: verdict } } } },
      },
    },
    response_urls: [],
  }
  return send({ payload: JSON.stringify(payload) })
}

describe('an object that is another one at the click than in the preview', () => {
  it(
    'is gone: that is said, and nothing is done',
    async () => {
      await say('U0MARCO', 'restart inventory')
      const preview = await shownTo('U0MARCO', 'inventory-service', '"action_id":"confirm"')
      store.remove(DEPLOYMENTS, NAMESPACE, 'inventory-service')
      await journey.slack.click('U0MARCO', preview, { action: 'confirm' })
      const said = await shownTo('U0MARCO', 'STALE_PLAN', 'inventory-service')
      expect(said.text).toMatch(
        /“Restart inventory-service .*” was not done\. This cannot be planned any more: There is no workload called inventory-service/,
      )
      expect(await stood(`target = 'inventory-service'`)).toEqual(['stale, 0 writes'])
    },
    STORY_MS,
  )

  it(
    'has the same name and another UID: the new plan is shown, and nothing is done',
    async () => {
      await say('U0MARCO', 'restart sales')
      const preview = await shownTo('U0MARCO', 'sales-service', '"action_id":"confirm"')
      const before = store.get(DEPLOYMENTS, NAMESPACE, 'sales-service')
      if (before === undefined) throw new Error('sales-service is not there')
      const uid = '00000000-0000-4000-8000-000000000099'
      store.remove(DEPLOYMENTS, NAMESPACE, 'sales-service')
      await eventually(() => store.ownedBy(REPLICASETS, before.metadata.uid).length === 0, SOON_MS)
      store.put(DEPLOYMENTS, { ...before, metadata: { ...before.metadata, uid } })
      // Only its UID is another one in the end: that its pods are new is over.
      await eventually(() => {
        const { status } = store.get(DEPLOYMENTS, NAMESPACE, 'sales-service') ?? {}
        const sets = store.ownedBy(REPLICASETS, uid)
        return (
          sets.length === 1 && sets[0]?.status?.availableReplicas === 1 && status?.availableReplicas === 1
        )
      }, SOON_MS)
      await journey.slack.click('U0MARCO', preview, { action: 'confirm' })
      const said = await shownTo('U0MARCO', 'STALE_PLAN', 'sales-service')
      expect(wordsOf(said)).toContain('Somebody changed or replaced Deployment/sales-service meanwhile.')
      expect(wordsOf(said)).toContain('"action_id":"confirm"')
      expect(await stood(`target = 'sales-service'`)).toEqual(['stale, 0 writes', 'planned, 0 writes'])
    },
    STORY_MS,
  )
})

describe('a click that Bakery did not offer', () => {
  it(
    'with an edited or invented value does nothing and says so',
    async () => {
      await say('U0MARCO', 'restart pos')
      const preview = await shownTo('U0MARCO', 'pos-service', '"action_id":"confirm"')
      const [id = '', digest = ''] = valueIn(preview, 'confirm').split('.')
      expect(digest).toMatch(/^[0-9a-f]{16}$/)
      const before = await refusals('EXPIRED')
      await forge('U0MARCO', 'confirm', `${id}.${'0'.repeat(16)}`)
      await shownTo(
        'U0MARCO',
        'This button does not match the plan that was shown with it. Nothing was done.',
      )
      await forge('U0MARCO', 'confirm', `zzzzzzzzzz.${digest}`)
      await forge('U0MARCO', 'run', 'restart pos-service')
      await forge('U0MARCO', 'confirm', `${id}.${digest}' OR 1=1 --`)
      await eventually(async () => (await refusals('EXPIRED')) === before + 3, SOON_MS)
      await shownTo('U0MARCO', 'This button is not known any more. Ask again for a fresh one.')
      // Somebody else's preview: what it holds is right, and it is not theirs to confirm.
      await forge('U0ANA', 'confirm', `${id}.${digest}`)
      await shownTo('U0ANA', `Only whoever asked for the operation ${id} confirms it.`)
      expect(await stood(`target = 'pos-service'`)).toEqual(['planned, 0 writes'])
    },
    STORY_MS,
  )

  it('with a forged signature is no request at all', async () => {
    const rows = async () => Number((await journey.sql('SELECT count(*) AS n FROM audit_v1'))[0]?.n)
    const before = await rows()
    const form = clickForm({ user: 'U0OLIVIA', channel: OPERATIONS, action: 'confirm', value: 'x.y' })
    const forged = signForm('another secret', form)
    expect((await post(journey.world.bot.eventsUrl, forged)).status).toBe(401)
    expect(await rows()).toBe(before)
  })

  it(
    'that is replayed has one effect',
    async () => {
      await say('U0MARCO', 'restart tenant')
      const preview = await shownTo('U0MARCO', 'tenant-service', '"action_id":"confirm"')
      const value = valueIn(preview, 'confirm')
      const signed = signForm(
        journey.signingSecret,
        clickForm({ user: 'U0MARCO', channel: OPERATIONS, action: 'confirm', value }),
      )
      await Promise.all([1, 2, 3].map(() => post(journey.world.bot.eventsUrl, signed)))
      await posted('Succeeded', 'tenant-service')
      expect(await stood(`target = 'tenant-service'`)).toEqual(['succeeded, 1 writes'])
      expect(await refusals('ALREADY_DECIDED')).toBe(0)
    },
    STORY_MS,
  )
})

describe('a decision’s modal', () => {
  const asked = async (reason: string) => {
    await say('U0ANA', `restart auth-db --reason "${reason}"`)
    return valueIn(await posted('"action_id":"approve"', reason), 'approve')
  }

  it(
    'that somebody else sends, or whoever asked, decides nothing',
    async () => {
      const value = await asked('by somebody else')
      await submission('U0VERA', value, 'approve')
      await shownTo('U0VERA', 'needs the role admin', 'NO_ROLE')
      await submission('U0ANA', value, 'approve')
      await eventually(async () => (await refusals('SELF_APPROVAL', 'U0ANA')) === 1, SOON_MS)
      await submission('U0OLIVIA', `${value.slice(0, 10)}.${'f'.repeat(16)}`, 'approve')
      // What belongs to no operation has no channel either: it is said in a direct message.
      await eventually(async () => (await refusals('STALE_PLAN', 'U0OLIVIA')) === 1, SOON_MS)
      expect(await stood(`reason = 'by somebody else'`)).toEqual(['awaiting, 0 writes'])
    },
    STORY_MS,
  )

  it(
    'that is sent after its time decides nothing',
    async () => {
      const value = await asked('too late')
      await journey.sql(
        `SET session_replication_role = replica; UPDATE operation SET expires_at = clock_timestamp() - interval '1 s'
       WHERE id = '${value.slice(0, 10)}'; SET session_replication_role = DEFAULT`,
      )
      await submission('U0OLIVIA', value, 'approve')
      await shownTo('U0OLIVIA', value.slice(0, 10), 'EXPIRED')
      await eventually(async () => (await stood(`reason = 'too late'`))[0] === 'expired, 0 writes', SOON_MS)
    },
    STORY_MS,
  )

  it(
    'that is sent twice decides once',
    async () => {
      const value = await asked('twice')
      await submission('U0OLIVIA', value, 'approve')
      await submission('U0OLIVIA', value, 'approve')
      await shownTo('U0OLIVIA', value.slice(0, 10), 'ALREADY_DECIDED')
      await posted('Succeeded', 'auth-db')
      expect(await stood(`reason = 'twice'`)).toEqual(['succeeded, 1 writes'])
      expect(await journey.sql(`SELECT approved_by FROM operation_v1 WHERE reason = 'twice'`)).toEqual([
        { approved_by: ['olivia'] },
      ])
    },
    STORY_MS,
  )
})
