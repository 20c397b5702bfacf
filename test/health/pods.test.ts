import { describe, expect, it } from 'vitest'
import type { Pod } from '../../src/core/ports/cluster.ts'
import { judgePods } from '../../src/health/pods.ts'
import { ago, container, context, observed, pod } from './fixtures.ts'

function judge(pods: Pod[], restarts: Record<string, number> = {}) {
  return judgePods(
    { pods: observed(...pods), restartsLastHour: new Map(Object.entries(restarts)) },
    context(),
  )
}
function broken(one: Pod, restarts: Record<string, number> = {}) {
  const [, finding] = judge([one], restarts)
  return finding && { status: finding.status, reason: finding.reason, next: finding.next }
}

const waiting = (reason: string) => container({ ready: false, state: 'waiting', reason })
const unready = (changes: Partial<Pod> = {}) =>
  pod({ ready: false, containers: [container({ ready: false })], ...changes })
const PREVIOUS = 'logs orders-service --since 1h --previous'

describe('pods', () => {
  it.each<[string, Pod, string, string, string | undefined]>([
    [
      'a crash loop',
      unready({
        containers: [
          {
            ...waiting('CrashLoopBackOff'),
            restarts: 6,
            last: { reason: 'Error', exitCode: 1, finishedAt: ago(30) },
          },
        ],
      }),
      'critical',
      'crash loop (Error, exit code 1), 6 restarts',
      PREVIOUS,
    ],
    [
      'a crash loop in the seconds in which the container runs again',
      unready({
        containers: [
          container({
            ready: false,
            restarts: 2,
            last: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(4) },
          }),
        ],
      }),
      'critical',
      'crash loop (OOMKilled, exit code 137), 2 restarts',
      PREVIOUS,
    ],
    [
      'the first crash of all',
      unready({
        createdAt: ago(3),
        containers: [container({ ready: false, state: 'terminated', reason: 'Error' })],
      }),
      'critical',
      'crashed (Error)',
      PREVIOUS,
    ],
    [
      'an image that is not there',
      unready({ phase: 'Pending', createdAt: ago(5), containers: [waiting('ImagePullBackOff')] }),
      'critical',
      'image gitea.bakewise.ai/bakery/orders-service:1.4.2 cannot be pulled (ImagePullBackOff)',
      'events orders-service',
    ],
    [
      'a container without its configuration',
      unready({ phase: 'Pending', createdAt: ago(5), containers: [waiting('CreateContainerConfigError')] }),
      'critical',
      'the container cannot be started (CreateContainerConfigError)',
      'events orders-service',
    ],
    [
      'a container killed for memory that runs again',
      pod({
        containers: [
          container({ restarts: 1, last: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(720) } }),
        ],
      }),
      'warning',
      'killed for memory 12 min ago (OOMKilled)',
      'top orders-service',
    ],
    [
      'a pod that runs and is not ready',
      unready({
        readyChangedAt: ago(5),
        reason: 'ContainersNotReady: containers with unready status: [app]',
      }),
      'warning',
      'not ready for 5 s',
      'logs orders-service --since 15m',
    ],
    [
      'a pod that has not been ready for five minutes',
      unready({ readyChangedAt: ago(300) }),
      'critical',
      'not ready for 5 min',
      'logs orders-service --since 15m',
    ],
    [
      'a pod pending for two minutes',
      unready({ phase: 'Pending', createdAt: ago(120), reason: 'Unschedulable: 0/1 nodes are available' }),
      'warning',
      'pending for 2 min (Unschedulable: 0/1 nodes are available)',
      'events orders-service',
    ],
    [
      'a pod pending for ten minutes',
      unready({ phase: 'Pending', createdAt: ago(600) }),
      'critical',
      'pending for 10 min',
      'events orders-service',
    ],
    [
      'an evicted pod',
      unready({ phase: 'Failed', reason: 'Evicted' }),
      'warning',
      'failed (Evicted)',
      'events orders-service',
    ],
    [
      'a pod that does not go away',
      unready({ deletedAt: ago(360) }),
      'warning',
      'still there 6 min after its deletion was due',
      'events orders-service',
    ],
  ])('names %s', (_what, one, status, reason, next) => {
    expect(broken(one)).toEqual({ status, reason, next })
  })

  it.each<[string, Pod]>([
    ['a ready pod', pod()],
    ['a pod that starts', unready({ createdAt: ago(30) })],
    ['a pod pending for less than two minutes', unready({ phase: 'Pending', createdAt: ago(119) })],
    ['a job that is done', unready({ phase: 'Succeeded' })],
    ['a pod on its way out', unready({ deletedAt: ago(20) })],
    [
      'an OOM kill of more than an hour ago',
      pod({
        containers: [
          container({ restarts: 1, last: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(3700) } }),
        ],
      }),
    ],
    [
      'an init container that is done',
      pod({
        containers: [
          container({ init: true, ready: true, state: 'terminated', reason: 'Completed' }),
          container(),
        ],
      }),
    ],
  ])('has nothing against %s', (_what, one) => {
    expect(judge([one]).map(({ status }) => status)).toEqual(['ok'])
  })

  it('counts restarts of the last hour: of young pods itself, of older ones by Prometheus', () => {
    const young = pod({ createdAt: ago(1800), containers: [container({ restarts: 3 })] })
    const old = pod({ containers: [container({ restarts: 40 })] })
    expect(broken(young)).toMatchObject({ status: 'warning', reason: '3 restarts in the last hour' })
    expect(broken(old)).toBeUndefined()
    expect(broken(old, { [old.name]: 10.2 })).toMatchObject({
      status: 'critical',
      reason: '10 restarts in the last hour',
    })
  })

  it('makes one finding of a workload with several broken pods, and sums the namespace up', () => {
    const crash = (name: string) =>
      unready({ name, containers: [{ ...waiting('CrashLoopBackOff'), restarts: 4 }] })
    const findings = judge([
      crash('orders-service-a'),
      crash('orders-service-b'),
      pod({ name: 'gateway-a', workload: 'gateway' }),
    ])
    expect(findings).toHaveLength(2)
    expect(findings[0]).toMatchObject({
      target: 'bakery-ia',
      status: 'critical',
      reason: '1 workload has a problem',
      facts: { summary: true, pods: 3, ready: 1, restarts: 8, brokenWorkloads: 1 },
    })
    expect(findings[1]).toMatchObject({
      target: 'orders-service',
      reason: 'crash loop (it has not said why), 4 restarts (2 pods)',
      facts: { brokenPods: 2, restarts: 8, kind: 'crash loop', pod: 'orders-service-a' },
    })
  })

  it('offers no command line for a name that could mean something else', () => {
    const hostile = unready({ workload: 'x --since 1h; rm', containers: [waiting('CrashLoopBackOff')] })
    expect(broken(hostile)?.next).toBeUndefined()
  })
})
