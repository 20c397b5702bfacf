-- What lies between a click and its effect, a round trip each. Each statement of these functions sees what was committed
-- before it began: what waited for a lock is read as it is behind that lock. All of them find rows by their keys: one plan a
-- session does, where PostgreSQL would make five first, each dearer than the statement itself.

-- An operation as src/store/operations-rows.ts reads it, with what its people are called.
CREATE VIEW operation_named AS
  SELECT w.id, w.whole, w.over, w.version,
    (SELECT coalesce(json_object_agg(u.user_id, u.name), '{}') FROM slack_user u WHERE u.user_id = ANY (
       ARRAY(SELECT r.user_id FROM operation_review r WHERE r.operation = w.id) || o.user_id)) AS names
  FROM operation_whole w JOIN operation o ON o.id = w.id;

CREATE FUNCTION operation_read(op text) RETURNS SETOF operation_named
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY SELECT * FROM operation_named WHERE id = op;
END
$$;

-- For whoever decides about it: it, and the grants and freezes that a decision rests on, stay as they are until the commit.
CREATE FUNCTION operation_locked(op text) RETURNS SETOF operation_named
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM access_hold();
  PERFORM FROM operation WHERE id = op FOR UPDATE;
  RETURN QUERY SELECT * FROM operation_named WHERE id = op;
END
$$;

-- Takes the oldest that nobody works on, for so many seconds. The state stays, so there is nothing to audit yet.
CREATE FUNCTION operation_claim(seconds double precision) RETURNS SETOF operation_named
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  taken text;
BEGIN
  UPDATE operation SET fence = nextval('operation_fence'), lease_until = clock_timestamp() + make_interval(secs => seconds)
  WHERE id = (
    SELECT id FROM operation
    WHERE state IN ('approved', 'running', 'verifying', 'unknown', 'reconciling')
      AND (lease_until IS NULL OR lease_until <= clock_timestamp())
      AND (state <> 'approved' OR expires_at > clock_timestamp())
    ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id INTO taken;
  RETURN QUERY SELECT * FROM operation_named WHERE id = taken;
END
$$;

-- The intent of a step, under a claim. Nothing when the claim is over.
CREATE FUNCTION operation_intend(op text, claim bigint, place integer, seen json) RETURNS SETOF operation_named
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM FROM operation WHERE id = op AND fence = claim AND lease_until > clock_timestamp() FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE operation_step SET state = 'intent', before = seen, fence = claim, intent_at = clock_timestamp()
  WHERE operation = op AND n = place;
  RETURN QUERY SELECT * FROM operation_named WHERE id = op;
END
$$;

-- What a transaction has collected, in the order of the locks (src/store/transaction.ts): the last statement before COMMIT.
CREATE FUNCTION ledger_put(messages json, entries json) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF json_array_length(messages) > 0 THEN
    PERFORM outbox_put(messages);
  END IF;
  IF json_array_length(entries) > 0 THEN
    PERFORM audit_append(entries);
  END IF;
END
$$;
