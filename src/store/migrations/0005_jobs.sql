-- What happens by the clock: each slot once, whoever's clock strikes first.

CREATE TABLE job (
  name text PRIMARY KEY,
  paused boolean NOT NULL DEFAULT false,
  paused_by text,
  paused_at timestamptz,
  -- What the last successful run remembered.
  memory json
);

CREATE TABLE job_run (
  job text NOT NULL,
  scheduled_for timestamptz NOT NULL,
  by text NOT NULL,
  ref text NOT NULL,
  requested boolean NOT NULL,
  owner uuid NOT NULL,
  outcome text NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'done', 'failed', 'missed')),
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  reason text,
  PRIMARY KEY (job, scheduled_for)
);
CREATE INDEX job_run_scheduled ON job_run (scheduled_for);
CREATE INDEX job_run_running ON job_run (job) WHERE outcome = 'running';

-- Runs that people asked for.
CREATE TABLE job_request (
  job text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  requested_by text NOT NULL,
  PRIMARY KEY (job, requested_at)
);
