-- Changes of the platform from their plan to their end, and what people decided about them (src/core/operation.ts).

CREATE INDEX audit_operation ON audit (operation) WHERE operation IS NOT NULL;

-- Which state may follow which; nothing follows a final one. The same table as TRANSITIONS in src/core/operation.ts.
CREATE TABLE operation_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO operation_transition
  SELECT split_part(row, ' ', 1), unnest(string_to_array(split_part(row, ' ', 2), ',')) FROM unnest(ARRAY[
    'planned approved,expired,stale,revoked,cancelled',
    'awaiting approved,denied,expired,stale,revoked,cancelled',
    'approved running,expired,stale,revoked,cancelled,failed',
    'running verifying,unknown,failed,stale,revoked,cancelled,needs-human',
    'verifying succeeded,failed,unknown,needs-human,running,cancelled',
    'unknown reconciling,needs-human',
    'reconciling running,verifying,succeeded,failed,stale,unknown,needs-human',
    'needs-human succeeded,failed,reconciling']) row;

CREATE FUNCTION operation_is_final(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN state = ANY (ARRAY['succeeded', 'failed', 'denied', 'expired', 'stale', 'revoked', 'cancelled']);

-- Counts the claims of all operations: whoever holds an older number changes nothing.
CREATE SEQUENCE operation_fence;

CREATE TABLE operation (
  id text PRIMARY KEY CHECK (id ~ '^[0-9a-z]{10}$'),
  command text NOT NULL,
  line text NOT NULL,
  plan json NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  target text NOT NULL GENERATED ALWAYS AS (plan ->> 'target') STORED,
  risk text NOT NULL GENERATED ALWAYS AS (plan ->> 'risk') STORED CHECK (risk IN ('change', 'destructive')),
  approvals integer NOT NULL GENERATED ALWAYS AS (coalesce((plan ->> 'approvals')::integer, 1)) STORED
    CHECK (approvals BETWEEN 1 AND 2),
  state text NOT NULL CHECK (state IN ('planned', 'awaiting', 'approved', 'running', 'verifying', 'unknown',
    'reconciling', 'needs-human', 'succeeded', 'failed', 'denied', 'expired', 'stale', 'revoked', 'cancelled')),
  team text NOT NULL,
  user_id text NOT NULL,
  person text NOT NULL,
  user_kind text NOT NULL,
  channel text NOT NULL,
  environment text NOT NULL,
  reason text,
  ref text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  settled_at timestamptz,
  -- The requester's own confirmation of a change: their person.
  confirmed_by text,
  -- Without a second person: why, and which person has looked at it since.
  break_glass text,
  reviewed_by text,
  reviewed_at timestamptz,
  -- Seconds within which somebody has to say that it may stay, else it is undone.
  confirm_within integer CHECK (confirm_within > 0),
  confirm_until timestamptz,
  kept_by text,
  cancel_requested boolean NOT NULL DEFAULT false,
  undoes text REFERENCES operation,
  -- Begun by Bakery itself, approved with what it follows from.
  follows text CHECK (follows IN ('undo', 'resume')),
  resumes uuid,
  -- Which person said how it ended, when nobody could find out.
  resolved_by text,
  outcome text,
  code text,
  fence bigint NOT NULL DEFAULT 0,
  lease_until timestamptz,
  -- How often it was written, and how often its state was: each state has its audit row.
  version integer NOT NULL DEFAULT 1,
  changes integer NOT NULL DEFAULT 1,
  -- The outbox id of its message in the channel.
  card uuid
);
CREATE INDEX operation_newest ON operation (created_at DESC, id);
CREATE INDEX operation_open ON operation (created_at)
  WHERE state IN ('approved', 'running', 'verifying', 'unknown', 'reconciling');
CREATE INDEX operation_waiting ON operation (expires_at) WHERE state IN ('planned', 'awaiting', 'approved');
CREATE INDEX operation_unconfirmed ON operation (confirm_until)
  WHERE confirm_until IS NOT NULL AND kept_by IS NULL;
CREATE INDEX operation_unreviewed ON operation (created_at) WHERE break_glass IS NOT NULL AND reviewed_by IS NULL;
CREATE INDEX operation_undoes ON operation (undoes) WHERE undoes IS NOT NULL;

-- The plan's steps in their order, from 0, with what became of each.
CREATE TABLE operation_step (
  operation text NOT NULL REFERENCES operation,
  n integer NOT NULL,
  step json NOT NULL,
  state text NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'intent', 'unknown', 'sent', 'done', 'absent', 'failed', 'skipped')),
  before json,
  audit_ids text[] NOT NULL DEFAULT '{}',
  fence bigint,
  intent_at timestamptz,
  settled_at timestamptz,
  says text,
  PRIMARY KEY (operation, n)
);

CREATE TABLE operation_review (
  operation text NOT NULL REFERENCES operation,
  person text NOT NULL,
  user_id text NOT NULL,
  digest text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('approve', 'deny')),
  reason text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT operation_review_once PRIMARY KEY (operation, person)
);

-- What is being changed: one operation for each object, from its approval to its end.
CREATE TABLE operation_lock (
  key text PRIMARY KEY,
  operation text NOT NULL REFERENCES operation
);
CREATE INDEX operation_lock_operation ON operation_lock (operation);

CREATE TABLE change_freeze (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Null: all.
  target text,
  until timestamptz,
  reason text NOT NULL,
  set_by text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_by text,
  ended_at timestamptz
);
CREATE INDEX change_freeze_open ON change_freeze (set_at) WHERE ended_at IS NULL;

-- What an operation took out of git's care, and how it is given back.
CREATE TABLE operation_override (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  operation text NOT NULL UNIQUE REFERENCES operation,
  says text NOT NULL,
  target text NOT NULL,
  owner text NOT NULL,
  channel text NOT NULL,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  until timestamptz NOT NULL,
  steps json NOT NULL,
  reminded_at timestamptz,
  -- The operation that gives it back, and when the next one may try.
  resumed_by text REFERENCES operation,
  next_at timestamptz NOT NULL,
  ended_by text,
  ended_at timestamptz
);
CREATE INDEX operation_override_open ON operation_override (until) WHERE ended_at IS NULL;

-- A rule by name, for src/store/operation-faults.ts.
CREATE FUNCTION operation_refuse(rule text, says text, about text DEFAULT '') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', says USING ERRCODE = 'check_violation', CONSTRAINT = rule, DETAIL = about;
END
$$;

-- From the plan itself: before a row is written its generated columns are not known.
CREATE FUNCTION operation_quorum(op operation) RETURNS boolean
LANGUAGE sql STABLE
RETURN NOT EXISTS (SELECT FROM operation_review r WHERE r.operation = op.id AND r.verdict = 'deny')
  AND (SELECT count(*) FROM operation_review r
       WHERE r.operation = op.id AND r.verdict = 'approve' AND r.digest = op.digest
         AND r.person <> op.person AND r.user_id <> op.user_id) >= coalesce((op.plan ->> 'approvals')::integer, 1);

-- How an operation may begin.
CREATE FUNCTION operation_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF json_array_length(NEW.plan -> 'steps') = 0 THEN
    PERFORM operation_refuse('operation_has_steps', 'an operation has something to do');
  END IF;
  IF (NEW.fence, NEW.version, NEW.changes, NEW.cancel_requested) <> (0, 1, 1, false)
     OR num_nonnulls(NEW.settled_at, NEW.confirmed_by, NEW.reviewed_by, NEW.confirm_until, NEW.kept_by,
                     NEW.resolved_by, NEW.lease_until, NEW.outcome, NEW.code) > 0 THEN
    PERFORM operation_refuse('operation_begins', 'an operation begins with nothing decided');
  END IF;
  IF NEW.follows = 'undo' AND NOT EXISTS (
       SELECT FROM operation o WHERE o.id = NEW.undoes AND o.confirm_within IS NOT NULL AND o.kept_by IS NULL
         AND o.state IN ('succeeded', 'failed') AND o.person = NEW.person AND o.channel = NEW.channel
         AND NOT EXISTS (SELECT FROM operation u WHERE u.undoes = o.id AND u.follows = 'undo')) THEN
    PERFORM operation_refuse('operation_follows', 'there is nothing to undo by itself');
  END IF;
  IF NEW.follows = 'resume' AND NOT EXISTS (
       SELECT FROM operation_override v WHERE v.id = NEW.resumes AND v.ended_at IS NULL AND v.resumed_by IS NULL
         AND v.steps::jsonb = (NEW.plan -> 'steps')::jsonb) THEN
    PERFORM operation_refuse('operation_follows', 'there is no override to end by itself');
  END IF;
  IF NEW.state <> (CASE WHEN num_nonnulls(NEW.break_glass, NEW.follows) > 0 THEN 'approved'
                        WHEN NEW.plan ->> 'risk' = 'change' THEN 'planned' ELSE 'awaiting' END) THEN
    PERFORM operation_refuse('operation_begins', 'an operation of this risk does not begin as ' || NEW.state);
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER operation_begins BEFORE INSERT ON operation FOR EACH ROW EXECUTE FUNCTION operation_begins();

-- What never changes, which state may follow which, and what each change needs.
CREATE FUNCTION operation_goes_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.command, NEW.line, NEW.plan::text, NEW.digest, NEW.team, NEW.user_id, NEW.person, NEW.user_kind,
      NEW.channel, NEW.environment, NEW.reason, NEW.ref, NEW.created_at, NEW.expires_at, NEW.break_glass,
      NEW.confirm_within, NEW.undoes, NEW.follows, NEW.resumes)
     IS DISTINCT FROM
     (OLD.id, OLD.command, OLD.line, OLD.plan::text, OLD.digest, OLD.team, OLD.user_id, OLD.person, OLD.user_kind,
      OLD.channel, OLD.environment, OLD.reason, OLD.ref, OLD.created_at, OLD.expires_at, OLD.break_glass,
      OLD.confirm_within, OLD.undoes, OLD.follows, OLD.resumes) THEN
    PERFORM operation_refuse('operation_stays', 'what was planned and asked for never changes');
  END IF;
  IF (OLD.cancel_requested AND NOT NEW.cancel_requested) OR NEW.fence < OLD.fence THEN
    PERFORM operation_refuse('operation_stays', 'a claim and a request to cancel are never taken back');
  END IF;
  IF NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by
     AND (OLD.reviewed_by IS NOT NULL OR NEW.reviewed_by = NEW.person OR NEW.break_glass IS NULL) THEN
    PERFORM operation_refuse('operation_reviewed_by_another', 'another person reviews it, once');
  END IF;
  NEW.version := OLD.version + 1;
  NEW.changes := OLD.changes;
  IF NEW.state = OLD.state THEN
    IF operation_is_final(OLD.state)
       AND (NEW.outcome, NEW.code, NEW.settled_at, NEW.resolved_by, NEW.confirmed_by)
           IS DISTINCT FROM (OLD.outcome, OLD.code, OLD.settled_at, OLD.resolved_by, OLD.confirmed_by) THEN
      PERFORM operation_refuse('operation_stays', 'how an operation ended never changes');
    END IF;
    IF NEW.kept_by IS DISTINCT FROM OLD.kept_by
       AND (OLD.kept_by IS NOT NULL OR NEW.state <> 'succeeded' OR NEW.confirm_until IS NULL
            OR NEW.confirm_until <= clock_timestamp()) THEN
      PERFORM operation_refuse('operation_in_time', 'it can be kept only in its time');
    END IF;
    RETURN NEW;
  END IF;

  IF NOT EXISTS (SELECT FROM operation_transition WHERE from_state = OLD.state AND to_state = NEW.state) THEN
    PERFORM operation_refuse('operation_transition', OLD.state || ' is never followed by ' || NEW.state);
  END IF;
  NEW.changes := OLD.changes + 1;
  IF NEW.state IN ('approved', 'running') AND OLD.state IN ('planned', 'awaiting', 'approved')
     AND NEW.expires_at <= clock_timestamp() THEN
    PERFORM operation_refuse('operation_in_time', 'its time is over');
  END IF;
  IF NEW.state = 'expired' AND NEW.expires_at > clock_timestamp() THEN
    PERFORM operation_refuse('operation_in_time', 'its time is not over');
  END IF;
  IF OLD.state = 'planned' AND NEW.state = 'approved' AND NEW.confirmed_by IS DISTINCT FROM NEW.person THEN
    PERFORM operation_refuse('operation_confirmed_by_requester', 'whoever asked for it confirms it');
  END IF;
  IF OLD.state = 'awaiting' AND NEW.state = 'approved' AND NOT operation_quorum(NEW) THEN
    PERFORM operation_refuse('operation_quorum', 'other persons have to approve it');
  END IF;
  IF NEW.state = 'denied'
     AND NOT EXISTS (SELECT FROM operation_review WHERE operation = NEW.id AND verdict = 'deny') THEN
    PERFORM operation_refuse('operation_quorum', 'somebody has to deny it');
  END IF;
  IF OLD.state = 'needs-human' AND operation_is_final(NEW.state)
     AND (NEW.resolved_by IS NULL OR NEW.resolved_by = NEW.person) THEN
    PERFORM operation_refuse('operation_resolved_by_another', 'another person says how it ended');
  END IF;
  IF operation_is_final(NEW.state) OR NEW.state = 'needs-human' THEN
    NEW.lease_until := NULL;
  END IF;
  IF operation_is_final(NEW.state) THEN
    NEW.settled_at := clock_timestamp();
  END IF;
  IF NEW.state = 'succeeded' AND NEW.confirm_within IS NOT NULL THEN
    NEW.confirm_until := clock_timestamp() + make_interval(secs => NEW.confirm_within);
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER operation_goes_on BEFORE UPDATE ON operation FOR EACH ROW EXECUTE FUNCTION operation_goes_on();

-- What is locked while an operation runs, in the order in which all operations take their locks.
CREATE FUNCTION operation_keys(plan json) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
  SELECT DISTINCT format('%s/%s/%s', step -> 'ref' ->> 'kind', step -> 'ref' ->> 'namespace', step -> 'ref' ->> 'name')
    COLLATE "C" AS key
  FROM json_array_elements(plan -> 'steps') step ORDER BY key
$$;

CREATE FUNCTION operation_take_locks(op operation) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  wanted text;
  holder text;
BEGIN
  FOR wanted IN SELECT * FROM operation_keys(op.plan) LOOP
    LOOP
      INSERT INTO operation_lock VALUES (wanted, op.id) ON CONFLICT DO NOTHING;
      EXIT WHEN FOUND;
      SELECT operation INTO holder FROM operation_lock WHERE key = wanted;
      IF FOUND THEN
        PERFORM operation_refuse('operation_target_busy', wanted || ' is being changed by ' || holder, holder);
      END IF;
    END LOOP;
  END LOOP;
END
$$;

-- What follows from a change of state by itself: steps, locks, overrides, and who is woken.
CREATE FUNCTION operation_follows() RETURNS trigger
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
    IF NEW.follows = 'resume' THEN
      UPDATE operation_override SET
        ended_at = CASE WHEN NEW.state = 'succeeded' THEN clock_timestamp() END,
        resumed_by = CASE WHEN NEW.state = 'succeeded' THEN NEW.id END,
        next_at = clock_timestamp() + interval '5 minutes'
      WHERE id = NEW.resumes AND ended_at IS NULL;
    END IF;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER operation_follows AFTER INSERT OR UPDATE ON operation
  FOR EACH ROW EXECUTE FUNCTION operation_follows();

-- Every change of state has exactly one audit row, in the same transaction: looked at when it commits.
CREATE FUNCTION operation_audited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  op operation;
  said text[];
BEGIN
  SELECT * INTO op FROM operation WHERE id = NEW.id;
  said := ARRAY(SELECT decision FROM audit WHERE operation = NEW.id AND kind = 'operation' ORDER BY seq);
  IF cardinality(said) <> op.changes OR said[op.changes] <> op.state THEN
    PERFORM operation_refuse('operation_audited', 'each state of an operation has one audit row');
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER operation_audited AFTER INSERT OR UPDATE OF state ON operation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION operation_audited();

-- A step itself stays as it was approved; what became of it goes one way.
CREATE FUNCTION operation_step_goes_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.operation, NEW.n, NEW.step::text) IS DISTINCT FROM (OLD.operation, OLD.n, OLD.step::text)
     OR NOT NEW.audit_ids @> OLD.audit_ids THEN
    PERFORM operation_refuse('operation_step_stays', 'a step never changes');
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state IN ('done', 'failed', 'skipped')
       OR (NEW.state = 'intent' AND OLD.state NOT IN ('pending', 'absent'))
       OR NEW.state = 'pending'
       OR (NEW.state IN ('sent', 'unknown') AND OLD.state IN ('pending', 'absent'))) THEN
    PERFORM operation_refuse('operation_step_transition', OLD.state || ' is never followed by ' || NEW.state);
  END IF;
  IF (NEW.state, OLD.state) = ('intent', 'intent') AND NEW.intent_at IS DISTINCT FROM OLD.intent_at THEN
    PERFORM operation_refuse('operation_step_transition', 'what became of an intent is found out before the next one');
  END IF;
  IF NEW.state = 'intent' AND NOT EXISTS (SELECT FROM operation o WHERE o.id = NEW.operation
       AND o.state IN ('running', 'reconciling') AND o.fence = NEW.fence) THEN
    PERFORM operation_refuse('operation_step_transition', 'nothing is sent unless its operation runs');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER operation_step_goes_on BEFORE UPDATE ON operation_step
  FOR EACH ROW EXECUTE FUNCTION operation_step_goes_on();

-- Four eyes: another person, once, in time, and of the plan as it is.
CREATE FUNCTION operation_review_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  op operation;
BEGIN
  SELECT * INTO op FROM operation WHERE id = NEW.operation FOR UPDATE;
  IF NEW.verdict = 'approve' AND (NEW.person = op.person OR NEW.user_id = op.user_id) THEN
    PERFORM operation_refuse('operation_review_by_another', 'nobody approves what they asked for');
  END IF;
  IF op.state IS DISTINCT FROM 'awaiting' THEN
    PERFORM operation_refuse('operation_review_open', 'it does not wait for approval');
  END IF;
  IF NEW.digest <> op.digest THEN
    PERFORM operation_refuse('operation_review_of_this_plan', 'another plan was approved');
  END IF;
  IF op.expires_at <= clock_timestamp() THEN
    PERFORM operation_refuse('operation_in_time', 'its time is over');
  END IF;
  NEW.at := clock_timestamp();
  RETURN NEW;
END
$$;
CREATE TRIGGER operation_review_counts BEFORE INSERT ON operation_review
  FOR EACH ROW EXECUTE FUNCTION operation_review_counts();

-- Nobody changes or removes what was decided.
CREATE FUNCTION operation_kept() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% are never removed or rewritten: % refused', TG_TABLE_NAME, lower(TG_OP)
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER operation_kept BEFORE DELETE ON operation FOR EACH ROW EXECUTE FUNCTION operation_kept();
CREATE TRIGGER operation_step_kept BEFORE DELETE ON operation_step FOR EACH ROW EXECUTE FUNCTION operation_kept();
CREATE TRIGGER operation_review_kept BEFORE UPDATE OR DELETE ON operation_review
  FOR EACH ROW EXECUTE FUNCTION operation_kept();

-- What a decision about an operation rests on stays true until it commits: grants and freezes wait for it, other decisions do not.
CREATE FUNCTION access_hold() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM access_version FOR SHARE;
END
$$;

-- An operation as src/core/operation.ts has it.
CREATE VIEW operation_whole AS
  SELECT o.id, o.state, o.channel, o.person, o.target, o.created_at, o.fence, o.lease_until, o.expires_at,
    o.expires_at <= clock_timestamp() AS over, o.break_glass, o.reviewed_by, o.version, o.card,
    json_build_object(
      'id', o.id, 'command', o.command, 'line', o.line, 'plan', o.plan, 'digest', o.digest, 'state', o.state,
      'requester', json_build_object('team', o.team, 'user', o.user_id, 'person', o.person, 'kind', o.user_kind),
      'channel', o.channel, 'environment', o.environment, 'reason', o.reason, 'ref', o.ref,
      'createdAt', audit_moment(o.created_at), 'expiresAt', audit_moment(o.expires_at),
      'settledAt', audit_moment(o.settled_at),
      'steps', (SELECT coalesce(json_agg(json_build_object(
          'n', s.n, 'step', s.step, 'state', s.state, 'before', s.before, 'auditIds', s.audit_ids,
          'intentAt', audit_moment(s.intent_at), 'settledAt', audit_moment(s.settled_at), 'says', s.says) ORDER BY s.n), '[]')
        FROM operation_step s WHERE s.operation = o.id),
      'reviews', (SELECT coalesce(json_agg(json_build_object(
          'person', r.person, 'user', r.user_id, 'digest', r.digest, 'verdict', r.verdict, 'reason', r.reason,
          'at', audit_moment(r.at)) ORDER BY r.at), '[]')
        FROM operation_review r WHERE r.operation = o.id),
      'breakGlass', CASE WHEN o.break_glass IS NOT NULL THEN
          json_build_object('reason', o.break_glass, 'reviewedBy', o.reviewed_by) END,
      'confirmWithinSeconds', o.confirm_within, 'confirmUntil', audit_moment(o.confirm_until),
      'cancelRequested', o.cancel_requested, 'undoes', o.undoes,
      'undoneBy', (SELECT u.id FROM operation u WHERE u.undoes = o.id
          AND u.state NOT IN ('planned', 'awaiting', 'denied', 'expired', 'stale', 'revoked', 'cancelled', 'failed')
        ORDER BY u.created_at DESC LIMIT 1),
      'follows', o.follows, 'keptBy', o.kept_by, 'card', o.card, 'outcome', o.outcome, 'code', o.code,
      'fence', o.fence::text) AS whole
  FROM operation o;

CREATE VIEW operation_v1 AS
  SELECT o.id, o.command, o.line, o.target, o.risk, o.state, o.person AS requester, o.channel, o.environment, o.reason,
    o.ref, o.created_at, o.expires_at, o.settled_at,
    ARRAY(SELECT r.person FROM operation_review r WHERE r.operation = o.id AND r.verdict = 'approve' ORDER BY r.at)
      AS approved_by,
    ARRAY(SELECT r.person FROM operation_review r WHERE r.operation = o.id AND r.verdict = 'deny' ORDER BY r.at)
      AS denied_by,
    o.break_glass IS NOT NULL AS break_glass, o.reviewed_by, o.undoes, o.follows, o.outcome, o.code,
    (SELECT count(*)::integer FROM operation_step s WHERE s.operation = o.id) AS steps,
    ARRAY(SELECT id FROM operation_step s, unnest(s.audit_ids) id WHERE s.operation = o.id ORDER BY s.n) AS audit_ids
  FROM operation o;
