-- The audit log: one strict chain for all processes (docs/CONTRACT.md, "Records").
-- The bot's role reads it, and adds rows only through the functions here, which belong to somebody else.

CREATE TABLE audit (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  at timestamptz NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  person text NOT NULL,
  channel text,
  surface text NOT NULL,
  command text,
  target text,
  operation text,
  decision text NOT NULL,
  code text,
  ref text NOT NULL,
  payload_hash text,
  prev text NOT NULL,
  hash text NOT NULL
);
-- Rows are added in the order of time: a block range index costs next to nothing.
CREATE INDEX audit_at ON audit USING brin (at);
CREATE INDEX audit_ref ON audit (ref);

-- Personal or long content: the chain holds only its salted hash, so that it can be removed and the chain still verifies.
CREATE TABLE audit_payload (
  seq bigint PRIMARY KEY,
  salt bytea NOT NULL,
  body text NOT NULL
);

-- The end of the chain. Its row is the lock under which rows are added.
CREATE TABLE audit_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  seq bigint NOT NULL,
  hash text NOT NULL
);
INSERT INTO audit_head (seq, hash) VALUES (0, repeat('0', 64));

-- What a row says before it has a place in the chain. `payload` is canonical JSON (RFC 8785).
CREATE TYPE audit_entry AS (
  kind text, actor text, person text, channel text, surface text, command text, target text,
  operation text, decision text, code text, ref text, payload text
);

-- The members of a row in the order of RFC 8785: row_to_json of it is the canonical form, because it writes no white
-- space, escapes strings as RFC 8785 does, and has no number but seq.
CREATE TYPE audit_canonical AS (
  actor text, at text, channel text, code text, command text, decision text, kind text, operation text,
  "payloadHash" text, person text, prev text, ref text, seq bigint, surface text, target text
);

CREATE FUNCTION audit_moment(at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

CREATE FUNCTION audit_hash(r audit) RETURNS text
LANGUAGE sql STABLE
RETURN encode(sha256(convert_to(row_to_json(ROW(
  r.actor, audit_moment(r.at), r.channel, r.code, r.command, r.decision, r.kind, r.operation,
  r.payload_hash, r.person, r.prev, r.ref, r.seq, r.surface, r.target
)::audit_canonical)::text, 'UTF8')), 'hex');

-- Links entries to the end of the chain. Takes the head's lock and keeps it until the transaction ends. Only the functions
-- of the owner call it, and they have set the search path.
CREATE FUNCTION audit_link(entries audit_entry[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  head audit_head;
  entry audit_entry;
  r audit;
  salt bytea;
  linked audit[] := '{}';
  payloads audit_payload[] := '{}';
BEGIN
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  r.seq := head.seq;
  r.hash := head.hash;
  FOREACH entry IN ARRAY entries LOOP
    r.seq := r.seq + 1;
    r.prev := r.hash;
    r.at := clock_timestamp();
    r.kind := entry.kind;
    r.actor := entry.actor;
    r.person := entry.person;
    r.channel := entry.channel;
    r.surface := entry.surface;
    r.command := entry.command;
    r.target := entry.target;
    r.operation := entry.operation;
    r.decision := entry.decision;
    r.code := entry.code;
    r.ref := entry.ref;
    r.payload_hash := NULL;
    IF entry.payload IS NOT NULL THEN
      salt := uuid_send(gen_random_uuid());
      r.payload_hash := encode(sha256(salt || convert_to(entry.payload, 'UTF8')), 'hex');
      payloads := payloads || ROW(r.seq, salt, entry.payload)::audit_payload;
    END IF;
    r.hash := audit_hash(r);
    linked := linked || r;
  END LOOP;
  INSERT INTO audit SELECT * FROM unnest(linked);
  INSERT INTO audit_payload SELECT * FROM unnest(payloads);
  UPDATE audit_head SET seq = r.seq, hash = r.hash;
  RETURN head.seq + 1;
END
$$;

-- Adds rows: a JSON array of entries; answers the sequence number of the first. The last statement before COMMIT
-- (src/store/transaction.ts, "Locks").
CREATE FUNCTION audit_append(rows json) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
RETURN audit_link(ARRAY(SELECT e FROM json_populate_recordset(NULL::audit_entry, rows) e));

-- Removes content that has been kept long enough; never anything younger than 30 days, whoever asks.
CREATE FUNCTION audit_prune(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  removed bigint;
BEGIN
  IF before > clock_timestamp() - interval '30 days' THEN
    RAISE EXCEPTION 'audit payloads are kept for at least 30 days' USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM audit_payload p USING audit a WHERE a.seq = p.seq AND a.at < before;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END
$$;

CREATE FUNCTION audit_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit rows are never changed: % refused', lower(TG_OP) USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

CREATE VIEW audit_v1 AS
  SELECT seq, at, kind, actor, person, channel, surface, command, target, operation, decision, code, ref,
         payload_hash, prev, hash
  FROM audit;
