import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Pool } from 'pg'

/** Where the migrations are: forward only, in the order of their numbers. */
export const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url))
export const MIGRATIONS_TABLE = 'schema_migration'

/**
 * `empty`: never migrated. `old`: migrations of this release are missing. `current` also when there are newer ones: while a
 * new release rolls out, the old one goes on.
 */
export type SchemaState = 'empty' | 'old' | 'current'

/** What the database's schema is to this release. Throws when the database cannot be asked. */
export async function checkSchema(pool: Pick<Pool, 'query'>): Promise<SchemaState> {
  const there = await pool.query<{ there: boolean }>(`SELECT to_regclass($1) IS NOT NULL AS there`, [
    `public.${MIGRATIONS_TABLE}`,
  ])
  if (!there.rows[0]?.there) return 'empty'
  const { rows } = await pool.query<{ name: string }>(`SELECT name FROM public.${MIGRATIONS_TABLE}`)
  const done = new Set(rows.map((row) => row.name))
  const needed = await migrationNames()
  return needed.every((name) => done.has(name)) ? 'current' : 'old'
}

async function migrationNames(): Promise<readonly string[]> {
  const files = await readdir(MIGRATIONS)
  return files.filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length))
}
