import pg from 'pg'
import type { PracticeDatabase } from './databases.ts'

/** Real sessions on one of the platform's databases, which stand in its way. */
export interface Sessions {
  readonly count: number
  /** Ends them, also those that wait for one another. */
  end(): Promise<void>
}

/** More than any instance here takes. */
const MOST = 200
const WAITING = 3
const TOO_MANY = '53300'

const endAll = (clients: readonly pg.Client[]) => async (): Promise<void> => {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
}

async function session({ serviceUrl }: PracticeDatabase, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: serviceUrl, application_name: name })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Opens connections as the service's role until the server refuses one: what is left is for superusers alone. */
export async function takeAllConnections(database: PracticeDatabase): Promise<Sessions> {
  const clients: pg.Client[] = []
  try {
    while (clients.length < MOST) clients.push(await session(database, 'practice-leak'))
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== TOO_MANY) {
      await endAll(clients)()
      throw error
    }
  }
  return { count: clients.length, end: endAll(clients) }
}

/** One session locks the service's table and does nothing more; three others wait for it, and so does the service. */
export async function holdLock(database: PracticeDatabase): Promise<Sessions> {
  const holder = await session(database, 'practice-migration')
  await holder.query(`BEGIN; LOCK TABLE ${database.table} IN ACCESS EXCLUSIVE MODE`)
  const waiting = await Promise.all(
    Array.from({ length: WAITING }, () => session(database, 'practice-waits')),
  )
  for (const client of waiting) {
    client.query(`SELECT count(*) FROM ${database.table}`).catch(() => undefined)
  }
  const pids = [holder, ...waiting]
  return {
    count: pids.length,
    async end() {
      await holder.query('ROLLBACK').catch(() => undefined)
      await endAll(pids)()
    },
  }
}
