import pg from 'pg'
import { hourOfDay } from './story/hours.ts'

/** How often each connection asks something at the busiest hour. */
const EVERY_MS = 4000
const CONNECTIONS = 2

/** What a service asks its database, one after the other: looks up, adds up, joins, writes. */
const queriesOf = (table: string): readonly string[] => [
  `SELECT count(*) FROM ${table} WHERE tenant_id = 7`,
  `SELECT id, note, amount FROM ${table} WHERE id = 1 + (random() * 900)::int`,
  `SELECT t.city, sum(o.amount) FROM ${table} o JOIN tenants t ON t.id = o.tenant_id WHERE o.tenant_id < 9 GROUP BY t.city`,
  `UPDATE ${table} SET created_at = now() WHERE id = 1 + (random() * 900)::int`,
]

/** The connections of a service to its database: they ask more by day than by night, and are back after it was away. */
export function startLoad(login: pg.ClientConfig, table: string): { stop(): Promise<void> } {
  const queries = queriesOf(table)
  const clients = Array.from({ length: CONNECTIONS }, (_, index) => connection(login, queries, index))
  return {
    async stop() {
      await Promise.all(clients.map((client) => client.stop()))
    },
  }
}

function connection(
  login: pg.ClientConfig,
  queries: readonly string[],
  first: number,
): { stop(): Promise<void> } {
  let client: pg.Client | null = null
  let turn = first
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const drop = () => {
    client = null
  }
  const ask = async () => {
    try {
      if (!client) {
        const fresh = new pg.Client({ ...login, application_name: 'practice-load' })
        fresh.on('error', drop)
        await fresh.connect()
        client = fresh
      }
      await client.query(queries[turn++ % queries.length] ?? 'SELECT 1')
    } catch {
      drop() // the database is away: the next turn tries again
    }
    if (!stopped) timer = setTimeout(next, EVERY_MS / hourOfDay(new Date()))
  }
  let turning = Promise.resolve()
  const next = () => {
    turning = ask()
  }
  next()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await turning
      await client?.end().catch(() => undefined)
    },
  }
}
