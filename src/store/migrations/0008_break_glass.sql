-- Without a second person: whoever writes the row, only an owner does so, and says why.
CREATE FUNCTION operation_breaks_glass() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF btrim(NEW.break_glass) = '' THEN
    PERFORM operation_refuse('operation_breaks_glass', 'whoever does without a second person says why');
  END IF;
  IF NOT EXISTS (
       SELECT FROM role_grant g WHERE g.role = 'owner' AND (g.until IS NULL OR g.until > clock_timestamp())
         AND (g.user_id = NEW.user_id OR EXISTS (
           SELECT FROM slack_group s WHERE s.group_id = g.group_id AND NEW.user_id = ANY (s.members)))) THEN
    PERFORM operation_refuse('operation_breaks_glass', 'only an owner does without a second person');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER operation_breaks_glass BEFORE INSERT ON operation
  FOR EACH ROW WHEN (NEW.break_glass IS NOT NULL) EXECUTE FUNCTION operation_breaks_glass();
