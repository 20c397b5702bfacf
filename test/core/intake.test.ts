import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AccessSnapshot, Decision, MirroredUser } from '../../src/core/access.ts'
import type { DecidedOperation } from '../../src/core/clicks.ts'
import { defineQuery } from '../../src/core/command.ts'
import { createEmergency } from '../../src/core/emergency.ts'
import { UserError } from '../../src/core/errors.ts'
import { createIntake, type IntakeDependencies } from '../../src/core/intake.ts'
import type { Incoming } from '../../src/core/ports/intake.ts'
import type { Offer, Receipt, RecordedRequest, VerifiedRequest } from '../../src/core/ports/records.ts'
import { tokenise } from '../../src/core/tokens.ts'

const answer = { kind: 'health', text: 'All is well.', blocks: [], audience: 'channel' } as const
const command = (name: string) =>
  defineQuery({
    name,
    summary: 'Says how it is.',
    examples: [name],
    args: z.object({}),
    family: 'health',
    role: 'viewer',
    read: async () => 'facts',
    render: () => answer,
  })
const health = command('health')
const help = command('help')

const marco: MirroredUser = { user: 'U0MARCO', team: 'T0BAKERY', name: 'marco', kind: 'member', seenAt: '' }
const snapshot: AccessSnapshot = {
  version: 1n,
  grants: [],
  bindings: new Map(),
  users: new Map([['U0MARCO', marco]]),
  channels: new Map([['C0OPS', { channel: 'C0OPS', name: 'ops', shared: false, archived: false }]]),
  groups: new Map(),
  now: () => 0,
}
const allowed: Decision = { decision: 'allowed', role: 'member', rule: 'role' }
const refused: Decision = {
  decision: 'refused',
  code: 'GUEST',
  rule: 'guests',
  message: 'No.',
  holders: [],
  suggestions: [],
}

const typed: Incoming = {
  replayKeys: ['mac'],
  surface: 'slash',
  team: 'T0BAKERY',
  user: 'U0MARCO',
  channel: 'C0OPS',
  line: 'health',
  reply: { team: 'T0BAKERY', user: 'U0MARCO', channel: 'C0OPS', responseUrl: null, triggerId: null },
}

const offer: Offer = {
  id: 'abcdefgh12345678',
  digest: '0123456789abcdef',
  action: 'logs',
  line: 'health',
  message: '00000000-0000-8000-a000-000000000000',
  createdAt: new Date(0),
  usedBy: null,
  usedAt: null,
}

const OPERATION = 'k3f9x2ab7q'
const DIGEST = '0123456789abcdef'
const operation: DecidedOperation = {
  ...{ channel: 'C0DATA', digest: DIGEST.repeat(4) },
  ...{ state: 'awaiting', requester: { person: 'vera' } },
}

function setUp(changes: Partial<IntakeDependencies> = {}) {
  const recorded: VerifiedRequest[] = []
  const decisions: Decision[] = []
  const ran: RecordedRequest[] = []
  const asked: object[] = []
  const dependencies: IntakeDependencies = {
    registry: {
      commands: () => [health, help],
      decide: () => allowed,
      format: (command, raw) => `${command} ${JSON.stringify(raw)}`,
      resolve(line) {
        const [word, verb, operation] = line.split(' ')
        if (word === 'ops' || word === 'scale') {
          const name = word === 'ops' ? `ops ${verb}` : word
          return { command: { ...health, name }, args: { operation }, raw: {}, line, target: null }
        }
        if (line !== 'health')
          throw new UserError('UNKNOWN_COMMAND', 'There is no such command.', { suggestions: ['health'] })
        return { command: health, args: {}, raw: {}, line: 'health', target: null }
      },
    },
    access: { current: () => snapshot },
    receipts: {
      async record(request): Promise<Receipt> {
        recorded.push(request)
        const decision = request.decide(snapshot)
        decisions.push(decision)
        return { state: 'recorded', id: '1', ref: 'REF00001', at: new Date(0), decision }
      },
    },
    offers: { find: async (id) => (id === offer.id ? offer : null) },
    operations: {
      find: async (id) => (id === OPERATION ? operation : null),
    },
    identities: { ensure: async (ids) => void asked.push(ids) },
    personOf: (user) => user,
    run: async (request) => void ran.push(request),
    emergency: null,
    now: () => 0,
    ...changes,
  }
  return { dependencies, intake: createIntake(dependencies), recorded, decisions, ran, asked }
}

describe('the intake', () => {
  it('records a request with its decision before it hands over the work, and runs it only when asked', async () => {
    const { intake, recorded, ran } = setUp()
    const admission = await intake.admit(typed)
    expect(recorded).toHaveLength(1)
    expect(recorded[0]).toMatchObject({
      command: 'health',
      channel: 'C0OPS',
      replayKeys: ['mac'],
      payload: { line: 'health' },
    })
    expect(ran).toEqual([])
    if (admission.state === 'recorded') await admission.run()
    expect(ran).toMatchObject([{ id: '1', ref: 'REF00001', command: 'health', decision: allowed }])
  })

  it('says that a duplicate is one, and gives no work', async () => {
    const { intake } = setUp({ receipts: { record: async () => ({ state: 'duplicate' }) } })
    expect(await intake.admit(typed)).toEqual({ state: 'duplicate' })
  })

  it('tells the person when nothing could be recorded', async () => {
    const receipts = {
      record: async () =>
        ({ state: 'not-recorded', ref: 'REF00009', reason: 'the database is gone' }) as const,
    }
    const admission = await setUp({ receipts }).intake.admit(typed)
    expect(admission).toMatchObject({
      state: 'not-recorded',
      text: expect.stringMatching(/NOT_RECORDED · ref REF00009$/),
    })
  })

  it('refuses an unknown command with the nearest ones', async () => {
    const { intake, decisions } = setUp()
    await intake.admit({ ...typed, line: 'helth' })
    expect(decisions[0]).toMatchObject({
      decision: 'refused',
      code: 'UNKNOWN_COMMAND',
      suggestions: ['health'],
    })
  })

  it('makes out whom and what a line mentions, and asks nobody about those who are known', async () => {
    const { intake, asked } = setUp()
    await intake.admit({ ...typed, line: 'roles grant <@U0NEW|new> viewer --in <#C0NEW|new> <@U0MARCO>' })
    expect(asked).toEqual([
      { user: 'U0NEW', team: typed.team, channel: null },
      { user: '', team: typed.team, channel: 'C0NEW' },
    ])
  })

  it('refuses what was typed after another installation’s slash command, whatever it says', async () => {
    const { intake, decisions } = setUp()
    await intake.admit({ ...typed, misdirected: '/bakery-staging' })
    expect(decisions[0]).toMatchObject({
      decision: 'refused',
      code: 'UNKNOWN_COMMAND',
      message: expect.stringContaining('/bakery-staging belongs to another installation'),
    })
  })

  it('refuses a person who may not even ask for help before it says anything about the line', async () => {
    const { registry } = {
      registry: {
        commands: () => [help],
        decide: () => refused,
        format: () => '',
        resolve: () => {
          throw new UserError('BAD_ARGUMENT', 'secret names')
        },
      },
    }
    const { intake, decisions } = setUp({ registry })
    await intake.admit({ ...typed, line: 'anything' })
    expect(decisions).toEqual([refused])
  })

  it('asks Slack who somebody is only when they were never seen', async () => {
    const { intake, asked } = setUp()
    await intake.admit(typed)
    expect(asked).toEqual([])
    await intake.admit({ ...typed, user: 'U0NEW' })
    expect(asked).toEqual([{ user: 'U0NEW', team: 'T0BAKERY', channel: 'C0OPS' }])
  })

  const click = (value: string, action = 'logs') => ({
    ...typed,
    surface: 'button' as const,
    line: null,
    click: { action, value },
  })

  it('reads what a button does from the database', async () => {
    const { intake, recorded } = setUp()
    await intake.admit(click(`${offer.id}.${offer.digest}`))
    expect(recorded[0]).toMatchObject({ command: 'health', work: { line: 'health' } })
  })

  it('lets an answer to Refresh take the place of the message that was clicked', async () => {
    const offers = { find: async () => ({ ...offer, action: 'refresh' }) }
    const { intake, recorded } = setUp({ offers })
    await intake.admit(click(`${offer.id}.${offer.digest}`, 'refresh'))
    expect(recorded[0]?.work.source?.replaces).toBe(offer.message)
  })

  it.each([
    ['confirm', `ops confirm ${OPERATION} ${DIGEST}`],
    ['cancel', `ops cancel ${OPERATION}`],
    ['approve', `ops decide ${OPERATION} ${DIGEST}`],
    ['deny.2', `ops decide ${OPERATION} ${DIGEST} --deny`],
    ['undo', `ops undo ${OPERATION}`],
    ['review', `ops review ${OPERATION}`],
  ])(
    'takes “%s” of an operation for a line of its own, decided in the operation’s channel',
    async (action, line) => {
      const { intake, recorded } = setUp()
      await intake.admit(click(`${OPERATION}.${DIGEST}`, action))
      expect(recorded[0]).toMatchObject({
        channel: 'C0DATA',
        work: { line, reply: { channel: 'C0DATA' } },
      })
    },
  )

  it.each(['approve', 'deny.2'])(
    'tells whoever asked for it, by whichever account, that “%s” is for another person, and not which role they lack',
    async (action) => {
      const { intake, decisions } = setUp({ personOf: () => 'vera' })
      await intake.admit(click(`${OPERATION}.${DIGEST}`, action))
      expect(decisions).toMatchObject([
        {
          code: 'SELF_APPROVAL',
          suggestions: [`ask ops decide ${OPERATION} ${DIGEST}`, `ops cancel ${OPERATION}`],
        },
      ])
      expect(decisions[0]).toMatchObject({ message: expect.stringContaining('You asked for this yourself') })
    },
  )

  it.each(['decide', 'approve', 'deny'])(
    'tells whoever types ops %s about what they asked for themselves that, and not which role they lack',
    async (verb) => {
      const line = `ops ${verb} ${OPERATION} ${DIGEST}`
      const own = setUp({ personOf: () => 'vera' })
      await own.intake.admit({ ...typed, line })
      expect(own.decisions).toMatchObject([
        {
          code: 'SELF_APPROVAL',
          suggestions: [`ask ops decide ${OPERATION} ${DIGEST}`, `ops cancel ${OPERATION}`],
        },
      ])
      const away = setUp({
        personOf: () => 'vera',
        operations: { find: () => Promise.reject(new Error('away')) },
      })
      await away.intake.admit({ ...typed, line })
      await setUp().intake.admit({ ...typed, line })
      expect(away.recorded[0]?.command).toBe(`ops ${verb}`)
    },
  )

  it('lets whoever asked for it cancel it, and hear what became of it when it has been decided', async () => {
    const find = async () => ({ ...operation, state: 'denied' as const })
    const { intake, recorded } = setUp({ personOf: () => 'vera', operations: { find } })
    await intake.admit(click(`${OPERATION}.${DIGEST}`, 'approve'))
    await intake.admit(click(`${OPERATION}.${DIGEST}`, 'cancel'))
    expect(recorded.map(({ work }) => work.line)).toEqual([
      `ops decide ${OPERATION} ${DIGEST}`,
      `ops cancel ${OPERATION}`,
    ])
  })

  const submission = (action: string, value: string, fields: Record<string, string | string[]>) => ({
    ...typed,
    ...{ surface: 'modal' as const, line: null, channel: null, click: { action, value, fields } },
    reply: { ...typed.reply, channel: null },
  })

  it('takes a decision’s modal for the verdict and the reason that were filled in', async () => {
    const { intake, recorded } = setUp()
    const fields = { verdict: 'deny', reason: 'not "now" --please' }
    await intake.admit(submission('decide', `${OPERATION}.${DIGEST}`, fields))
    expect(recorded[0]).toMatchObject({ channel: 'C0DATA' })
    expect(recorded[0]?.work.line).toMatch(new RegExp(`^ops deny ${OPERATION} ${DIGEST} --reason `))
    expect(tokenise(recorded[0]?.work.line ?? '').at(-1)?.text).toBe(fields.reason)
  })

  it('takes a form for its command, with what was filled in, in the channel that it was opened from', async () => {
    const { intake, recorded } = setUp()
    await intake.admit(
      submission('form', 'C0DATA.scale', { service: 'orders-service', replicas: '3', reason: '' }),
    )
    expect(recorded[0]).toMatchObject({ channel: 'C0DATA' })
    expect(recorded[0]?.work.line).toBe('scale {"service":"orders-service","replicas":"3"}')
  })

  it('says in the form itself what was filled in wrongly, and in no message besides', async () => {
    const resolve = () => {
      throw new UserError('BAD_ARGUMENT', '“scale”: replicas must be a number.')
    }
    const { registry } = setUp().dependencies
    const { intake, ran } = setUp({ registry: { ...registry, resolve } })
    const fields = { service: 'orders-service', replicas: 'many' }
    const admission = await intake.admit(submission('form', 'C0DATA.scale', fields))
    expect(admission).toMatchObject({ invalid: { block: 'replicas', message: expect.any(String) } })
    if (admission.state === 'recorded') await admission.run()
    expect(ran[0]?.work.source?.told).toBe(true)
  })

  it.each([
    ['a decision without a verdict', submission('decide', `${OPERATION}.${DIGEST}`, {}), 'BAD_ARGUMENT'],
    [
      'a verdict that is none',
      submission('decide', `${OPERATION}.${DIGEST}`, { verdict: 'maybe' }),
      'BAD_ARGUMENT',
    ],
    ['an edited digest of a plan', click(`${OPERATION}.ffffffffffffffff`, 'approve'), 'STALE_PLAN'],
    ['an operation that does not exist', click(`zzzzzzzzzz.${DIGEST}`, 'approve'), 'EXPIRED'],
    ['an action that is none of an operation’s', click(`${OPERATION}.${DIGEST}`, 'share'), 'EXPIRED'],
    ['a form of nothing', submission('form', 'C0DATA', {}), 'EXPIRED'],
    ['a form with something else for a channel', submission('form', '#ops.scale', {}), 'EXPIRED'],
  ])('refuses %s', async (_, incoming, code) => {
    const { intake, decisions } = setUp()
    await intake.admit(incoming)
    expect(decisions[0]).toMatchObject({ decision: 'refused', code })
  })

  it.each([
    ['an unknown id', 'zzzzzzzz12345678.0123456789abcdef', 'logs', 'EXPIRED'],
    ['another action than its own', `${offer.id}.${offer.digest}`, 'share', 'EXPIRED'],
    ['an edited digest', `${offer.id}.ffffffffffffffff`, 'logs', 'STALE_PLAN'],
    ['something that is no value at all', "'; drop table audit; --", 'logs', 'EXPIRED'],
    ['nothing', '', 'logs', 'EXPIRED'],
  ])('refuses a click with %s', async (_, value, action, code) => {
    const { intake, decisions } = setUp()
    await intake.admit(click(value, action))
    expect(decisions[0]).toMatchObject({ decision: 'refused', code })
  })

  it('records an event without a command', async () => {
    const { intake, recorded, decisions } = setUp()
    await intake.admit({ ...typed, surface: 'event', line: null, event: 'user_change' })
    expect(recorded[0]).toMatchObject({ command: null, comesAgain: true, payload: { event: 'user_change' } })
    expect(decisions[0]).toMatchObject({ decision: 'allowed', rule: 'event' })
  })
})

describe('without Postgres', () => {
  const receipts = {
    record: async () => ({ state: 'not-recorded', ref: 'REF00009', reason: 'the database is gone' }) as const,
  }

  function withoutPostgres(owners: readonly string[], spool: (row: object) => void) {
    const told: object[] = []
    const emergency = createEmergency({
      owners: new Set(owners),
      ports: {} as never,
      spool,
      tell: async (_, { text, blocks }) => void told.push({ text, id: blocks[0]?.block_id }),
      log: { error: () => undefined },
    })
    const now = () => Date.parse('2026-11-24T05:00:00.000Z')
    const access = { current: () => ({ ...snapshot, now }) }
    return { ...setUp({ receipts, emergency, access }), told }
  }

  it('gives an owner health for themselves, written down first', async () => {
    const spooled: object[] = []
    const { intake, told } = withoutPostgres(['U0MARCO'], (row) => spooled.push(row))
    const admission = await intake.admit(typed)
    const at = '2026-11-24T05:00:00.000Z'
    expect(spooled).toMatchObject([{ at, actor: 'T0BAKERY/U0MARCO', command: 'health', ref: 'REF00009' }])
    if (admission.state === 'recorded') await admission.run()
    expect(told).toEqual([{ text: 'All is well.', id: 'bakery:health:REF00009:1' }])
    expect(await intake.admit(typed)).toEqual({ state: 'duplicate' })
  })

  it('gives others nothing, and nobody anything when the spool cannot be written', async () => {
    expect((await withoutPostgres([], () => undefined).intake.admit(typed)).state).toBe('not-recorded')
    const full = () => {
      throw new Error('no space left on device')
    }
    expect((await withoutPostgres(['U0MARCO'], full).intake.admit(typed)).state).toBe('not-recorded')
  })
})
