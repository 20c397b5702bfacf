import type { Fault } from './fault.ts'

export const DATABASE_FAULTS: readonly Fault[] = [
  {
    name: 'database-stopped',
    title: 'Database stopped',
    does: 'orders-db refuses connections.',
    see:
      'Critical: orders-db, whose pod crashes and whom nobody can ask, and what follows from that: calls of orders-service ' +
      'fail, its pods lose readiness, its queue grows, alerts fire, its log says why.',
    mended:
      'It answers again with all its data; the queue is worked off within a minute or two. The restarts of the last hour stay counted.',
    ask: 'health',
    platform: true,
    database: 'orders-db',
    break: ({ platform }) => platform.breakDatabase('orders-db'),
    mend: ({ platform }) => platform.mendDatabase('orders-db'),
  },
  {
    name: 'connections-exhausted',
    title: 'Connections exhausted',
    does: 'Real sessions take every free connection of auth-db.',
    see: 'Critical: auth-db has no connection left, not even for Bakery; auth-service fails in part.',
    mended: 'The sessions end, and the connections are free.',
    ask: 'health databases',
    platform: true,
    database: 'auth-db',
    break: ({ platform }) => platform.exhaustConnections('auth-db'),
    mend: ({ platform }) => platform.freeDatabase('auth-db'),
  },
  {
    name: 'blocked-queries',
    title: 'Blocked queries',
    does: 'A real transaction on sales-db holds a lock and does nothing; three queries wait for it.',
    see: 'After ten seconds a warning, after a minute critical: sessions of sales-db are blocked, and by which process.',
    mended: 'The transaction is rolled back; whoever waited goes on.',
    ask: 'health databases',
    platform: true,
    database: 'sales-db',
    break: ({ platform }) => platform.blockQueries('sales-db'),
    mend: ({ platform }) => platform.freeDatabase('sales-db'),
  },
  {
    name: 'backup-missed',
    title: 'Backup missed',
    does: 'The backup of orders-db did not run last night.',
    see:
      'The alert DatabaseBackupMissed, and an event of orders-db. Health has no area of its own for backups: it shows ' +
      'the alert.',
    mended: 'The backup counts as made; the event stays as long as events do.',
    ask: 'health alerts',
    platform: true,
    break({ platform }) {
      platform.outages.begin('backup', 'orders-db')
      platform.cluster.warn(
        'orders-db',
        'BackupMissed',
        'the backup of last night did not run: no such volume',
      )
    },
    mend: ({ platform }) => platform.outages.end('backup', 'orders-db'),
  },
]
