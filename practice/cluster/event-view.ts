import type { KubeObject } from './objects.ts'

const RENAMED: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
}

/** A core/v1 event as events.k8s.io/v1 shows the same object. */
export function eventsAsRegarding(event: KubeObject): KubeObject {
  const renamed = Object.fromEntries(
    Object.entries(event).map(([key, value]) => [RENAMED[key] ?? key, value]),
  )
  return { ...renamed, apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: event.metadata }
}
