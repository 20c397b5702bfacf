import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alerts } from '../../commands/alerts.ts'
import { deployments } from '../../commands/deployments.ts'
import { events } from '../../commands/events.ts'
import { health } from '../../commands/health.ts'
import { nodes } from '../../commands/nodes.ts'
import { pods } from '../../commands/pods.ts'
import { top } from '../../commands/top.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import { displayWidth } from '../../src/blocks/width.ts'
import { DependencyError } from '../../src/core/errors.ts'
import type { SystemPorts } from '../../src/core/ports/index.ts'
import { seal } from '../../src/core/seal.ts'
import { buttonLines, fixedLines, markupOf, messages, run } from '../health/answers.ts'
import { ago, container, deployment, NOW, node, observed, pod, usage } from '../health/fixtures.ts'

/** A world in which every text that comes from outside is the same hostile one. */
function hostileWorld(text: string): Partial<SystemPorts> {
  const broken = container({
    name: text,
    image: text,
    ready: false,
    state: 'waiting',
    reason: text,
    message: text,
  })
  const last = { reason: text, exitCode: 1, finishedAt: ago(9) }
  const failing = { ...broken, reason: 'CrashLoopBackOff', restarts: 3, last }
  const refuse = () =>
    Promise.reject(new DependencyError({ dependency: text, operation: text, message: text }))
  const unready = { ready: false, reason: text }
  return {
    cluster: {
      pods: async () =>
        observed(
          pod({ name: text, workload: text, ...unready, containers: [failing] }),
          pod({ name: `${text}2`, workload: `${text}2`, ...unready, containers: [broken] }),
        ),
      deployments: async () =>
        observed(
          deployment({
            ...{ name: text, available: 0, images: [text], managedBy: text },
            failure: { reason: text, message: text },
          }),
        ),
      nodes: async () => observed(node({ name: text, ...unready, pressures: [text], version: text })),
      nodeUsage: async () => observed({ name: text, cpu: 7.9, memory: 19 * 1024 ** 3, measuredAt: NOW }),
      podUsage: async () => observed(usage({ name: text, workload: text })),
      events: async () =>
        observed({
          ...{ type: 'Warning' as const, reason: text, object: text, kind: text },
          ...{ message: text, count: 2, at: ago(5) },
        }),
    },
    alerts: {
      alerts: async () => [
        {
          ...{ fingerprint: text, name: text, severity: text, state: 'active' as const },
          ...{ summary: text, runbookUrl: text, labels: { service: text, pod: text } },
          ...{ startsAt: ago(60), silencedBy: [], inhibitedBy: [] },
        },
      ],
    },
    databases: { names: ['auth-db'], state: refuse },
    cache: { state: refuse },
    queues: {
      nodes: async () => [],
      queues: async () => [
        {
          ...{ name: text, vhost: text, type: text, ready: 20_000, unacknowledged: 0 },
          ...{ consumers: 0, growthPerMinute: 5000, state: text },
        },
      ],
    },
    collector: { state: async () => ({ available: false, status: text, upSince: null }) },
  }
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 2000 }),
  fc.constantFrom(
    ...['<!channel>', '<@U0ANA>', '<#C0OPS>', '<!subteam^S1>', '<http://evil|click here>', '&lt;!here&gt;'],
    ...['```', '`x`', '*bold* _it_ ~s~', ':rotating_light:', '> quote', '\u001b[31mred', '\u202egnp.exe'],
    ...['{message}', 'line:logs x', 'x'.repeat(9000)],
  ),
)

const QUERIES = [health, pods, deployments, nodes, top, events, alerts]
const KNOWN = ['health', 'pods', 'logs', 'events', 'top', 'alerts', 'nodes', 'deployments', 'services']

describe('hostile names, reasons and alert texts', () => {
  it('make no mention, no link, no other command and no message that Slack refuses', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom(...QUERIES), async (text, query) => {
        const { answer } = await run(query, {}, hostileWorld(text))
        for (const message of messages(answer)) {
          const sealed = seal({ answer: message, outboxId: 'a1', version: 1, ref: 'ABCDEFGH' })
          expect(limitFaults(sealed.blocks)).toEqual([])
          expect(sealed.text).not.toMatch(/<[@!#h]/)
        }
        expect(markupOf(answer)).not.toMatch(/<[@!#h]/)
        expect(fixedLines(answer).filter((line) => displayWidth(line) > 45)).toEqual([])
        const commands = buttonLines(answer).map((line) => line.split(' ')[1] ?? '')
        expect(commands.filter((name) => !KNOWN.includes(name))).toEqual([])
      }),
      { numRuns: 500 },
    )
  }, 120_000)
})
