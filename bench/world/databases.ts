import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { DATABASE_STEMS } from '../../practice/cluster/platform-names.ts'
import { startPostgres } from '../../practice/postgres.ts'

/** The platform's 14 databases, in one real PostgreSQL: `kubectl exec` of the test cluster reaches one address only. */
export interface PlatformDatabases {
  /** `host:port`. */
  readonly address: string
  /** `AUTH_DB_ADDRESS`, …, as platform.example.yaml refers to them. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Nobody needs a password from this machine: a person's psql has no more to do than Bakery's open connection. */
const TRUST = 'host all all 127.0.0.1/32 trust\n'

export async function startPlatformDatabases(): Promise<PlatformDatabases> {
  const folder = await mkdtemp(join(tmpdir(), 'bakery-bench-'))
  const hba = join(folder, 'pg_hba.conf')
  await writeFile(hba, TRUST)
  // The server runs under another user when we are root.
  await chmod(folder, 0o755)
  const server = await startPostgres({ settings: { hba_file: hba, max_connections: 80 } })
  const address = `${server.host}:${server.port}`
  try {
    await create(server.superuserUrl)
  } catch (error) {
    await server.stop()
    throw error
  }
  return {
    address,
    env: Object.fromEntries(
      DATABASE_STEMS.map((stem) => [`${sqlName(stem).toUpperCase()}_DB_ADDRESS`, address]),
    ),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function create(superuserUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    for (const stem of DATABASE_STEMS) {
      const name = sqlName(stem)
      await client.query(`CREATE ROLE ${name}_user LOGIN IN ROLE pg_monitor`)
      await client.query(`CREATE DATABASE ${name}_db OWNER ${name}_user`)
    }
  } finally {
    await client.end()
  }
}

function sqlName(stem: string): string {
  return stem.replaceAll('-', '_')
}
