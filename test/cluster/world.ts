import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/** Long enough for anything that works. */
export const now = () => AbortSignal.timeout(10_000)

export const silent = { warn: () => undefined }

export const scratchName = () => `contract-${randomBytes(4).toString('hex')}`

/** A Deployment of one pod that does what the annotation says, and nothing when there is none. */
export function deploymentNamed(name: string, behaviour?: string): object {
  const labels = { 'app.kubernetes.io/name': name }
  const annotations = behaviour === undefined ? {} : { 'platform.test/behaviour': behaviour }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'bakery-ia', labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'main', image: 'busybox' }] },
      },
    },
  }
}

/** Asks until the answer is as expected, and fails with the last one when the time is over. */
export async function eventually<T>(
  milliseconds: number,
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
): Promise<T> {
  const end = performance.now() + milliseconds
  for (;;) {
    const answer = await ask()
    if (isExpected(answer)) return answer
    if (performance.now() > end) {
      throw new Error(`not so within ${milliseconds} ms; the last answer was ${JSON.stringify(answer)}`)
    }
    await sleep(20)
  }
}
