-- Messages on their way to Slack.

CREATE SEQUENCE outbox_seq;
CREATE TABLE outbox (
  id uuid PRIMARY KEY,
  -- The order in which they were put here.
  seq bigint NOT NULL,
  key text NOT NULL UNIQUE,
  kind text NOT NULL,
  version integer NOT NULL,
  priority integer NOT NULL,
  -- Slack's rate limit that it counts against: a channel, a person, or a person in a channel.
  bucket text NOT NULL,
  -- {to: channel|person|requester|update, …}
  destination json NOT NULL,
  -- A message in a thread: the message that the thread hangs on, and the one that has to be settled before it.
  root uuid,
  after uuid,
  -- An update: the message that it replaces.
  update_of uuid,
  text text NOT NULL,
  blocks json NOT NULL,
  files json NOT NULL,
  -- What only one person saw, as it was before its buttons were sealed: it may be shared.
  answer json,
  shared_by text,
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'claimed', 'sent', 'failed', 'superseded')),
  not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts integer NOT NULL DEFAULT 0,
  claimed_by uuid,
  claimed_at timestamptz,
  lease_until timestamptz,
  -- The start of the first attempt whose outcome was not seen.
  unknown_since timestamptz,
  reason text,
  channel text,
  ts text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz
);
CREATE INDEX outbox_open ON outbox (bucket, priority, seq) WHERE state IN ('waiting', 'claimed');
CREATE INDEX outbox_thread ON outbox (root) WHERE root IS NOT NULL;
CREATE INDEX outbox_updates ON outbox (update_of, seq) WHERE update_of IS NOT NULL;
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;

-- When the next message of a bucket may leave. The row is the lock under which its messages are claimed.
CREATE TABLE outbox_channel (
  bucket text PRIMARY KEY,
  next_at timestamptz NOT NULL DEFAULT '-infinity'
);
-- Nothing at all leaves before this one: Slack's Retry-After for the whole workspace.
INSERT INTO outbox_channel (bucket) VALUES ('*');

-- What a button stands for.
CREATE TABLE offer (
  id text PRIMARY KEY,
  digest text NOT NULL,
  action text NOT NULL,
  line text NOT NULL,
  message uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  used_by text,
  used_at timestamptz
);
CREATE INDEX offer_message ON offer (message);

-- Puts messages into the outbox in their order, each key once; returns how many are new. They are added in the order of
-- their keys, so that two transactions with the same keys wait for each other instead of locking each other out.
CREATE FUNCTION outbox_put(messages json) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  m record;
  target outbox;
  own_state text;
  places bigint[] := ARRAY(SELECT nextval('outbox_seq') FROM json_array_elements(messages));
  buckets text[] := '{}';
BEGIN
  FOR m IN SELECT * FROM ROWS FROM (json_to_recordset(messages) AS (
    id uuid, key text, kind text, version integer, priority integer, bucket text, destination json, root uuid,
    after uuid, "updateOf" uuid, text text, blocks json, files json, answer json, offers json))
    WITH ORDINALITY ORDER BY key LOOP
    own_state := 'waiting';
    IF m."updateOf" IS NOT NULL THEN
      SELECT * INTO target FROM outbox WHERE id = m."updateOf";
      m.bucket := coalesce(target.bucket, '');
      IF NOT FOUND OR target.state = 'failed' THEN
        own_state := 'failed';
      END IF;
    END IF;
    INSERT INTO outbox (id, seq, key, kind, version, priority, bucket, destination, root, after, update_of, text, blocks,
                        files, answer, state, reason, settled_at)
    VALUES (m.id, places[m.ordinality], m.key, m.kind, m.version, m.priority, m.bucket, m.destination, m.root, m.after, m."updateOf",
            m.text, m.blocks, m.files, m.answer, own_state,
            CASE own_state WHEN 'failed' THEN 'the message that it updates was never sent' END,
            CASE own_state WHEN 'failed' THEN clock_timestamp() END)
    ON CONFLICT DO NOTHING;
    CONTINUE WHEN NOT FOUND;
    buckets := buckets || m.bucket;
    INSERT INTO offer (id, digest, action, line, message)
      SELECT o.id, o.digest, o.action, o.line, coalesce(m."updateOf", m.id)
      FROM json_to_recordset(m.offers) AS o(id text, digest text, action text, line text)
    ON CONFLICT (id) DO NOTHING;
  END LOOP;
  IF cardinality(buckets) > 0 THEN
    INSERT INTO outbox_channel (bucket) SELECT DISTINCT b FROM unnest(buckets) b ORDER BY b ON CONFLICT DO NOTHING;
    PERFORM pg_notify('bakery_outbox', '');
  END IF;
  RETURN cardinality(buckets);
END
$$;

-- What is not settled and waits for nothing but time: a message in a thread follows the one before it, an update its
-- message; of several updates only the newest goes, and not while another is on its way.
CREATE VIEW outbox_due AS
  SELECT o.id, o.bucket, o.priority, o.seq, o.update_of,
         CASE o.state WHEN 'claimed' THEN o.lease_until ELSE o.not_before END AS due_at
  FROM outbox o
  WHERE o.state IN ('waiting', 'claimed')
    AND (o.after IS NULL
         OR NOT EXISTS (SELECT FROM outbox a WHERE a.id = o.after AND a.state IN ('waiting', 'claimed')))
    AND (o.update_of IS NULL
         OR (EXISTS (SELECT FROM outbox t WHERE t.id = o.update_of AND t.state = 'sent')
             AND NOT EXISTS (
               SELECT FROM outbox n WHERE n.update_of = o.update_of AND n.id <> o.id
                 AND ((n.seq > o.seq AND n.state <> 'failed')
                      OR (n.state = 'claimed' AND n.lease_until > clock_timestamp())))));

-- Claims what may be sent now, at most one of a bucket. Under the lock of the bucket's row, which nobody waits for.
CREATE FUNCTION outbox_claim(most integer, process uuid, lease interval, spacing interval) RETURNS SETOF outbox
LANGUAGE plpgsql AS $$
DECLARE
  best record;
  taken outbox;
  claimed integer := 0;
BEGIN
  IF EXISTS (SELECT FROM outbox_channel WHERE bucket = '*' AND next_at > clock_timestamp()) THEN
    RETURN;
  END IF;
  FOR best IN
    SELECT * FROM (
      SELECT DISTINCT ON (d.bucket) d.id, d.bucket, d.priority, d.seq
      FROM outbox_due d JOIN outbox_channel c USING (bucket)
      WHERE d.due_at <= clock_timestamp() AND c.next_at <= clock_timestamp()
      ORDER BY d.bucket, d.priority, d.seq) first
    ORDER BY first.priority, first.seq
  LOOP
    EXIT WHEN claimed >= most;
    PERFORM FROM outbox_channel WHERE bucket = best.bucket AND next_at <= clock_timestamp()
      FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    UPDATE outbox SET
      state = 'claimed', attempts = attempts + 1, claimed_by = process, claimed_at = clock_timestamp(),
      lease_until = clock_timestamp() + lease,
      unknown_since = CASE WHEN state = 'claimed' THEN coalesce(unknown_since, claimed_at) ELSE unknown_since END
    WHERE id = best.id AND EXISTS (
      SELECT FROM outbox_due d WHERE d.id = best.id AND d.due_at <= clock_timestamp())
    RETURNING * INTO taken;
    CONTINUE WHEN NOT FOUND;
    IF taken.update_of IS NOT NULL THEN
      UPDATE outbox SET state = 'superseded', settled_at = clock_timestamp()
      WHERE update_of = taken.update_of AND seq < taken.seq AND state IN ('waiting', 'claimed');
    END IF;
    UPDATE outbox_channel SET next_at = clock_timestamp() + spacing WHERE bucket = best.bucket;
    claimed := claimed + 1;
    RETURN NEXT taken;
  END LOOP;
END
$$;
