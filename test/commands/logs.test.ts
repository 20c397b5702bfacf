import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logs } from '../../commands/logs.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import { displayWidth } from '../../src/blocks/width.ts'
import type { LogLine, LogRequest, LogResult } from '../../src/core/ports/cluster.ts'
import { buttonLines, fixedLines, markupOf, run } from '../health/answers.ts'
import { ago } from '../health/fixtures.ts'

const POD = 'orders-service-7d9f8-abcde'

function line(text: string, changes: Partial<LogLine> = {}): LogLine {
  return { at: ago(60), pod: POD, container: 'app', text, ...changes }
}

function covered(changes: Partial<LogResult['covered'][number]> = {}): LogResult['covered'][number] {
  return {
    pod: POD,
    container: 'app',
    from: ago(800),
    to: ago(1),
    truncated: false,
    problem: null,
    ...changes,
  }
}

async function read(args: object, result: Partial<LogResult>) {
  const asked: LogRequest[] = []
  const reader = {
    read: async (request: LogRequest) => {
      asked.push(request)
      return { lines: [], covered: [covered()], ...result }
    },
  }
  const { answer, data } = await run(logs, { workload: 'orders-service', ...args }, { logs: reader })
  return { answer, data, asked: asked[0], notes: JSON.stringify(answer.blocks) }
}

describe('logs', () => {
  it('goes to the person who asked, with a button that shares it', async () => {
    const { answer } = await read({}, { lines: [line('order created')] })
    expect(answer.kind).toBe('logs')
    expect(answer.audience).toBe('requester')
    expect(answer.text).toBe('orders-service: 1 line in the last 15 min, 1 pod.')
    expect(fixedLines(answer)).toEqual(['05:59:00 order created'])
    expect(buttonLines(answer)).toEqual([
      'share: share {message}',
      'logs: logs orders-service --since 15m --previous',
      'events: events orders-service',
    ])
  })

  it('never takes a log that could not be read for one without a line', async () => {
    const problem = 'the connection was refused'
    const none = await read({}, { covered: [covered({ from: null, to: null, problem })] })
    expect(none.answer.text).toBe('orders-service: the log could not be read, 1 pod.')
    const half = await read({}, { covered: [covered(), covered({ pod: 'orders-b', problem })] })
    expect(half.answer.text).toBe('orders-service: no line in the last 15 min, 2 pods, 1 of 2 logs not read.')
  })

  it('asks for what was typed', async () => {
    const { asked } = await read({ since: 3600, previous: true, tail: 50, pod: POD, container: 'app' }, {})
    expect(asked).toEqual({
      ...{ workload: 'orders-service', sinceSeconds: 3600, previous: true, tail: 50 },
      ...{ pod: POD, container: 'app' },
    })
  })

  it('tells the pods apart where there are several', async () => {
    const other = { pod: 'orders-service-7d9f8-fghij' }
    const { answer } = await read(
      {},
      { lines: [line('one'), line('two', other)], covered: [covered(), covered(other)] },
    )
    expect(fixedLines(answer)).toEqual(['05:59:00 abcde one', '05:59:00 fghij two'])
  })

  it('searches plain text in all lines, capitals or not, and never as a pattern', async () => {
    const lines = [line('QueuePool limit reached'), line('order created'), line('pool (a+)+$ back')]
    const { answer, asked, notes } = await read({ grep: 'POOL' }, { lines })
    expect(asked?.tail).toBe(5000)
    expect(fixedLines(answer)).toEqual(['05:59:00 QueuePool limit reached', '05:59:00 pool (a+)+$ back'])
    expect(notes).toContain('3 lines searched.')
    expect(fixedLines((await read({ grep: '(a+)+$' }, { lines })).answer)).toEqual([
      '05:59:00 pool (a+)+$ back',
    ])
  })

  it('masks secrets, counts them, and cannot be asked whether one is there', async () => {
    const lines = [line('DB_PASSWORD=Tr0ub4dor-and-3-canaries'), line('order created')]
    const { answer, data, notes } = await read({}, { lines })
    expect(fixedLines(answer)[0]).toBe('05:59:00 DB_PASSWORD=[masked]')
    expect(notes).toContain('1 value that looked like a secret was masked.')
    expect(JSON.stringify({ answer, data })).not.toContain('Tr0ub4dor')
    expect((await read({ grep: 'Tr0ub4dor' }, { lines })).answer.text).toContain('no line with')
  })

  it('puts a secret together again that two pods wrote at the same time', async () => {
    const other = { pod: 'orders-service-7d9f8-fghij' }
    const lines = [line('password="Tr0ub4'), line('order created', other), line('dor3-canaries"')]
    const { answer } = await read({}, { lines, covered: [covered(), covered(other)] })
    expect(fixedLines(answer).join('\n')).not.toMatch(/Tr0ub4|dor3/)
  })

  it.each([
    [
      '{"timestamp":"2026-11-23T04:59:00.5Z","level":"error","message":"pool exhausted","status":500,"trace_id":"ab"}',
      'ERROR pool exhausted status=500',
    ],
    ['2026-11-23T04:59:00.123Z INFO ready', 'INFO ready'],
    ['{"broken":', '{"broken":'],
    ['{"no":"message"}', '{"no":"message"}'],
  ])('shows %j as a person reads it', async (text, expected) => {
    const { answer } = await read({}, { lines: [line(text)] })
    expect(fixedLines(answer).join('')).toBe(`05:59:00 ${expected}`)
  })

  it('shows the newest lines of a long log and gives the whole as a file', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => line(`line ${index}`))
    const { answer, notes } = await read({}, { lines })
    expect(fixedLines(answer)).toHaveLength(30)
    expect(fixedLines(answer).at(-1)).toBe('05:59:00 line 199')
    expect(notes).toContain('The newest 30 of 200 lines; the file in your direct messages has all of them.')
    expect(answer.files?.[0]?.name).toBe('orders-service.log')
    expect(answer.files?.[0]?.content.split('\n')[0]).toBe(
      '2026-11-23T04:59:00.000Z orders-service-7d9f8-abcde app line 0',
    )
  })

  it('says which span is really covered', async () => {
    const { notes } = await read(
      { since: 3600 },
      {
        covered: [
          covered(),
          covered({ pod: 'orders-b', truncated: true, from: ago(600) }),
          covered({ pod: 'orders-c', from: null, to: null }),
          covered({ pod: 'orders-d', from: null, to: null, problem: 'the container has not started' }),
        ],
      },
    )
    expect(notes).toContain('The whole span is covered for 1 of 4 logs.')
    expect(notes).toContain(
      'orders-b is covered only from 2026-11-23 05:50 CET (04:50 UTC): what came before is left out.',
    )
    expect(notes).toContain('No line in this span: orders-c.')
    expect(notes).toContain('orders-d: the container has not started.')
  })

  it('makes no mention, no link and no broken message of any line', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        '<!channel>',
        '<@U0ANA>',
        '<!subteam^S1>',
        '<http://evil|here>',
        '```',
        '*b*',
        ':fire:',
        '\u202e',
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 60 }), async (texts) => {
        const { answer } = await read({}, { lines: texts.map((text) => line(text)) })
        expect(limitFaults(answer.blocks)).toEqual([])
        expect(markupOf(answer)).not.toMatch(/<[@!#h]/)
        expect(fixedLines(answer).filter((one) => displayWidth(one) > 45)).toEqual([])
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  it('fails with a sentence when there is no cluster', async () => {
    await expect(run(logs, { workload: 'orders-service' })).rejects.toThrow(
      'Bakery has no way to the cluster',
    )
  })
})
