import type { Manifest } from './objects.ts'
import { NAMESPACE } from './platform-names.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const DOMAIN = 'bakewise.ai'
export const FIRST_REVISION = 'main@sha1:9f1c2ab'
const CERTIFICATE = 'bakery-ia-prod-tls-cert'

const shifted = (now: Date, ms: number) => `${new Date(now.getTime() + ms).toISOString().slice(0, 19)}Z`

function condition(type: string, status: string, reason: string, message: string, at: string) {
  return { type, status, reason, message, lastTransitionTime: at }
}

/** The ingress and its certificate, with some weeks left. */
export function tls(now: Date): Manifest[] {
  const host = `app.${DOMAIN}`
  const backend = { service: { name: 'gateway', port: { number: 8000 } } }
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'bakery-ingress', namespace: NAMESPACE },
      spec: {
        tls: [{ hosts: [host], secretName: CERTIFICATE }],
        rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    },
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: CERTIFICATE, namespace: NAMESPACE },
      spec: {
        secretName: CERTIFICATE,
        dnsNames: [host, `api.${DOMAIN}`],
        issuerRef: { name: 'letsencrypt-production', kind: 'ClusterIssuer' },
      },
      status: {
        notBefore: shifted(now, -44 * DAY_MS),
        notAfter: shifted(now, 46 * DAY_MS),
        renewalTime: shifted(now, 16 * DAY_MS),
        revision: 5,
        conditions: [
          condition(
            'Ready',
            'True',
            'Ready',
            'Certificate is up to date and has not expired',
            shifted(now, -44 * DAY_MS),
          ),
        ],
      },
    },
  ]
}

export function flux(now: Date): Manifest[] {
  const at = shifted(now, -30 * MINUTE_MS)
  const metadata = { name: 'bakery-ia', namespace: 'flux-system' }
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata,
      spec: { interval: '1m', url: `http://gitea.${DOMAIN}/bakery/bakery-ia.git`, ref: { branch: 'main' } },
      status: {
        observedGeneration: 1,
        artifact: { revision: FIRST_REVISION, lastUpdateTime: at },
        conditions: [
          condition('Ready', 'True', 'Succeeded', `stored artifact for revision '${FIRST_REVISION}'`, at),
        ],
      },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: {
        interval: '10m',
        path: './infrastructure/environments/prod/k8s-manifests',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'bakery-ia' },
      },
      status: {
        observedGeneration: 1,
        lastAppliedRevision: FIRST_REVISION,
        lastAttemptedRevision: FIRST_REVISION,
        conditions: [
          condition('Ready', 'True', 'ReconciliationSucceeded', `Applied revision: ${FIRST_REVISION}`, at),
        ],
      },
    },
  ]
}

const RUNS = [
  { name: 'build-gateway-7f2', ok: true },
  { name: 'build-orders-service-9ac', ok: false },
  { name: 'build-pos-service-1d0', ok: true },
]

/** Three builds of yesterday, one of which failed. */
export function pipelines(now: Date): Manifest[] {
  const at = shifted(now, -20 * 60 * MINUTE_MS)
  return RUNS.map(({ name, ok }) => ({
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name, namespace: 'tekton-pipelines', labels: { 'tekton.dev/pipeline': 'bakery-ci' } },
    spec: { pipelineRef: { name: 'bakery-ci' }, params: [] },
    status: {
      startTime: shifted(now, -20 * 60 * MINUTE_MS - 6 * MINUTE_MS),
      completionTime: at,
      conditions: [
        ok
          ? condition(
              'Succeeded',
              'True',
              'Succeeded',
              'Tasks Completed: 3 (Failed: 0, Cancelled 0), Skipped: 0',
              at,
            )
          : condition(
              'Succeeded',
              'False',
              'Failed',
              'Tasks Completed: 2 (Failed: 1, Cancelled 0), Skipped: 1',
              at,
            ),
      ],
    },
  }))
}
