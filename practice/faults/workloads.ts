import type { Fault } from './fault.ts'

/** The restarts and the kills of the last hour stay counted. */
const REMEMBERED = 'Its pods run again at once; the restarts of the last hour stay counted as a warning.'

export const WORKLOAD_FAULTS: readonly Fault[] = [
  {
    name: 'crash-loop',
    title: 'Crash loop',
    does: 'The pods of pos-service crash again and again.',
    see: 'Critical: pos-service with “crash loop”, its restarts, and a button that leads to the log before the crash.',
    mended: REMEMBERED,
    ask: 'health pods',
    platform: true,
    cluster: true,
    break: ({ platform }) => platform.crash('pos-service', 'crash-loop'),
    mend: ({ platform }) => platform.crash('pos-service', null),
  },
  {
    name: 'bad-deploy',
    title: 'Bad deploy',
    does: 'A new version of sales-service is rolled out, and it crashes at its start.',
    see: 'Critical: the new pod of sales-service in a crash loop, while the old one still serves.',
    mended: 'The version before is rolled out again.',
    ask: 'health pods',
    platform: true,
    cluster: true,
    break: ({ platform }) => platform.cluster.setBehaviour('sales-service', 'crash-loop'),
    mend: ({ platform }) => platform.cluster.setBehaviour('sales-service', null),
  },
  {
    name: 'out-of-memory',
    title: 'Out of memory',
    does: 'The pods of forecasting-service are killed for the memory that they take.',
    see: 'Critical: forecasting-service with “OOMKilled”; /bakery top shows who takes how much.',
    mended: REMEMBERED,
    ask: 'health pods',
    platform: true,
    cluster: true,
    break: ({ platform }) => platform.crash('forecasting-service', 'out-of-memory'),
    mend: ({ platform }) => platform.crash('forecasting-service', null),
  },
  {
    name: 'image-missing',
    title: 'Image missing',
    does: 'A version of recipes-service is rolled out whose image nobody has pushed.',
    see: 'Critical: the image of recipes-service cannot be pulled, and the events say so.',
    mended: 'The version before is rolled out again.',
    ask: 'health pods',
    platform: true,
    cluster: true,
    break: ({ platform }) => platform.cluster.setBehaviour('recipes-service', 'image-missing'),
    mend: ({ platform }) => platform.cluster.setBehaviour('recipes-service', null),
  },
]
