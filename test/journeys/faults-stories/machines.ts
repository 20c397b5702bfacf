import type { Story } from './story.ts'

export const MACHINES: readonly Story[] = [
  {
    fault: 'disk-filling',
    later: 100,
    troubles: [
      {
        title: /^node-3$/,
        status: 'critical',
        says: [/nodes: disk \/ has \d(\.\d)? % free/, /alerts: NodeFilesystemAlmostOutOfSpace/],
        next: 'Show nodes',
      },
    ],
  },
]
