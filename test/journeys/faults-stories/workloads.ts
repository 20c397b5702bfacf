import { growing, type Story } from './story.ts'

export const WORKLOADS: readonly Story[] = [
  {
    fault: 'crash-loop',
    later: 60,
    troubles: [
      {
        title: /^pos-service$/,
        status: 'critical',
        says: [
          /pods: crash loop \(Error, exit code 1\), ([3-9]|\d\d) restarts/,
          /deployments: 0 of 1 replica available/,
          /alerts: .*ServiceDown.*KubePodCrashLooping/,
        ],
        next: 'Show crash log',
      },
      growing('pos'),
    ],
    leaves: 'pos-service',
  },
  {
    fault: 'bad-deploy',
    later: 60,
    troubles: [
      {
        title: /^sales-service$/,
        status: 'critical',
        says: [/pods: crash loop \(Error, exit code 1\)/, /alerts: KubePodCrashLooping$/],
        next: 'Show crash log',
      },
    ],
    also: { ask: 'deployments sales-service', says: [/1 of 1|1\/1/] },
  },
  {
    fault: 'out-of-memory',
    later: 120,
    troubles: [
      {
        title: /^forecasting-service$/,
        status: 'critical',
        says: [/OOMKilled, exit code 137/, /alerts: .*ServiceDown/],
        next: 'Show crash log',
      },
      growing('forecasting'),
    ],
    also: { ask: 'top', says: [/of memory/] },
    leaves: 'forecasting-service',
  },
  {
    fault: 'image-missing',
    later: 0,
    troubles: [
      {
        title: /^recipes-service$/,
        status: 'critical',
        says: [/pods: image gitea\.bakewise\.ai\/bakery\/recipes-service:\S+ cannot be pulled/],
        next: 'Show events',
      },
    ],
    also: { ask: 'events recipes-service', says: [/Failed to pull image|ImagePullBackOff|Back-off pulling/] },
  },
]
