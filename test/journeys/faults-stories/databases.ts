import { growing, type Story } from './story.ts'

export const DATABASES: readonly Story[] = [
  {
    fault: 'database-stopped',
    later: 240,
    troubles: [
      {
        title: /^orders-db$/,
        status: 'critical',
        says: [
          /pods: crash loop .*, ([3-9]|\d\d) restarts/,
          /databases: connection refused at 127\.0\.0\.1:\d+/,
          /alerts: .*DatabaseDown/,
        ],
        next: 'Show crash log',
      },
      {
        title: /^orders-service$/,
        status: 'critical',
        says: [
          /pods: not ready/,
          /services: .*\d+ % of calls fail/,
          /alerts: .*ServiceErrorRateHigh.*ServiceDown/,
        ],
        next: 'Show pods',
      },
      growing('orders'),
      {
        title: /^gateway$/,
        status: 'warning',
        says: [/services: .* of calls fail/],
        next: 'Show logs',
      },
    ],
    also: { ask: 'logs orders-service --since 10m', says: [/database unavailable|pool exhausted/] },
    leaves: 'orders-db',
  },
  {
    fault: 'connections-exhausted',
    later: 240,
    troubles: [
      {
        title: /^auth-db$/,
        status: 'critical',
        says: [/databases: .*(connections taken|no connection)/, /alerts: DatabaseConnectionsExhausted/],
        next: 'Show logs',
      },
      {
        title: /^auth-service$/,
        status: 'critical',
        says: [/services: .*\d+ % of calls fail/],
        next: 'Show logs',
      },
      {
        title: /^auth\.events$/,
        status: 'critical',
        says: [/rabbitmq: growing by \d+/],
        next: 'Show logs',
      },
      {
        title: /^gateway$/,
        status: 'warning',
        says: [/services: .* of calls fail/],
        next: 'Show logs',
      },
    ],
  },
  {
    fault: 'blocked-queries',
    later: 240,
    troubles: [
      {
        title: /^sales-db$/,
        status: 'critical',
        says: [
          /databases: .*\d sessions blocked, the longest for .* by process \d+/,
          /alerts: DatabaseLocksWaiting/,
        ],
        next: 'Show logs',
      },
      {
        title: /^sales-service$/,
        status: 'critical',
        says: [/services: .*p99 is 4\.\d* s/],
        next: 'Show logs',
      },
    ],
  },
  {
    fault: 'backup-missed',
    later: 60,
    troubles: [
      {
        title: /^DatabaseBackupMissed$/,
        status: 'warning',
        says: [/alerts: orders-db was not backed up within 26 hours/],
        next: 'Show alerts',
      },
    ],
    also: { ask: 'events orders-db', says: [/BackupMissed/] },
  },
]
