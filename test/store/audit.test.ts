import { createHash } from 'node:crypto'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/store/canonical.ts'
import { done, type Opened, open, received, verified } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
afterAll(() => opened.close())

const sha256 = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

async function chain(from = 1) {
  const rows = []
  for await (const row of opened.store.audit.readChain(from, 7)) rows.push(row)
  return rows
}

/** RFC 8785 once more, without anything of the store's: names sorted, JSON's own strings and integers. */
function independentHash(row: object): string {
  const { hash: _, ...rest } = row as Record<string, unknown>
  const members = Object.keys(rest).sort()
  return sha256(`{${members.map((name) => `"${name}":${JSON.stringify(rest[name])}`).join(',')}}`)
}

describe('the audit chain', () => {
  it('hashes each row over its canonical form and names the row before it', async () => {
    const request = await received(opened.store, { target: 'öl & <b> "q" \\ / \u0001 \u007f \u2028 😀' })
    await opened.store.journal.finish(request, { ...done, target: 'auth-db' }, [])
    const rows = await chain()
    expect(rows.length).toBeGreaterThanOrEqual(2)
    let prev = '0'.repeat(64)
    rows.forEach((row, index) => {
      expect(row.seq).toBe(index + 1)
      expect(row.prev).toBe(prev)
      expect(row.hash).toBe(independentHash(row))
      prev = row.hash
    })
  })

  it('has the sixteen fields of the contract in their order, times with microseconds', async () => {
    const [row] = await chain()
    expect(Object.keys(row ?? {})).toEqual(
      'seq at kind actor person channel surface command target operation decision code ref payloadHash prev hash'.split(
        ' ',
      ),
    )
    expect(row?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    expect(row).toMatchObject({ kind: 'request', actor: 'T1/UBOB', decision: 'allowed', operation: null })
  })

  it('keeps the chain whatever text people and clusters say', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({
        unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
        maxLength: 40,
      }),
    )
    const before = (await chain()).length
    await fc.assert(
      fc.asyncProperty(text, text, fc.dictionary(text, text), async (target, command, payload) => {
        await received(opened.store, { target, command, payload })
      }),
      { numRuns: 150 },
    )
    const rows = await chain(before + 1)
    expect(rows).toHaveLength(150)
    for (const row of rows) expect(row.hash).toBe(independentHash(row))
  })

  it('stores the replacement character for NUL and for halves of surrogate pairs', async () => {
    const { ref } = await received(opened.store, {
      target: 'a\u0000b\ud800c',
      payload: { line: 'x\u0000\udc00' },
    })
    const [row] = await opened.store.audit.search({ ref, limit: 1 }, AbortSignal.timeout(5000))
    expect(row?.target).toBe('a\ufffdb\ufffdc')
    const { rows } = await opened.admin.query('SELECT body FROM audit_payload WHERE seq = $1', [row?.seq])
    expect(rows).toEqual([{ body: '{"line":"x\ufffd\ufffd"}' }])
  })

  it('salts the hash of the payload, so that equal words have different hashes and none can be guessed', async () => {
    const refs = [await received(opened.store), await received(opened.store)].map(({ ref }) => ref)
    const { rows } = await opened.admin.query(
      `SELECT payload_hash, salt, body FROM audit JOIN audit_payload USING (seq) WHERE ref = ANY ($1)`,
      [refs],
    )
    expect(rows.map((row) => row.body)).toEqual(['{"line":"health"}', '{"line":"health"}'])
    for (const row of rows) expect(row.payload_hash).toBe(sha256(row.salt, row.body))
    expect(rows[0].payload_hash).not.toBe(rows[1].payload_hash)
  })

  it('can be read, newest first, narrowed by everything that was asked', async () => {
    const request = await received(opened.store, {
      command: 'logs',
      channel: 'C77',
      actor: { team: 'T1', user: 'UADA1', person: 'Ada', kind: 'member' },
    })
    await opened.store.journal.finish(request, { ...done, target: 'Orders-service' }, [])
    const find = (filter: object) =>
      opened.store.audit.search({ limit: 10, ...filter }, AbortSignal.timeout(5000))
    expect((await find({ channel: 'C77' })).map((row) => row.kind)).toEqual(['outcome', 'request'])
    expect(await find({ actor: 'Ada' })).toHaveLength(2)
    expect(await find({ actor: 'UADA1' })).toHaveLength(2)
    expect(await find({ actor: 'T1/UADA1', target: 'orders' })).toHaveLength(1)
    expect(await find({ ref: request.ref.toLowerCase(), decision: 'done' })).toHaveLength(1)
    expect(await find({ channel: 'C77', since: new Date(Date.now() + 60_000) })).toEqual([])
    expect(await find({ channel: 'C77', until: new Date(Date.now() + 60_000), limit: 1 })).toHaveLength(1)
    expect(await find({ actor: `' OR true --` })).toEqual([])
  })

  it('knows the hash of a row, and that there is none', async () => {
    const [first] = await chain()
    expect(await opened.store.audit.hashAt(1)).toBe(first?.hash)
    expect(await opened.store.audit.hashAt(1_000_000)).toBeNull()
  })
})

describe("the bot's role", () => {
  const asBot = (sql: string) => {
    const bot = new pg.Client({ connectionString: opened.database.botUrl })
    return bot
      .connect()
      .then(() => bot.query(sql))
      .finally(() => bot.end())
  }

  it.each([
    `UPDATE audit SET person = 'x'`,
    'DELETE FROM audit',
    'TRUNCATE audit',
    `INSERT INTO audit SELECT seq + 1000000, at, kind, actor, person, channel, surface, command, target, operation,
       decision, code, ref, payload_hash, prev, hash FROM audit LIMIT 1`,
    'SELECT * FROM audit FOR UPDATE',
    `COPY audit FROM STDIN`,
    'MERGE INTO audit USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE',
    'ALTER TABLE audit DISABLE TRIGGER ALL',
    'ALTER TABLE audit ADD COLUMN x int',
    'ALTER TABLE audit OWNER TO bakery',
    'DROP TABLE audit CASCADE',
    'DROP TRIGGER audit_unchanged ON audit',
    'DROP VIEW audit_v1',
    'DROP SCHEMA public CASCADE',
    'CREATE TRIGGER mine BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()',
    'CREATE RULE mine AS ON INSERT TO audit DO INSTEAD NOTHING',
    'CREATE INDEX mine ON audit (kind)',
    'CREATE TABLE mine (seq bigint REFERENCES audit)',
    'CREATE TABLE mine ()',
    `CREATE OR REPLACE FUNCTION audit_hash(r audit) RETURNS text LANGUAGE sql RETURN 'x'`,
    'CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1',
    'UPDATE audit_head SET seq = 0',
    'DELETE FROM audit_head',
    'SELECT * FROM audit_payload',
    'DELETE FROM audit_payload',
    'SELECT audit_link(ARRAY[]::audit_entry[])',
    'SET ROLE bakery_owner',
    `SET session_replication_role = 'replica'`,
    `SELECT audit_prune(clock_timestamp())`,
    'UPDATE access_version SET version = 1',
    'INSERT INTO replay VALUES (1, gen_random_uuid(), now())',
    'DELETE FROM schema_migration',
  ])('cannot %s', async (sql) => {
    await received(opened.store)
    const before = await opened.store.audit.hashAt(1)
    await expect(asBot(sql)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|42809)$/) })
    expect(await opened.store.audit.hashAt(1)).toBe(before)
  })

  it('is not even helped by being allowed to change rows: the triggers refuse', async () => {
    await received(opened.store, verified())
    await opened.admin.query('SET ROLE bakery_owner')
    for (const sql of [`UPDATE audit SET person = 'x'`, 'DELETE FROM audit', 'TRUNCATE audit']) {
      await expect(opened.admin.query(sql)).rejects.toThrow('audit rows are never changed')
    }
    await opened.admin.query('RESET ROLE')
  })

  it('cannot slip a table of its own under the functions of the owner', async () => {
    const bot = new pg.Client({ connectionString: opened.database.botUrl })
    await bot.connect()
    await bot.query(
      'CREATE TEMP TABLE audit_head AS SELECT true AS one, 0::bigint AS seq, repeat($$f$$, 64) AS hash',
    )
    await bot.query(
      `SELECT audit_append('[{"kind":"x","actor":"a","person":"p","surface":"event","decision":"done","ref":"R"}]')`,
    )
    await bot.end()
    const rows = await chain()
    expect(rows.at(-1)?.prev).toBe(rows.at(-2)?.hash)
  })
})

describe('canonicalJson', () => {
  it('sorts members by code units, leaves out white space and what is undefined', () => {
    expect(canonicalJson({ b: [1, { z: null, a: true }], a: 'x', c: undefined, '\ue000': 1, '😀': 2 })).toBe(
      '{"a":"x","b":[1,{"a":true,"z":null}],"😀":2,"\ue000":1}',
    )
  })

  it('gives text that parses to the same value, for every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })
})
