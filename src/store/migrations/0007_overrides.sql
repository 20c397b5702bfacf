-- What was taken out of git's care and cannot be given back: how often it failed, by which operation, and when people were told.
ALTER TABLE operation_override
  ADD COLUMN failures integer NOT NULL DEFAULT 0,
  ADD COLUMN failed_by text REFERENCES operation,
  ADD COLUMN told_at timestamptz;

-- What follows from a change of state by itself: steps, locks, overrides, and who is woken.
CREATE OR REPLACE FUNCTION operation_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  former text;
  resume json := NEW.plan -> 'resume';
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO operation_step (operation, n, step)
      SELECT NEW.id, place - 1, step FROM json_array_elements(NEW.plan -> 'steps') WITH ORDINALITY AS s(step, place);
    UPDATE operation_override SET resumed_by = NEW.id WHERE id = NEW.resumes;
  ELSE
    former := OLD.state;
    IF NEW.cancel_requested AND NOT OLD.cancel_requested THEN
      PERFORM pg_notify('bakery_operation', '');
    END IF;
    IF NEW.state = former THEN
      RETURN NULL;
    END IF;
  END IF;
  IF NEW.state = 'approved' THEN
    PERFORM operation_take_locks(NEW);
    PERFORM pg_notify('bakery_operation', '');
  END IF;
  IF NEW.state = 'running' AND json_typeof(resume) = 'object' THEN
    INSERT INTO operation_override (operation, says, target, owner, channel, until, next_at, steps)
      SELECT NEW.id, resume ->> 'says', NEW.target, NEW.user_id, NEW.channel, until, until, resume -> 'steps'
      FROM (SELECT clock_timestamp() + make_interval(secs => (resume ->> 'afterSeconds')::integer)) AS u(until)
    ON CONFLICT DO NOTHING;
  END IF;
  IF operation_is_final(NEW.state) THEN
    DELETE FROM operation_lock WHERE operation = NEW.id;
    UPDATE operation_override SET ended_at = clock_timestamp()
      WHERE operation = NEW.id AND ended_at IS NULL AND NOT EXISTS (
        SELECT FROM operation_step s WHERE s.operation = NEW.id AND s.state NOT IN ('pending', 'absent', 'skipped'));
    -- What could not be given back is tried again after 5, 10, 20, 40 and then every 60 minutes.
    IF NEW.follows = 'resume' AND NEW.state <> 'succeeded' THEN
      UPDATE operation_override SET resumed_by = NULL, failures = failures + 1, failed_by = NEW.id,
        next_at = clock_timestamp() + least(interval '1 hour', interval '5 minutes' * 2 ^ least(failures, 10))
      WHERE id = NEW.resumes AND ended_at IS NULL;
    END IF;
    -- Whoever has done what an override would do at its end has ended it: Bakery, or a person before that time.
    IF NEW.state = 'succeeded' THEN
      UPDATE operation_override SET ended_at = clock_timestamp(), resumed_by = NEW.id,
        ended_by = CASE WHEN NEW.follows IS NULL THEN NEW.user_id END
      WHERE ended_at IS NULL AND operation <> NEW.id AND json_array_length(steps) > 0
        AND (NEW.plan -> 'steps')::jsonb @> steps::jsonb;
    END IF;
  END IF;
  RETURN NULL;
END
$$;
