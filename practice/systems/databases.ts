import { randomBytes } from 'node:crypto'
import { DATABASE_STEMS, type DatabaseStem } from '../cluster/platform-names.ts'
import { type PostgresInstance, startPostgres } from '../postgres.ts'
import { fillDatabase, sqlName } from './database-content.ts'
import { createFront, type Front } from './front.ts'
import { startLoad } from './load.ts'

/** One of the platform's PostgreSQL instances: a real server with its service's role, database and a little load. */
export interface PracticeDatabase {
  /** `orders-db` */
  readonly name: string
  /** `host:port` */
  readonly address: string
  readonly password: string
  /** For tests that block, fill or exhaust it; goes past what `break` does. */
  readonly superuserUrl: string
  /** The service's own role, past what `break` does as well. */
  readonly serviceUrl: string
  /** The table that the service works with. */
  readonly table: string
  /** From outside the server is gone: connections are ended and refused. Its data stays. */
  break(): Promise<void>
  mend(): Promise<void>
  stop(): Promise<void>
}

/** Nothing here has to survive a power cut. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: 40,
  track_activity_query_size: 256,
  checkpoint_timeout: '1h',
  autovacuum_naptime: '10min',
  bgwriter_lru_maxpages: 0,
  wal_writer_delay: '10s',
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': 100,
}
const AT_A_TIME = 4

/** Starts the platform's 14 instances, a few at a time. When one fails, none stays. */
export async function startDatabases(
  stems: readonly DatabaseStem[] = DATABASE_STEMS,
): Promise<readonly PracticeDatabase[]> {
  const waiting = [...stems]
  const started = new Map<DatabaseStem, PracticeDatabase>()
  const worker = async () => {
    for (let stem = waiting.shift(); stem !== undefined; stem = waiting.shift()) {
      started.set(stem, await startDatabase(stem))
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: AT_A_TIME }, worker))
  const failed = workers.find((result) => result.status === 'rejected')
  if (failed) {
    await Promise.all([...started.values()].map((database) => database.stop()))
    throw failed.reason
  }
  return stems.flatMap((stem) => started.get(stem) ?? [])
}

async function startDatabase(stem: DatabaseStem): Promise<PracticeDatabase> {
  const password = randomBytes(12).toString('base64url')
  const instance = await startPostgres({ settings: SETTINGS })
  try {
    const superuserUrl = await fillDatabase(instance.superuserUrl, stem, password)
    const front = await createFront(instance.port)
    return databaseOf(stem, { password, superuserUrl, instance, front })
  } catch (error) {
    await instance.stop()
    throw error
  }
}

interface Parts {
  readonly password: string
  readonly superuserUrl: string
  readonly instance: PostgresInstance
  readonly front: Front
}

function databaseOf(
  stem: DatabaseStem,
  { password, superuserUrl, instance, front }: Parts,
): PracticeDatabase {
  const { host } = instance
  const name = sqlName(stem)
  const login = { host, port: front.port, user: `${name}_user`, password, database: `${name}_db` }
  const load = startLoad(login, name)
  return {
    name: `${stem}-db`,
    address: `${host}:${front.port}`,
    password,
    superuserUrl,
    serviceUrl: Object.assign(new URL(superuserUrl), { username: login.user, password }).href,
    table: name,
    break: () => front.close(),
    mend: () => front.open(),
    async stop() {
      await front.close()
      await load.stop()
      await instance.stop()
    },
  }
}
