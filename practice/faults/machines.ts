import type { Fault } from './fault.ts'

export const MACHINE_FAULTS: readonly Fault[] = [
  {
    name: 'node-lost',
    title: 'Node lost',
    does: 'node-2 is gone with everything that runs there; its kubelet says nothing any more.',
    see:
      'Critical: node-2 is not ready, and with it everything that ran there: its pods count as not ready, its databases ' +
      'cannot be asked. After five minutes the pods go elsewhere.',
    mended: 'The node comes back; pods that went elsewhere stay there.',
    ask: 'health nodes',
    platform: true,
    cluster: true,
    break: ({ platform }) => platform.loseNode('node-2'),
    mend: ({ platform }) => platform.setNodeReady('node-2', true),
  },
  {
    name: 'disk-filling',
    title: 'Disk filling',
    does: 'The disk of node-3 loses 15 % a minute.',
    see: 'A warning on node-3 within a minute, critical below 10 % free, and an alert.',
    mended: 'The disk is as free as before.',
    ask: 'health nodes',
    platform: true,
    break: ({ platform }) => platform.fillDisk('node-3', true),
    mend: ({ platform }) => platform.fillDisk('node-3', false),
  },
]
