import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { valueAt } from '../../practice/cluster/objects.ts'
import { findResource } from '../../practice/cluster/resources.ts'
import { FAULTS } from '../../practice/faults/index.ts'
import type { PracticePlatform } from '../../practice/systems/platform.ts'
import type { Story } from './faults-stories/story.ts'
import { STORIES } from './faults-stories.ts'
import {
  type Health,
  healthBecomes,
  impatientPlatform,
  type Row,
  rowOnFile,
  rowsOnFile,
  tryHealth,
} from './faults-support.ts'
import { eventually, type Journey, startJourney, wordsOf } from './support.ts'

/** A Monday at seven in Madrid, when the bakeries ask most. */
const BUSY = new Date('2026-11-23T06:05:00Z')
const WELL = 'Bakery-IA is well: 10 areas checked, nothing is wrong.'
const HOUR_MS = 3_600_000
/** Long enough that queues are worked off, and that the calls of the last minutes went well. */
const AFTERWARDS_MS = 15 * 60_000
/** These concern Bakery itself: the platform is well, and its answers do not come as they should (faults-slack.test.ts). */
const OF_BAKERY = ['slack-slow', 'slack-down', 'bot-killed']

let journey: Journey
let platform: PracticePlatform
let impatient: Awaited<ReturnType<typeof impatientPlatform>>
beforeAll(async () => {
  impatient = await impatientPlatform()
  journey = await startJourney({
    platform: { seed: 4 },
    platformFile: impatient.file,
    startAt: BUSY,
    slack: { rateLimits: false },
  })
  platform = journey.world.platform as PracticePlatform
}, 120_000)
/** Whose restarts or kills are still told when a story ends, also when it fails. */
let left: string | undefined
afterEach(async () => {
  await journey.world.board.reset()
  await quiet()
  journey.world.time.advance(AFTERWARDS_MS)
  if (left !== undefined) await forget(left)
  left = undefined
}, 90_000)
afterAll(async () => {
  await journey?.stop()
  await impatient?.remove()
})

const tells = ({ troubles }: Health, wanted: Story['troubles']) =>
  troubles.length === wanted.length &&
  wanted.every(({ title, status, says, next }) =>
    troubles.some(
      (told) =>
        title.test(told.title) &&
        told.status === status &&
        says.every((words) => words.test(told.lines)) &&
        told.next === next,
    ),
  )

/** What Marco is told after he asked, in the channel or for him alone, as soon as it says all of this. */
async function answerTo(line: string, says: readonly RegExp[]): Promise<void> {
  const seen = async () => [
    ...journey.slack.ephemerals('U0MARCO'),
    ...(await journey.slack.messages('C0OPERATIONS')),
  ]
  const known = new Set((await seen()).map(({ ts }) => ts))
  await journey.slack.command('U0MARCO', 'C0OPERATIONS', `/bakery ${line}`)
  await expect
    .poll(async () => (await seen()).filter(({ ts }) => !known.has(ts)).map(wordsOf), { timeout: 40_000 })
    .toSatisfy((told: readonly string[]) => told.some((words) => says.every((one) => one.test(words))))
}

/** Nothing is broken any more: the cluster has come back to rest after it was mended. */
async function quiet(): Promise<void> {
  await eventually(() => platform.outages.all().every(({ to }) => to !== null), 30_000)
}

/** What is still told of the last hour goes: an hour passes, and new pods take the place of those that were killed. */
async function forget(workload: string): Promise<void> {
  journey.world.time.advance(HOUR_MS + 60_000)
  const old = platform.cluster.podsOf(workload).map(({ metadata }) => metadata)
  for (const { name } of old) platform.cluster.deletePod(name)
  // Health is well for a moment still: what follows from the deletion comes first.
  const isOld = ({ metadata }: { metadata: { uid: string } }) => old.some(({ uid }) => uid === metadata.uid)
  await eventually(() => !platform.cluster.podsOf(workload).some(isOld), 30_000)
  await quiet()
  await healthBecomes(journey, ({ headline }) => headline === WELL)
}

const custom = (group: string, plural: string, namespace: string, name: string) => {
  const resource = findResource(group, 'v1', plural)
  return resource && platform.cluster.store.get(resource, namespace, name)
}

/** What stands beside health's answer while a fault lasts. */
const BESIDE: Readonly<Record<string, (health: Health) => Promise<void>>> = {
  async 'crash-loop'({ message }) {
    const block = message.blocks.find((each) => JSON.stringify(each).includes('*pos-service*'))
    const before = journey.slack.ephemerals('U0MARCO').length
    await journey.slack.click('U0MARCO', message, { action: 'logs', block: String(block?.block_id) })
    const log = await eventually(() => journey.slack.ephemerals('U0MARCO')[before], 20_000)
    expect(wordsOf(log)).toContain('pos-service')
  },
  async 'certificate-expiring'() {
    const certificate = custom('cert-manager.io', 'certificates', 'bakery-ia', 'bakery-ia-prod-tls-cert')
    const days = (Date.parse(String(valueAt(certificate, ['status', 'notAfter']))) - Date.now()) / 86_400_000
    expect(days).toBeLessThan(6)
  },
  async 'flux-stuck'() {
    const kustomization = () =>
      custom('kustomize.toolkit.fluxcd.io', 'kustomizations', 'flux-system', 'bakery-ia')?.status
    expect(kustomization()).toMatchObject({
      conditions: [{ type: 'Ready', status: 'False', reason: 'BuildFailed' }],
      lastAppliedRevision: 'main@sha1:9f1c2ab',
      lastAttemptedRevision: 'main@sha1:c0ffee1',
    })
  },
  async 'alert-storm'() {
    const answer = await fetch(`${platform.env.ALERTMANAGER_URL}/api/v2/alerts`)
    expect(((await answer.json()) as object[]).length).toBeGreaterThan(30)
  },
}

describe('the faults of practice', () => {
  const all = FAULTS.map(({ name }) => name).toSorted()

  it('have a story each', () => {
    const told = [...STORIES.map(({ fault }) => fault), 'node-lost', ...OF_BAKERY]
    expect(told.toSorted()).toEqual(all)
  })

  it('have a row each in docs/FAULTS.md', () => {
    expect(rowsOnFile().toSorted()).toEqual(all)
  })
})

describe('health before, during and after', () => {
  it.each(STORIES)('$fault', { timeout: 120_000 }, async ({ fault, later, troubles, also, leaves }) => {
    const { board, time } = journey.world
    const before = await healthBecomes(journey, ({ headline }) => headline === WELL)
    left = leaves
    await board.break(fault)
    time.advance(later * 1000)
    const during = await healthBecomes(journey, (health) => tells(health, troubles))
    await BESIDE[fault]?.(during)
    if (also) await answerTo(also.ask, also.says)
    await board.mend(fault)
    await quiet()
    time.advance(AFTERWARDS_MS)
    const mended = await healthBecomes(journey, (health) => isMended(health, leaves))
    const said: Row = [before.headline, during.headline, mended.headline]
    expect(said).toEqual(rowOnFile(fault, said))
  })

  it('node-lost: the node first, everything that ran there with it, and all back with it', {
    timeout: 120_000,
  }, async () => {
    const { board, time } = journey.world
    const there = (name: string) =>
      platform.cluster.podsOf(name).some(({ spec }) => spec.nodeName === 'node-2')
    const [lost] = platform.databases.filter(({ name }) => there(name))
    const before = await healthBecomes(journey, ({ headline }) => headline === WELL)
    await board.break('node-lost')
    await eventually(() => platform.outages.all().some(({ kind, to }) => kind === 'node' && to === null))
    time.advance(60_000)
    const during = await healthBecomes(
      journey,
      ({ headline, troubles }) =>
        headline.startsWith('Bakery-IA is critical: node-2, ') &&
        JSON.stringify(troubles).includes(lost?.name ?? 'a database of node-2'),
    )
    expect(during.troubles[0]).toMatchObject({ title: 'node-2', status: 'critical', next: 'Show nodes' })
    expect(during.troubles[0]?.lines).toMatch(/not ready \(NodeStatusUnknown.*\n?.*alerts: KubeNodeNotReady/s)
    await answerTo('health databases', [
      /connection refused/,
      new RegExp(lost?.name ?? 'a database of node-2'),
    ])
    await board.mend('node-lost')
    await quiet()
    time.advance(AFTERWARDS_MS)
    const after = await healthBecomes(journey, ({ headline }) => headline === WELL)
    const first = during.headline.replace(/(?<=node-2, ).+/, '…')
    const said: Row = [before.headline, first, after.headline]
    expect(said).toEqual(rowOnFile('node-lost', said))
  })

  it.each(OF_BAKERY)('%s', { timeout: 120_000 }, async (fault) => {
    const { board } = journey.world
    const before = await healthBecomes(journey, ({ headline }) => headline === WELL)
    await board.break(fault)
    const during = await heardMeanwhile()
    await board.mend(fault)
    const after = await healthBecomes(journey, ({ headline }) => headline === WELL)
    const said: Row = [before.headline, during, after.headline]
    expect(said).toEqual(rowOnFile(fault, said))
  })
})

/** A call that Slack delays takes two and a half seconds more. */
const LATE_MS = 2400

/** What comes of a question while Slack or Bakery itself is broken. */
async function heardMeanwhile(): Promise<string> {
  const asked = performance.now()
  const { answer, error } = await tryHealth(journey, 10_000)
  if (error !== null) return `Nothing: Slack says ${error}.`
  if (answer === null) return 'Nothing, until it is mended.'
  return `${performance.now() - asked > LATE_MS ? 'Late: ' : ''}${answer.headline}`
}

function isMended({ headline, troubles }: Health, leaves: string | undefined): boolean {
  if (leaves === undefined) return headline === WELL
  const [only, ...others] = troubles
  return others.length === 0 && only?.title === leaves && only.status === 'warning'
}
