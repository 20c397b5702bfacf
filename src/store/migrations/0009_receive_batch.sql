-- Requests arrive as an array of receive_item instead of JSON: reading JSON was an eighth of what a batch cost the server.

-- What `receive` does (0004_requests.sql), and answers.
CREATE FUNCTION receive_batch(items receive_item[], process uuid) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
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

-- For processes of the release before, until the last of them has ended.
CREATE OR REPLACE FUNCTION receive(batch json, process uuid) RETURNS json
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
RETURN receive_batch(ARRAY(SELECT i FROM json_populate_recordset(NULL::receive_item, batch) i), process);
