import { setTimeout as sleep } from 'node:timers/promises'
import { median, row } from './figures.ts'
import { askHealth, printTimes } from './health/answers.ts'
import { type Desk, startDesk } from './world/desk.ts'
import { startBenchPlatform } from './world/systems.ts'

const PODS = 5_000
const ASKED = 30
const WARM_UPS = 5
const BETWEEN_MS = 300
/** After the last pod is ready: metrics-server measures them, and what they set off comes to rest. */
const REST_MS = 30_000
const READY_WITHIN = '600s'
const GOAL = 'goal at most 2 times'

/**
 * `/bakery health` with 5,000 more pods on the real API server: elsewhere in the cluster, and then as many again in the
 * platform's own namespace, which Bakery watches. Takes about five minutes, so it runs only when it is named.
 */
export async function benchHealth5000(): Promise<void> {
  const platform = await startBenchPlatform()
  const desk = await startDesk(platform.env)
  try {
    if (platform.plane === null) {
      console.log('Not here: a Kubernetes control plane. Practice’s cluster says nothing about 5,000 pods.')
      return
    }
    const { kubectl } = platform.plane
    const before = await measure(desk, 'as it is')
    for (const namespace of ['default', platform.namespace]) {
      await addPods(kubectl, namespace)
      const after = await measure(desk, `${PODS.toLocaleString('en-GB')} more pods in ${namespace}`)
      row('', 'compared with before', `${(after / before).toFixed(2)} times`, GOAL)
      await printKubectl(kubectl)
    }
  } finally {
    await desk.stop()
    await platform.stop()
  }
}

type Kubectl = (...args: readonly string[]) => Promise<string>

async function addPods(kubectl: Kubectl, namespace: string): Promise<void> {
  await kubectl(
    ...['create', 'deployment', 'filler', '--image=busybox', `--replicas=${PODS}`, '-n', namespace],
  )
  await kubectl('rollout', 'status', 'deployment/filler', '-n', namespace, `--timeout=${READY_WITHIN}`)
  await sleep(REST_MS)
}

/** The median in milliseconds. */
async function measure(desk: Desk, on: string): Promise<number> {
  const times: number[] = []
  let text = ''
  for (let index = 0; index < WARM_UPS + ASKED; index += 1) {
    const answer = await askHealth(desk, desk.channels[index % desk.channels.length] ?? '')
    if (index >= WARM_UPS) times.push(answer.postedMs)
    text = answer.text
    await sleep(BETWEEN_MS)
  }
  printTimes('/bakery health, request to message', on, times, text)
  return median(times)
}

async function printKubectl(kubectl: Kubectl): Promise<void> {
  const started = performance.now()
  const pods = (await kubectl('get', 'pods', '-A')).trimEnd().split('\n').length - 1
  row('kubectl get pods -A', `${pods} pods`, `${(performance.now() - started).toFixed(0)} ms`, '')
}
