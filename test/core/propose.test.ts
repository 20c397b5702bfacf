import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Answer } from '../../src/core/answer.ts'
import { commonArguments, defineChange } from '../../src/core/change.ts'
import type { Operation } from '../../src/core/operation.ts'
import { DIGEST_SHOWN, type Plan } from '../../src/core/plan.ts'
import type { Proposal } from '../../src/core/ports/operations.ts'
import type { OutcomeFacts, OutgoingMessage, RecordedRequest } from '../../src/core/ports/records.ts'
import { proposeChange } from '../../src/core/propose.ts'
import { createRegistry } from '../../src/core/registry.ts'
import type { Role } from '../../src/core/roles.ts'
import { createPlanner } from '../../src/operations/plan.ts'
import { fakeDesk } from '../support/desk.ts'
import { expectUserError } from '../support/expect-error.ts'
import { examplePlatform } from '../support/platform.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, snapshotOf } from '../support/snapshot.ts'

const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service', uid: 'u1' } as const
const scaled: Plan = {
  headline: 'Scale orders-service from 2 to 3',
  target: 'orders-service',
  risk: 'change',
  steps: [{ kind: 'scale', ref, from: 2, to: 3 }],
  warnings: [{ code: 'UNDONE_BY_FLUX', text: 'Flux puts it back by 07:10.' }],
}

const said = (text: string): Answer => ({ kind: 'preview', text, blocks: [], audience: 'requester' })

function setUp(plan: Plan | (() => Plan), role: Role = 'member') {
  const scale = defineChange({
    name: 'scale',
    summary: 'Change how many replicas a service runs.',
    examples: ['scale orders 3'],
    args: z.object({ to: z.coerce.number().int() }),
    positional: ['to'],
    family: 'cluster',
    role: 'member',
    read: async () => null,
    plan: () => (typeof plan === 'function' ? plan() : plan),
  })
  const registry = createRegistry([scale], examplePlatform())
  const planner = createPlanner({ registry, ports: () => ownPorts(snapshotOf({})), rehearse: null })
  const proposals: Proposal[] = []
  const finished: { outcome: OutcomeFacts; messages: readonly OutgoingMessage[] }[] = []
  const desk = {
    ...fakeDesk(),
    operations: {
      propose: async (proposal: Proposal) => {
        proposals.push(proposal)
        const state =
          proposal.plan.risk === 'change' ? 'planned' : proposal.breakGlass ? 'approved' : 'awaiting'
        return { ...proposal, id: 'op12345678', state } as unknown as Operation
      },
    } as never,
  }
  const propose = (line: string) => {
    const resolved = registry.resolve(line)
    return proposeChange(
      {
        planner,
        ports: { platform: examplePlatform() },
        journal: {
          finish: async (_, outcome, messages) => void finished.push({ outcome, messages }),
          perform: async (_, act) => void finished.push(await act(desk)),
          abandoned: async () => [],
          note: async () => undefined,
        },
        views: {
          preview: () => said('preview'),
          choice: () => said('choice'),
          unchanged: ({ planned }) => said(planned.plan.headline),
        },
      },
      { request: request(line), line: resolved.line, args: resolved.args, ask: askOf({ role }) },
      AbortSignal.timeout(5000),
    )
  }
  return { propose, proposals, finished, planner, registry }
}

function request(line: string): RecordedRequest {
  return {
    ...{ id: '7', ref: 'REF00007', at: new Date(), surface: 'slash', actor: askOf().actor },
    ...{ channel: 'C0OPERATIONS', command: 'scale' },
    decision: { decision: 'allowed', role: 'member', rule: 'role' },
    work: {
      line,
      reply: { team: 'T', user: 'U0ANA', channel: 'C0OPERATIONS', responseUrl: null, triggerId: null },
    },
  }
}

describe('a change that is asked for', () => {
  it('is proposed with its digest, and only the person who asked sees the preview', async () => {
    const { propose, proposals, finished } = setUp(scaled)
    await propose('scale 3 --reason "more orders"')
    expect(proposals).toMatchObject([
      { command: 'scale', reason: 'more orders', breakGlass: null, undoes: null, channel: 'C0OPERATIONS' },
    ])
    expect(proposals[0]?.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(finished).toMatchObject([
      {
        outcome: { decision: 'done', target: 'orders-service' },
        messages: [{ destination: { to: 'requester', user: 'U0ANA' }, answer: { text: 'preview' } }],
      },
    ])
  })

  it('is left to its card in the channel when another person has to approve it', async () => {
    const { propose, proposals, finished } = setUp({ ...scaled, risk: 'destructive' })
    await propose('scale 3')
    expect(proposals).toHaveLength(1)
    expect(finished[0]).toMatchObject({ outcome: { decision: 'done' }, messages: [] })
  })

  it('is refused with the reason and with what to do instead when the plan has no step but a warning', async () => {
    const { propose, proposals } = setUp({ ...scaled, steps: [], headline: 'It is paused', instead: ['--x'] })
    await expectUserError(propose('scale 3'), 'BAD_ARGUMENT', /It is paused\. Flux puts it back/)
    expect(proposals).toEqual([])
  })

  it('is answered without a proposal when nothing has to be done, or something has to be chosen', async () => {
    const nothing = setUp({ ...scaled, steps: [], warnings: [], headline: 'It already runs 3' })
    await nothing.propose('scale 3')
    const choices = [{ line: 'scale 4', label: 'four', differences: [] }]
    const choosing = setUp({ ...scaled, steps: [], choices })
    await choosing.propose('scale 3')
    expect(nothing.proposals).toEqual([])
    expect(nothing.finished[0]?.messages[0]?.answer.text).toBe('It already runs 3')
    expect(choosing.finished[0]?.messages[0]?.answer.text).toBe('choice')
  })

  it('runs without a second person for an owner who gives a reason, and for nobody else', async () => {
    const risky: Plan = { ...scaled, risk: 'destructive' }
    await expectUserError(
      setUp(risky).propose('scale 3 --break-glass --reason "it burns"'),
      'NO_ROLE',
      /owner/,
    )
    await expectUserError(setUp(risky, 'owner').propose('scale 3 --break-glass'), 'BAD_ARGUMENT', /reason/)
    const owner = setUp(risky, 'owner')
    await owner.propose('scale 3 --break-glass --reason "it burns"')
    expect(owner.proposals[0]?.breakGlass).toBe('it burns')
    const needless = setUp(scaled, 'owner')
    await needless.propose('scale 3 --break-glass --reason "it burns"')
    expect(needless.proposals[0]?.breakGlass).toBeNull()
  })

  it.each(['10s', '2h'])('refuses a span of %s to confirm in', (span) => {
    const { registry } = setUp(scaled)
    expect(() => registry.resolve(`scale 3 --confirm-within ${span}`)).toThrow(/between 1m and 1h/)
  })

  it('knows what every change may be asked with', () => {
    const { registry } = setUp(scaled)
    const { args } = registry.resolve('scale 3 --confirm-within 10m')
    expect(commonArguments(args)).toEqual({ confirmWithin: 600, breakGlass: false })
  })
})

describe('the planner', () => {
  const ask = askOf()
  const digestOf = async (line: string, plan: Plan) =>
    (await setUp(plan).planner.plan(line, ask, AbortSignal.timeout(5000))).digest

  it('gives the same plan the same digest, whatever its reason, its sentences and its facts', async () => {
    const one = await digestOf('scale 3', scaled)
    const other = await digestOf('scale 3 --reason "because of this"', {
      ...scaled,
      headline: 'Other words',
      warnings: [{ code: 'UNDONE_BY_FLUX', text: 'Flux puts it back by 08:20.' }],
      facts: ['4 open transactions.'],
    })
    expect(other).toBe(one)
    expect(one.slice(0, DIGEST_SHOWN)).toHaveLength(16)
  })

  it.each([
    ['another line', 'scale 4', scaled],
    ['a span to confirm in', 'scale 3 --confirm-within 10m', scaled],
    ['another object', 'scale 3', { ...scaled, steps: [{ ...scaled.steps[0], ref: { ...ref, uid: 'u2' } }] }],
    ['another warning', 'scale 3', { ...scaled, warnings: [{ code: 'QUOTA', text: '' }] }],
    ['another risk', 'scale 3', { ...scaled, risk: 'destructive' }],
  ] as [string, string, Plan][])('gives %s another digest', async (_, line, plan) => {
    expect(await digestOf(line, plan)).not.toBe(await digestOf('scale 3', scaled))
  })

  it('makes whole lines of suggestions that are only a flag', async () => {
    const { planner } = setUp({ ...scaled, instead: ['--exempt', 'hpa orders --max 5'] })
    const { plan } = await planner.plan('scale 3 --reason "a b c"', ask, AbortSignal.timeout(5000))
    expect(plan.instead).toEqual(['scale 3 --reason "a b c" --exempt', 'hpa orders --max 5'])
  })

  it('takes the steps away that the API server would refuse, and says why', async () => {
    const { registry } = setUp(scaled)
    const refused = { code: 'QUOTA', text: 'over' }
    const planner = createPlanner({
      registry,
      ports: () => ownPorts(snapshotOf({})),
      rehearse: async () => ({ differences: [], warnings: [], refused, accepted: 0 }),
    })
    const { plan } = await planner.plan('scale 3', ask, AbortSignal.timeout(5000))
    expect(plan).toMatchObject({ steps: [], warnings: [refused, { code: 'UNDONE_BY_FLUX' }] })
    expect(plan.headline).toBe('The API server refuses: Scale orders-service from 2 to 3')
  })
})
