import pg from 'pg'
import type { DatabaseStem } from '../cluster/platform-names.ts'

/** `alert-processor` as SQL names it. */
export const sqlName = (stem: DatabaseStem) => stem.replaceAll('-', '_')

/**
 * Makes the role and the database of a service in a fresh instance, with a small table of its own. The database that every
 * instance is born with is renamed, which spares copying one. Answers where the superuser finds it.
 */
export async function fillDatabase(
  superuserUrl: string,
  stem: DatabaseStem,
  password: string,
): Promise<string> {
  const name = sqlName(stem)
  const inDatabase = (database: string) =>
    Object.assign(new URL(superuserUrl), { pathname: `/${database}` }).href
  await withClient(inDatabase('template1'), async (client) => {
    const quoted = client.escapeLiteral(password)
    await client.query(`
      CREATE ROLE ${name}_user LOGIN PASSWORD ${quoted} IN ROLE pg_monitor;
      ALTER DATABASE postgres OWNER TO ${name}_user;
      ALTER DATABASE postgres RENAME TO ${name}_db`)
  })
  const url = inDatabase(`${name}_db`)
  await withClient(url, (client) => client.query(`CREATE EXTENSION pg_stat_statements; ${content(name)}`))
  return url
}

async function withClient(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}

/** A thousand rows, looked up often enough that the rate of cache hits says something. */
function content(name: string): string {
  return `
    SET ROLE ${name}_user;
    CREATE TABLE tenants (id int PRIMARY KEY, name text NOT NULL, city text NOT NULL);
    INSERT INTO tenants
      SELECT n, 'Bakery ' || n, (array['Madrid', 'Sevilla', 'Bilbao', 'Vigo'])[1 + n % 4] FROM generate_series(1, 80) n;
    CREATE TABLE ${name} (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      tenant_id int NOT NULL REFERENCES tenants,
      note text NOT NULL,
      amount numeric(10, 2) NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    INSERT INTO ${name} (tenant_id, note, amount, created_at)
      SELECT 1 + n % 80, 'practice row ' || n, n % 97 + 0.5, now() - n * interval '7 minutes' FROM generate_series(1, 1000) n;
    CREATE INDEX ON ${name} (tenant_id);
    SELECT count(found.note)
      FROM generate_series(1, 8000) n, LATERAL (SELECT note FROM ${name} WHERE id = 1 + n % 1000 OFFSET 0) found;`
}
