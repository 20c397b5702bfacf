-- The first intent of an operation that was approved until now: it runs from here on. What it rests on stays as it is until
-- the commit, and where that has changed since version `as_of`, the operation stays approved. Nothing when the claim is over.
CREATE FUNCTION operation_begin(op text, claim bigint, place integer, seen json, as_of bigint) RETURNS SETOF operation_named
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM access_hold();
  PERFORM FROM operation WHERE id = op AND fence = claim AND lease_until > clock_timestamp() FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM access_version WHERE version <> as_of) THEN
    RETURN QUERY SELECT * FROM operation_named WHERE id = op;
    RETURN;
  END IF;
  UPDATE operation SET state = 'running' WHERE id = op;
  RETURN QUERY SELECT * FROM operation_intend(op, claim, place, seen);
END
$$;

-- A freeze is among what a decision rests on: with it, the records have another version.
CREATE TRIGGER change_freeze_changed AFTER INSERT OR UPDATE ON change_freeze
  FOR EACH ROW EXECUTE FUNCTION access_changed();
