import type { KubeObject } from '../cluster/objects.ts'
import { NAMESPACE } from '../cluster/platform-names.ts'
import { findResource, type Resource } from '../cluster/resources.ts'
import type { PracticePlatform } from '../systems/platform.ts'
import { STORM } from '../systems/story/traffic.ts'
import type { Fault } from './fault.ts'

const DAY_MS = 86_400_000
const QUEUE = 'notification.events'
const CERTIFICATE = 'bakery-ia-prod-tls-cert'
const KUSTOMIZATION = 'bakery-ia'

const resource = (group: string, plural: string): Resource => {
  const found = findResource(group, 'v1', plural)
  if (found === undefined) throw new Error(`the practice cluster has no ${plural}.${group}`)
  return found
}
const shifted = (ms: number) => `${new Date(Date.now() + ms).toISOString().slice(0, 19)}Z`

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** Gives an object the status that its controller would write. */
function report(
  { cluster: { store } }: PracticePlatform,
  kind: Resource,
  at: { readonly namespace: string; readonly name: string },
  status: { readonly ready: Condition; readonly [key: string]: unknown },
): void {
  const object = store.get<KubeObject & { readonly status?: object }>(kind, at.namespace, at.name)
  if (object === undefined) throw new Error(`the practice cluster has no ${kind.kind} ${at.name}`)
  const { ready, ...facts } = status
  const conditions = [{ ...ready, lastTransitionTime: shifted(0) }]
  store.put(kind, { ...object, status: { ...object.status, ...facts, conditions } })
}

const ready = (status: 'True' | 'False', reason: string, message: string): Condition => ({
  type: 'Ready',
  status,
  reason,
  message,
})

function certificate(
  platform: PracticePlatform,
  facts: { days: number; reason: string; message: string },
): void {
  const status = {
    notAfter: shifted(facts.days * DAY_MS),
    renewalTime: shifted((facts.days - 30) * DAY_MS),
    ready: ready('True', facts.reason, facts.message),
  }
  report(
    platform,
    resource('cert-manager.io', 'certificates'),
    { namespace: NAMESPACE, name: CERTIFICATE },
    status,
  )
}

export const DELIVERY_FAULTS: readonly Fault[] = [
  {
    name: 'queue-without-consumer',
    title: 'Queue without consumer',
    does: `Nobody reads ${QUEUE} any more; messages gather.`,
    see: `${QUEUE} without consumers, critical once it grows, and an alert.`,
    mended: 'It is read again, four times as fast as messages come.',
    ask: 'health rabbitmq',
    platform: true,
    break: ({ platform }) => platform.outages.begin('consumer', QUEUE),
    mend: ({ platform }) => platform.outages.end('consumer', QUEUE),
  },
  {
    name: 'certificate-expiring',
    title: 'Certificate expiring',
    does: `${CERTIFICATE} ends in five days and was not renewed.`,
    see:
      'The alert CertificateExpiresSoon, and the Certificate in the cluster: notAfter is near. Health has no area of its ' +
      'own for certificates: it shows the alert.',
    mended: 'The certificate is renewed for 90 days.',
    ask: 'health alerts',
    platform: true,
    cluster: true,
    break({ platform }) {
      platform.outages.begin('certificate', CERTIFICATE)
      const message = 'Certificate is up to date and has not expired; its renewal failed: order is invalid'
      certificate(platform, { days: 5, reason: 'Ready', message })
    },
    mend({ platform }) {
      platform.outages.end('certificate', CERTIFICATE)
      const message = 'Certificate is up to date and has not expired'
      certificate(platform, { days: 90, reason: 'Ready', message })
    },
  },
  {
    name: 'flux-stuck',
    title: 'Flux stuck',
    does: 'Somebody pushes a file that is no YAML: Flux can build nothing of it and applies nothing more.',
    see:
      'The alert FluxReconciliationFailing, and the Kustomization in the cluster: not ready, BuildFailed. Health has no ' +
      'area of its own for Flux: it shows the alert.',
    mended: 'A revision that is well is pushed, and Flux applies it.',
    ask: 'health alerts',
    platform: true,
    cluster: true,
    break({ platform }) {
      platform.outages.begin('flux', KUSTOMIZATION)
      const reason =
        "kustomize build failed: accumulating resources: 'orders/deployment.yaml' is no valid YAML"
      platform.cluster.pushDefect(reason, 'main@sha1:c0ffee1')
    },
    mend({ platform }) {
      platform.outages.end('flux', KUSTOMIZATION)
      platform.cluster.pushDefect(null, 'main@sha1:5eed1e5')
    },
  },
  {
    name: 'alert-storm',
    title: 'Alert storm',
    does: 'Every service and every database is slow at once: 35 alerts fire.',
    see: 'One line for each rule with how often it fires, not 35 lines; /bakery alerts has them all.',
    mended: 'The alerts end.',
    ask: 'health alerts',
    platform: true,
    break: ({ platform }) => platform.outages.begin('storm', STORM),
    mend: ({ platform }) => platform.outages.end('storm', STORM),
  },
]
