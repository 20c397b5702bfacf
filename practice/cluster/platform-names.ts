/** The operated platform's parts by name: 18 services, 14 databases, and what stands beside them. */
export const NAMESPACE = 'bakery-ia'

export const DATABASE_STEMS = [
  'auth',
  'tenant',
  'training',
  'forecasting',
  'sales',
  'external',
  'notification',
  'inventory',
  'recipes',
  'suppliers',
  'pos',
  'orders',
  'production',
  'alert-processor',
] as const
export type DatabaseStem = (typeof DATABASE_STEMS)[number]

/** `auth-db`, …: the name of the Deployment, of the Service and in platform.yaml. */
export const DATABASES = DATABASE_STEMS.map((stem) => `${stem}-db`)

/** The service that works with a database: `orders` belongs to `orders-service`, `alert-processor` to itself. */
export function serviceOf(stem: string): string {
  return stem === 'alert-processor' ? stem : `${stem}-service`
}

export const SERVICES = [
  'gateway',
  ...DATABASE_STEMS.map(serviceOf),
  'procurement-service',
  'orchestrator-service',
  'ai-insights-service',
]

/** The database of a service; null for those that have none of their own. */
export function databaseOf(service: string): string | null {
  const stem = DATABASE_STEMS.find((candidate) => serviceOf(candidate) === service)
  return stem === undefined ? null : `${stem}-db`
}
