/** Raw objects as an API server gives them, reduced to what a test is about. */
type Json = Record<string, unknown>

export const metadata = (more: Json = {}): Json => ({
  name: 'orders-service-6d4cf56db6-x2x7k',
  namespace: 'bakery-ia',
  uid: '0d7e3a5c-1f0b-4a57-9a43-3d5f6c1c2b11',
  creationTimestamp: '2026-11-23T05:00:00Z',
  labels: {
    'app.kubernetes.io/name': 'orders-service',
    'app.kubernetes.io/component': 'microservice',
    'pod-template-hash': '6d4cf56db6',
  },
  ownerReferences: [{ kind: 'ReplicaSet', name: 'orders-service-6d4cf56db6', controller: true }],
  ...more,
})

export const pod = (status: Json, spec: Json = {}, meta: Json = {}): Json => ({
  metadata: metadata(meta),
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'main',
        image: 'gitea.bakewise.ai/bakery/orders-service:1.4.2',
        resources: { limits: { cpu: '500m', memory: '512Mi' } },
      },
    ],
    ...spec,
  },
  status,
})

export const container = (state: Json, more: Json = {}): Json => ({
  name: 'main',
  ready: false,
  restartCount: 0,
  state,
  lastState: {},
  ...more,
})

export const condition = (type: string, status: string, reason?: string, message?: string): Json => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-11-23T05:01:00Z',
})

export const notReady = condition(
  'Ready',
  'False',
  'ContainersNotReady',
  'containers with unready status: [main]',
)
