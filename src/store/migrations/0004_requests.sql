-- Requests from the moment they are recorded until they are answered.

-- Who works on what: a request or run belongs to a process for as long as that process renews its lease.
CREATE TABLE process (
  owner uuid PRIMARY KEY,
  lease_until timestamptz NOT NULL
);

CREATE FUNCTION process_lives(process uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM process p WHERE p.owner = process AND p.lease_until > clock_timestamp());

-- What makes a request the same one again: kept for a day.
CREATE TABLE replay (
  key text PRIMARY KEY,
  request uuid NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX replay_at ON replay USING brin (at);

CREATE TABLE request (
  id uuid PRIMARY KEY,
  ref text NOT NULL,
  at timestamptz NOT NULL,
  owner uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('received', 'finished')),
  surface text NOT NULL,
  team text NOT NULL,
  user_id text NOT NULL,
  person text NOT NULL,
  user_kind text NOT NULL,
  channel text,
  command text,
  target text,
  decision json NOT NULL,
  work json NOT NULL,
  finished_at timestamptz
);
CREATE INDEX request_open ON request (at) WHERE state = 'received';
CREATE INDEX request_finished ON request (finished_at) WHERE state = 'finished';

-- A request on its way in (src/store/receive.ts). `payload` is canonical JSON, `deadline` in milliseconds since 1970.
CREATE TYPE receive_item AS (
  id uuid, ref text, keys text[], version bigint, deadline double precision, again boolean, surface text, team text,
  user_id text, person text, user_kind text, channel text, command text, target text, decision json, outcome text,
  code text, work json, payload text
);

-- Records a batch of requests, each with its decision and its audit row. The head of the chain is locked first, so all
-- batches of all processes stand in one line, and a change of the access records is before or after a batch, never in it.
-- Answers {version, now, rows: [[state, epoch milliseconds, decision]]} in the order of the batch:
--   recorded   committed with this transaction, or already by an earlier attempt of the same process (its decision is given)
--   duplicate  a replay key is another request's
--   stale      the decision was made from another version: decide again
--   late       the time within which it had to be recorded has passed
CREATE FUNCTION receive(batch json, process uuid) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  items receive_item[] := ARRAY(SELECT i FROM json_populate_recordset(NULL::receive_item, batch) i);
  item receive_item;
  earlier record;
  fresh uuid[];
  current_version bigint;
  moment timestamptz;
  epoch double precision;
  answers text[] := '{}';
  entries audit_entry[] := '{}';
  requests request[] := '{}';
BEGIN
  PERFORM FROM audit_head FOR UPDATE;
  SELECT version INTO current_version FROM access_version;
  moment := clock_timestamp();
  epoch := extract(epoch FROM moment) * 1000;
  WITH added AS (
    INSERT INTO replay
      SELECT key, i.id, moment FROM unnest(items) i, unnest(i.keys) key
      WHERE i.version = current_version AND i.deadline >= epoch
    ON CONFLICT DO NOTHING RETURNING request)
  SELECT coalesce(array_agg(request), '{}') INTO fresh FROM added;
  FOREACH item IN ARRAY items LOOP
    IF item.again THEN
      SELECT r.at, r.decision INTO earlier FROM request r WHERE r.id = item.id;
      IF FOUND THEN
        answers := answers || format('["recorded",%s,%s]', extract(epoch FROM earlier.at) * 1000, earlier.decision);
        CONTINUE;
      END IF;
    END IF;
    IF epoch > item.deadline THEN
      answers := answers || '["late"]'::text;
      CONTINUE;
    END IF;
    IF item.version <> current_version THEN
      answers := answers || '["stale"]'::text;
      CONTINUE;
    END IF;
    -- The id of a request stands in `fresh` once for each of its keys that was not there before.
    IF cardinality(array_positions(fresh, item.id)) IS DISTINCT FROM cardinality(item.keys) THEN
      answers := answers || '["duplicate"]'::text;
      CONTINUE;
    END IF;
    entries := entries || ROW('request', item.team || '/' || item.user_id, item.person, item.channel, item.surface,
      item.command, item.target, NULL, item.outcome, item.code, item.ref, item.payload)::audit_entry;
    requests := requests || ROW(item.id, item.ref, moment, process, 'received', item.surface, item.team,
      item.user_id, item.person, item.user_kind, item.channel, item.command, item.target, item.decision, item.work,
      NULL)::request;
    answers := answers || format('["recorded",%s]', epoch);
  END LOOP;
  IF cardinality(entries) > 0 THEN
    INSERT INTO request SELECT * FROM unnest(requests);
    PERFORM audit_link(entries);
  END IF;
  RETURN format('{"version":"%s","now":%s,"rows":[%s]}', current_version, epoch, array_to_string(answers, ','));
END
$$;

-- Makes sure that requests whose sender was told NOT_RECORDED never run: one that was committed after all is ended, one
-- that was not can never be recorded any more. A batch of {id, keys}; answers the ids that are settled.
-- The head's lock is taken first, so an attempt that is still on its way has ended, or will find its keys taken.
CREATE FUNCTION disown(batch json, process uuid) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  item record;
  found_request request;
BEGIN
  PERFORM FROM audit_head FOR UPDATE;
  FOR item IN SELECT * FROM json_to_recordset(batch) AS x(id uuid, keys text[]) LOOP
    IF NOT EXISTS (SELECT FROM request WHERE id = item.id) THEN
      INSERT INTO replay SELECT key, item.id, clock_timestamp() FROM unnest(item.keys) key ON CONFLICT DO NOTHING;
      RETURN NEXT item.id;
      CONTINUE;
    END IF;
    SELECT * INTO found_request FROM request WHERE id = item.id FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    IF found_request.state = 'received' AND found_request.owner = process THEN
      UPDATE request SET state = 'finished', finished_at = clock_timestamp() WHERE id = item.id;
      PERFORM audit_link(ARRAY[ROW('outcome',
        found_request.team || '/' || found_request.user_id, found_request.person, found_request.channel,
        found_request.surface, found_request.command, found_request.target, NULL, 'refused', 'NOT_RECORDED',
        found_request.ref, NULL)::audit_entry]);
    END IF;
    RETURN NEXT item.id;
  END LOOP;
END
$$;

-- Ends a request of this process: true once.
CREATE FUNCTION request_end(request_id uuid, process uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE request SET state = 'finished', finished_at = clock_timestamp()
  WHERE id = request_id AND owner = process AND state = 'received';
  RETURN FOUND;
END
$$;

-- Ends a batch of requests, each with its outcome row and its messages. Sorted by id, so that two batches wait for each
-- other instead of locking each other out. Answers the ids that were ended by this call.
CREATE FUNCTION finish(batch json, process uuid) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
DECLARE
  item record;
  entries json[] := '{}';
  messages json[] := '{}';
BEGIN
  FOR item IN SELECT * FROM json_to_recordset(batch) AS x(id uuid, entry json, messages json) ORDER BY id LOOP
    IF request_end(item.id, process) THEN
      entries := entries || item.entry;
      IF json_array_length(item.messages) > 0 THEN
        messages := messages || ARRAY(SELECT json_array_elements(item.messages));
      END IF;
      RETURN NEXT item.id;
    END IF;
  END LOOP;
  IF cardinality(messages) > 0 THEN
    PERFORM outbox_put(array_to_json(messages));
  END IF;
  IF cardinality(entries) > 0 THEN
    PERFORM audit_append(array_to_json(entries));
  END IF;
END
$$;
