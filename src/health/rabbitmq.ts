import { bytes, count } from '../blocks/format.ts'
import { compareSeverity } from '../core/health.ts'
import type { QueueNodeState, QueueState } from '../core/ports/queues.ts'
import { type Context, defineCheck, type Finding, notConfigured } from './check.ts'
import { conclude, type Problem, problemAt, summarise, threshold } from './problems.ts'

export interface QueueFacts {
  readonly queues: readonly QueueState[]
  readonly nodes: readonly QueueNodeState[]
}

const TARGET = 'rabbitmq'
const NEXT = 'logs rabbitmq --since 1h'
/** Where messages are parked on purpose: nobody consumes them by design. */
const PARKING = /(^|[._-])(dlq|dlx|dead|deadletter|dead-letter|parking|delay|retry|unrouted)([._-]|$)/i
/** States in which a queue serves. Source: https://www.rabbitmq.com/docs/queues */
const SERVING = new Set(['running', 'idle', 'flow', ''])

export const rabbitmq = defineCheck<QueueFacts>({
  area: 'rabbitmq',
  probes: ({ queues }) =>
    queues
      ? [
          {
            target: TARGET,
            async read(signal) {
              const [found, nodes] = await Promise.all([queues.queues(signal), queues.nodes(signal)])
              return { queues: found, nodes }
            },
          },
        ]
      : notConfigured(TARGET, 'rabbitmq'),
  judge: judgeRabbitmq,
  nextWhenUnknown: () => 'pods rabbitmq',
})

/** One finding for the broker with the counts, and one for each node or queue that has a problem. */
export function judgeRabbitmq({ queues, nodes }: QueueFacts, context: Context): Finding[] {
  const broken = [...nodes.map(judgeNode), ...queues.map((queue) => judgeQueue(queue, context))]
    .filter((finding) => finding.status !== 'ok')
    .toSorted((a, b) => compareSeverity(a.status, b.status))
  const facts = {
    nodes: nodes.length,
    queues: queues.length,
    ready: queues.reduce((sum, { ready }) => sum + ready, 0),
    unacknowledged: queues.reduce((sum, { unacknowledged }) => sum + unacknowledged, 0),
    withoutConsumers: queues.filter(({ consumers }) => consumers === 0).length,
  }
  const words = { one: 'queue or node', many: 'queues or nodes', next: NEXT }
  return [summarise(TARGET, facts, broken, words), ...broken]
}

function judgeNode(node: QueueNodeState): Finding {
  const { name, running, memoryAlarm, diskAlarm, memoryUsed, memoryLimit, partitions } = node
  const facts = { running, memoryAlarm, diskAlarm, memoryUsed, memoryLimit, partitions: partitions.length }
  const critical = (reason: string): Problem => ({ status: 'critical', reason, next: NEXT })
  const memory = `memory alarm (${bytes(memoryUsed)} of ${bytes(memoryLimit)}), so publishers are blocked`
  return conclude(name, facts, [
    ...(running ? [] : [critical('the node does not run')]),
    ...(memoryAlarm ? [critical(memory)] : []),
    ...(diskAlarm ? [critical('disk alarm, so publishers are blocked')] : []),
    ...(partitions.length > 0 ? [critical(`cut off from ${count(partitions.length, 'node')}`)] : []),
  ])
}

function judgeQueue(queue: QueueState, { thresholds }: Context): Finding {
  const { name, vhost, type, ready, unacknowledged, consumers, growthPerMinute, state } = queue
  const facts = { vhost, type, ready, unacknowledged, consumers, growthPerMinute, state }
  const { queueReady, queueGrowthPerMinute } = thresholds
  const problems: Problem[] = [
    ...(SERVING.has(state) ? [] : [{ status: 'critical' as const, reason: `the queue is ${state}` }]),
    ...consumersMissing(queue),
    ...problemAt(ready, queueReady, { unit: 'messages', reason: `${count(ready, 'message')} waiting` }),
    ...growth(queue, queueGrowthPerMinute),
  ]
  const target = vhost === '/' ? name : `${vhost}/${name}`
  return conclude(target, facts, problems, { threshold: threshold(queueReady, 'messages'), next: NEXT })
}

function consumersMissing(queue: QueueState): Problem[] {
  return lacksConsumers(queue) ? [{ status: 'warning', reason: 'no consumers' }] : []
}

function lacksConsumers({ name, type, consumers }: QueueState): boolean {
  return consumers === 0 && type !== 'stream' && !PARKING.test(name)
}

/** Without consumers a queue only grows; when it does already, it is critical (guide: "Queue depth growing, no consumers"). */
function growth(queue: QueueState, levels: Growth): Problem[] {
  const { growthPerMinute } = queue
  const reason = `growing by ${count(Math.round(growthPerMinute ?? 0), 'message')} a minute`
  return problemAt(growthPerMinute, levels, { unit: 'messages/min', reason }).map((problem) =>
    lacksConsumers(queue) ? { ...problem, status: 'critical' } : problem,
  )
}

type Growth = { readonly warning: number; readonly critical: number }
