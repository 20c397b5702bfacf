-- Who may do what, and Slack's users, groups and channels as last seen. Every change of it gives a new version:
-- a decision is recorded only under the version that it was made from.

CREATE TABLE access_version (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version bigint NOT NULL
);
INSERT INTO access_version (version) VALUES (1);

-- A role that somebody holds in a channel, or everywhere (channel null: owners only).
CREATE TABLE role_grant (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id text,
  group_id text,
  channel text,
  role text NOT NULL CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
  until timestamptz,
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT grant_has_one_subject CHECK (num_nonnulls(user_id, group_id) = 1),
  CONSTRAINT grant_everywhere_is_owner CHECK ((channel IS NULL) = (role = 'owner')),
  CONSTRAINT grant_not_to_oneself CHECK (user_id IS DISTINCT FROM granted_by),
  CONSTRAINT grant_once UNIQUE NULLS NOT DISTINCT (user_id, group_id, channel)
);

CREATE TABLE channel_binding (
  channel text PRIMARY KEY,
  families text[] NOT NULL,
  environment text NOT NULL
);

CREATE TABLE slack_user (
  user_id text PRIMARY KEY,
  team text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('member', 'guest', 'external', 'bot', 'deactivated', 'unknown')),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX slack_user_seen ON slack_user (seen_at);

CREATE TABLE slack_channel (
  channel text PRIMARY KEY,
  name text NOT NULL,
  shared boolean NOT NULL,
  archived boolean NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX slack_channel_seen ON slack_channel (seen_at);

CREATE TABLE slack_group (
  group_id text PRIMARY KEY,
  handle text NOT NULL,
  members text[] NOT NULL
);

-- What is put in once per database, from platform.yaml.
CREATE TABLE seed (
  name text PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION access_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE access_version SET version = version + 1;
  PERFORM pg_notify('bakery_access', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER role_grant_changed AFTER INSERT OR UPDATE OR DELETE ON role_grant
  FOR EACH ROW EXECUTE FUNCTION access_changed();
CREATE TRIGGER channel_binding_changed AFTER INSERT OR UPDATE OR DELETE ON channel_binding
  FOR EACH ROW EXECUTE FUNCTION access_changed();
CREATE TRIGGER slack_user_known AFTER INSERT OR DELETE ON slack_user
  FOR EACH ROW EXECUTE FUNCTION access_changed();
CREATE TRIGGER slack_user_changed AFTER UPDATE ON slack_user
  FOR EACH ROW WHEN ((OLD.team, OLD.name, OLD.kind) IS DISTINCT FROM (NEW.team, NEW.name, NEW.kind))
  EXECUTE FUNCTION access_changed();
CREATE TRIGGER slack_channel_known AFTER INSERT OR DELETE ON slack_channel
  FOR EACH ROW EXECUTE FUNCTION access_changed();
CREATE TRIGGER slack_channel_changed AFTER UPDATE ON slack_channel
  FOR EACH ROW
  WHEN ((OLD.name, OLD.shared, OLD.archived) IS DISTINCT FROM (NEW.name, NEW.shared, NEW.archived))
  EXECUTE FUNCTION access_changed();
CREATE TRIGGER slack_group_known AFTER INSERT OR DELETE ON slack_group
  FOR EACH ROW EXECUTE FUNCTION access_changed();
CREATE TRIGGER slack_group_changed AFTER UPDATE ON slack_group
  FOR EACH ROW WHEN ((OLD.handle, OLD.members) IS DISTINCT FROM (NEW.handle, NEW.members))
  EXECUTE FUNCTION access_changed();

CREATE FUNCTION role_rank(role text) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN array_position(ARRAY['viewer', 'member', 'admin', 'owner'], role);

-- Through a group one is in, nobody gets more than somebody else has given them already.
CREATE FUNCTION grant_not_through_own_group() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  held integer;
BEGIN
  IF NEW.group_id IS NULL
     OR NOT EXISTS (SELECT FROM slack_group WHERE group_id = NEW.group_id AND NEW.granted_by = ANY (members)) THEN
    RETURN NEW;
  END IF;
  SELECT max(role_rank(role)) INTO held FROM role_grant
    WHERE user_id = NEW.granted_by AND (channel IS NULL OR channel = NEW.channel)
      AND (until IS NULL OR until > clock_timestamp());
  IF role_rank(NEW.role) > coalesce(held, 0) THEN
    RAISE EXCEPTION 'nobody grants more than they hold to a group they are in'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_not_to_oneself';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER role_grant_not_through_own_group BEFORE INSERT OR UPDATE ON role_grant
  FOR EACH ROW EXECUTE FUNCTION grant_not_through_own_group();

-- Where there was an owner for ever who can act, one stays.
CREATE FUNCTION grant_keeps_an_owner() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM former WHERE role = 'owner')
     AND NOT EXISTS (
       SELECT FROM role_grant g LEFT JOIN slack_user u USING (user_id)
       WHERE g.role = 'owner' AND g.user_id IS NOT NULL AND g.until IS NULL
         AND u.kind IS DISTINCT FROM 'deactivated') THEN
    RAISE EXCEPTION 'the last owner stays'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_keeps_an_owner';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER role_grant_keeps_an_owner_on_delete AFTER DELETE ON role_grant
  REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION grant_keeps_an_owner();
CREATE TRIGGER role_grant_keeps_an_owner_on_update AFTER UPDATE ON role_grant
  REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION grant_keeps_an_owner();

-- One change of grants, bindings and jobs at a time: what a change checks stays true until it commits.
CREATE FUNCTION access_lock() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM access_version FOR UPDATE;
END
$$;
