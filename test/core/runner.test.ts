import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Answer } from '../../src/core/answer.ts'
import { type Command, defineAdmin, defineQuery } from '../../src/core/command.ts'
import { DependencyError, UserError } from '../../src/core/errors.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { Journal, OutcomeFacts, OutgoingMessage, RecordedRequest } from '../../src/core/ports/records.ts'
import { createRunner } from '../../src/core/runner.ts'

const said = (text: string, audience: Answer['audience'] = 'channel'): Answer => ({
  kind: 'table',
  text,
  blocks: [],
  audience,
})
const facts = {
  summary: 'Says something.',
  examples: ['x'],
  args: z.object({}),
  family: 'health',
  role: 'viewer',
} as const
const query = (read: () => Promise<string>, audience?: Answer['audience']) =>
  defineQuery({ ...facts, name: 'ask', read, render: (text) => said(text, audience) })

const request: RecordedRequest = {
  id: '7',
  ref: 'REF00007',
  at: new Date('2026-11-23T05:00:00Z'),
  surface: 'slash',
  actor: { team: 'T0BAKERY', user: 'U0MARCO', person: 'marco', kind: 'member' },
  channel: 'C0OPS',
  command: 'ask',
  decision: { decision: 'allowed', role: 'member', rule: 'role' },
  work: {
    line: 'ask',
    reply: {
      team: 'T0BAKERY',
      user: 'U0MARCO',
      channel: 'C0OPS',
      responseUrl: 'https://hooks.slack.com/1',
      triggerId: null,
    },
  },
}

interface Finished {
  readonly outcome: OutcomeFacts
  readonly messages: readonly OutgoingMessage[]
}

function setUp(
  command: Command,
  options: {
    refusals?: readonly string[]
    now?: string
    journal?: Partial<Journal>
    registry?: Partial<ReadPorts['registry']>
    dialogs?: { open: (trigger: string) => Promise<boolean> }
  } = {},
) {
  const finished: Finished[] = []
  const logged: object[] = []
  const journal: Journal = {
    finish: async (_, outcome, messages) => void finished.push({ outcome, messages }),
    perform: async (_, act) => void finished.push(await act({} as never)),
    abandoned: async () => [],
    note: async () => undefined,
    ...options.journal,
  }
  const ports = {
    clock: { now: () => new Date(options.now ?? '2026-11-23T05:00:01Z') },
    platform: { timeZone: 'Europe/Madrid' },
    registry: options.registry,
    access: { snapshot: async () => ({ users: new Map() }) },
    audit: {
      search: async () => (options.refusals ?? []).map((code) => ({ kind: 'request', code }) as AuditRow),
    },
  } as unknown as ReadPorts
  const runner = createRunner({
    registry: { resolve: () => ({ command, args: {}, target: 'orders-service', line: 'ask' }) },
    ports,
    journal,
    dialogs: options.dialogs ?? null,
    views: {
      refusal: ({ code, message, suggestions, askFor, ref }) => {
        const asking = askFor === undefined ? [] : [`Ask: ${askFor}`]
        return said([message, ...asking, ...suggestions, code, '·', `ref ${ref}`].join(' '), 'requester')
      },
      failure: ({ message, ref }) => said(`${message} · ref ${ref}`, 'requester'),
      preview: ({ operation }) => said(`preview ${operation.id}`, 'requester'),
      choice: () => said('choose', 'requester'),
      unchanged: ({ planned }) => said(planned.plan.headline, 'requester'),
      refusalBurst: ({ person, count }) => said(`${person} was refused ${count} times`),
    },
    securityChannel: 'C0SECURITY',
    log: {
      error: (each) => void logged.push(each),
      warn: (each) => void logged.push(each),
      info: (each) => void logged.push(each),
    },
  })
  return { runner, finished, logged }
}

describe('a decision', () => {
  const deciding = defineQuery({
    ...{ ...facts, name: 'ask', read: async () => 'Decide.' },
    render: (sentence): Answer => ({
      ...said(sentence, 'requester'),
      dialog: {
        callbackId: 'decide',
        title: 'Decide',
        submit: 'Send',
        close: 'Close',
        blocks: [],
        metadata: 'x',
      },
    }),
  })
  const clicked = {
    ...request,
    work: { ...request.work, reply: { ...request.work.reply, triggerId: '1.2.abc' } },
  }

  it('opens beside the message that was clicked, and nothing else is said', async () => {
    const opened: string[] = []
    const dialogs = { open: async (trigger: string) => opened.push(trigger) > 0 }
    const { runner, finished } = setUp(deciding, { dialogs })
    await runner.run(clicked)
    expect(opened).toEqual(['1.2.abc'])
    expect(finished).toMatchObject([{ outcome: { decision: 'done' }, messages: [] }])
  })

  it('is said in a message when Slack does not open it any more', async () => {
    const { runner, finished } = setUp(deciding, { dialogs: { open: async () => false } })
    await runner.run(clicked)
    expect(finished[0]?.messages[0]?.answer.text).toBe('Decide.')
  })

  it('is said in a message to who typed it where nothing can be opened', async () => {
    const { runner, finished } = setUp(deciding, { dialogs: { open: async () => true } })
    await runner.run(request)
    expect(finished[0]?.messages).toHaveLength(1)
  })
})

describe('the runner', () => {
  it('answers a query in the channel, once under one key', async () => {
    const { runner, finished } = setUp(query(async () => 'All is well.'))
    await runner.run(request)
    expect(finished).toMatchObject([
      {
        outcome: { decision: 'done', target: 'orders-service' },
        messages: [
          {
            key: 'request:7:answer',
            destination: { to: 'channel', channel: 'C0OPS' },
            answer: { text: 'All is well.' },
          },
        ],
      },
    ])
  })

  it('answers only the person who asked when the answer is for them', async () => {
    const { runner, finished } = setUp(query(async () => 'a log line', 'requester'))
    await runner.run(request)
    expect(finished[0]?.messages[0]?.destination).toEqual({
      to: 'requester',
      channel: 'C0OPS',
      user: 'U0MARCO',
      responseUrl: 'https://hooks.slack.com/1',
    })
  })

  it('answers a click in the thread of the message that was clicked', async () => {
    const { runner, finished } = setUp(query(async () => 'x'))
    await runner.run({
      ...request,
      surface: 'button',
      work: { ...request.work, source: { messageTs: '17.1' } },
    })
    expect(finished[0]?.messages[0]?.destination).toMatchObject({
      to: 'channel',
      channel: 'C0OPS',
      threadTs: '17.1',
    })
  })

  it('puts a refreshed answer in the place of the old one, with its thread', async () => {
    const command = defineQuery({
      ...facts,
      name: 'ask',
      read: async () => 'x',
      render: () => ({ ...said('fresh'), thread: [said('details')] }),
    })
    const { runner, finished } = setUp(command)
    await runner.run({
      ...request,
      work: { ...request.work, source: { messageTs: '17.1', replaces: 'outbox-1' } },
    })
    expect(finished[0]?.messages[0]).toMatchObject({ destination: { to: 'update', of: 'outbox-1' } })
    expect(finished[0]?.messages[0]?.answer.thread).toEqual([said('details')])
  })

  it('tells the person what a refused request was refused for, and runs nothing', async () => {
    let read = false
    const command = query(async () => {
      read = true
      return ''
    })
    const { runner, finished } = setUp(command)
    const decision = {
      decision: 'refused',
      code: 'NO_ROLE',
      rule: 'role',
      message: 'You need member.',
      holders: [],
      suggestions: [],
    } as const
    await runner.run({ ...request, decision })
    expect(read).toBe(false)
    expect(finished[0]).toMatchObject({
      outcome: { decision: 'refused', code: 'NO_ROLE' },
      messages: [{ answer: { text: 'You need member. NO_ROLE · ref REF00007' } }],
    })
  })

  it('offers the line again with the name that was probably meant', async () => {
    const meant = { given: 'node-22', names: ['node-2'] }
    const wrong = query(() => Promise.reject(new UserError('BAD_ARGUMENT', 'There is none.', { meant })))
    const { runner, finished } = setUp(wrong, {
      registry: {
        resolve: (line) => ({ command: wrong, args: {}, raw: { node: 'node-22' }, line, target: null }),
        format: (name, raw) => `${name} ${raw.node}`,
        decide: () => ({ decision: 'allowed', role: 'member', rule: 'role' }),
      },
    })
    await runner.run(request)
    expect(finished[0]?.messages[0]?.answer.text).toBe(
      'There is none. ask node-2 BAD_ARGUMENT · ref REF00007',
    )
  })

  it('offers to ask those who may do it, where only the command itself knows who they are', async () => {
    const askFor = 'overrides end 4f7k2m9x0q'
    const wrong = query(() => Promise.reject(new UserError('NO_ROLE', 'It is marco’s.', { askFor })))
    const { runner, finished } = setUp(wrong)
    await runner.run(request)
    expect(finished[0]?.messages[0]?.answer.text).toBe(`It is marco’s. Ask: ${askFor} NO_ROLE · ref REF00007`)
  })

  it('tells the security channel of a burst of refusals, under a key that all replicas share', async () => {
    const { runner, finished } = setUp(
      query(async () => ''),
      { refusals: Array(5).fill('NO_ROLE') },
    )
    const decision = {
      decision: 'refused',
      code: 'NO_ROLE',
      rule: 'role',
      message: 'No.',
      holders: [],
      suggestions: [],
    } as const
    await runner.run({ ...request, decision })
    expect(finished[0]?.messages[1]).toMatchObject({
      key: expect.stringMatching(/^refusals:T0BAKERY\/U0MARCO:\d+$/),
      destination: { to: 'channel', channel: 'C0SECURITY' },
      answer: { text: 'marco was refused 5 times' },
    })
  })

  it('takes no slip of the fingers for somebody who goes beyond what is theirs', async () => {
    const slips = ['BAD_ARGUMENT', 'UNKNOWN_COMMAND', 'ALREADY_DECIDED', 'EXPIRED', 'UNAVAILABLE', 'FROZEN']
    const refusals = [...slips, ...slips, ...Array(4).fill('NO_ROLE')]
    const more = { rule: 'role', message: 'No.', holders: [], suggestions: [] }
    const overstep = setUp(
      query(async () => ''),
      { refusals },
    )
    await overstep.runner.run({ ...request, decision: { decision: 'refused', code: 'NO_ROLE', ...more } })
    expect(overstep.finished[0]?.messages).toHaveLength(1)
    const slip = setUp(
      query(async () => ''),
      { refusals: Array(9).fill('NO_ROLE') },
    )
    await slip.runner.run({ ...request, decision: { decision: 'refused', code: 'BAD_ARGUMENT', ...more } })
    expect(slip.finished[0]?.messages).toHaveLength(1)
  })

  it('turns a fault that a person can mend into a refusal, and a system’s fault into a sentence', async () => {
    const wrong = setUp(
      query(() => Promise.reject(new UserError('BAD_ARGUMENT', 'There is no pod of that name.'))),
    )
    await wrong.runner.run(request)
    expect(wrong.finished[0]?.outcome).toMatchObject({ decision: 'refused', code: 'BAD_ARGUMENT' })
    const down = new DependencyError({
      dependency: 'redis',
      operation: 'info',
      message: 'Redis refused the connection',
    })
    const broken = setUp(query(() => Promise.reject(down)))
    await broken.runner.run(request)
    expect(broken.finished[0]).toMatchObject({
      outcome: { decision: 'failed' },
      messages: [{ answer: { text: 'Redis refused the connection · ref REF00007' } }],
    })
  })

  it('keeps the words of an unexpected error for the log', async () => {
    const { runner, finished, logged } = setUp(query(() => Promise.reject(new Error('password=hunter2'))))
    await runner.run(request)
    expect(finished[0]?.messages[0]?.answer.text).toMatch(
      /^Something went wrong on Bakery’s side; .* REF00007$/,
    )
    expect(logged).toMatchObject([{ ref: 'REF00007', err: { message: 'password=hunter2' } }])
  })

  it('performs an administrative command inside the journal, and announces it', async () => {
    const command = defineAdmin({
      ...facts,
      name: 'roles grant',
      act: async () => 'granted',
      render: (text) => said(text),
      announce: (text) => said(`told: ${text}`),
      target: () => 'U0ANA',
    })
    const { runner, finished } = setUp(command)
    await runner.run(request)
    expect(finished).toMatchObject([
      {
        outcome: { decision: 'done', target: 'U0ANA' },
        messages: [
          { answer: { text: 'granted' } },
          { destination: { channel: 'C0SECURITY' }, answer: { text: 'told: granted' } },
        ],
      },
    ])
  })

  it('writes the reference of a refusal into the log, beside who was refused and why', async () => {
    const { runner, logged } = setUp(query(() => Promise.reject(new UserError('BAD_ARGUMENT', 'No.'))))
    await runner.run(request)
    expect(logged).toEqual([
      { ref: 'REF00007', code: 'BAD_ARGUMENT', command: 'ask', actor: 'T0BAKERY/U0MARCO' },
    ])
  })

  it('says that it is too late when a crash left a request lying for long', async () => {
    const { runner, finished } = setUp(
      query(async () => 'old news'),
      { now: '2026-11-23T06:00:00Z' },
    )
    await runner.run(request)
    expect(finished[0]?.outcome).toMatchObject({ decision: 'refused', code: 'UNAVAILABLE' })
  })

  it('never throws, also when the outcome cannot be committed', async () => {
    const journal = { finish: () => Promise.reject(new Error('the database is gone')) }
    const { runner, logged } = setUp(
      query(async () => 'x'),
      { journal },
    )
    await expect(runner.run(request)).resolves.toBeUndefined()
    expect(logged).toMatchObject([{ ref: 'REF00007' }, { ref: 'REF00007' }])
  })

  it('waits for what is under way when it is drained, and no longer than it may', async () => {
    const endless = setUp(query(() => new Promise(() => undefined)))
    void endless.runner.run(request)
    expect(await endless.runner.drain(20)).toBe(1)
    const quick = setUp(query(async () => 'x'))
    void quick.runner.run(request)
    expect(await quick.runner.drain(1000)).toBe(0)
  })
})
