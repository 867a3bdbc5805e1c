-- What the Prisma schema language cannot say. Applied after the schema; a change here becomes a migration like any other.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- States are text with a CHECK: a new state is a one-line migration, an unknown one never gets in.
ALTER TABLE contents ADD CONSTRAINT contents_status_check CHECK (status IN ('UNPROCESSED', 'PROCESSING', 'PULLED', 'FAILED'));
ALTER TABLE contents ADD CONSTRAINT contents_archive_status_check CHECK (archive_status IN ('none', 'pending', 'ready', 'partial'));
ALTER TABLE contents ADD CONSTRAINT contents_priority_check CHECK (priority BETWEEN 1 AND 10);
ALTER TABLE contents ADD CONSTRAINT contents_merged_check CHECK (merged_into IS NULL OR merged_into <> id);
ALTER TABLE media ADD CONSTRAINT media_status_check CHECK (status IN ('pending', 'stored', 'failed', 'skipped'));
ALTER TABLE media ADD CONSTRAINT media_stored_check CHECK ((status = 'stored') = (blob_sha256 IS NOT NULL));
ALTER TABLE blobs ADD CONSTRAINT blobs_state_check CHECK (state IN ('claimed', 'live', 'condemned', 'deleted', 'damaged'));
ALTER TABLE blobs ADD CONSTRAINT blobs_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$');
ALTER TABLE tasks ADD CONSTRAINT tasks_state_check CHECK (state IN ('ready', 'queued', 'running'));
ALTER TABLE tasks ADD CONSTRAINT tasks_priority_check CHECK (priority BETWEEN 1 AND 10);
ALTER TABLE dead_letters ADD CONSTRAINT dead_letters_reason_check
  CHECK (reason IN ('max_attempts_reached', 'non_retryable', 'auth_required'));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
  CHECK (state IN ('planned', 'held', 'sending', 'sent', 'partial', 'failed', 'unconfirmed', 'cancelled', 'blocked', 'deleted'));
ALTER TABLE delivery_parts ADD CONSTRAINT delivery_parts_state_check
  CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unconfirmed'));
ALTER TABLE rules ADD CONSTRAINT rules_nsfw_policy_check CHECK (nsfw_policy IN ('block', 'allow', 'separate'));
ALTER TABLE rules ADD CONSTRAINT rules_approval_check CHECK (approval IN ('auto', 'required'));
ALTER TABLE feeds ADD CONSTRAINT feeds_interval_check CHECK (interval_s > 0 AND share_existing >= 0);
ALTER TABLE platform_states ADD CONSTRAINT platform_states_circuit_check CHECK (circuit IN ('closed', 'open', 'half_open'));
ALTER TABLE platform_states ADD CONSTRAINT platform_states_cookie_check CHECK (cookie_state IN ('valid', 'rejected'));

-- The queries of the product that need more than a plain index.
CREATE INDEX contents_failed_by_type ON contents (last_error_type, id) WHERE status = 'FAILED' AND deleted_at IS NULL;
CREATE INDEX contents_unsettled ON contents (id) WHERE archive_status = 'pending';
CREATE INDEX contents_purgeable ON contents (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX contents_merged_purgeable ON contents (updated_at) WHERE merged_into IS NOT NULL AND purged_at IS NULL;
CREATE INDEX contents_search_text_trgm ON contents USING gin (search_text gin_trgm_ops);
-- Of a tag that one content in a thousand bears, the planner must know: else it goes through the newest contents until it has found enough.
ALTER TABLE contents ALTER COLUMN tags SET STATISTICS 1000;
CREATE INDEX media_pending ON media (content_id) WHERE status = 'pending';
-- Of tasks: each change of state writes into every index that the row is in, so it is in few.
CREATE INDEX tasks_due ON tasks (queue, priority, run_at, id) WHERE state = 'ready';
CREATE INDEX tasks_queued ON tasks (queue, queued_at) WHERE state = 'queued';
CREATE INDEX tasks_running ON tasks (lease_until) WHERE state = 'running';
CREATE INDEX tasks_content ON tasks (content_id) WHERE content_id IS NOT NULL;
CREATE INDEX tasks_target ON tasks (target_id) WHERE target_id IS NOT NULL;
CREATE INDEX tasks_replay ON tasks (replay_id) WHERE replay_id IS NOT NULL;
-- What an autoscaler asks (k8s/components/keda): how much of each queue could be worked on now. A view, so that the table behind it may change,
-- and so that a role may read the counts and nothing else.
CREATE VIEW queue_load AS
  SELECT queue,
    count(*) FILTER (WHERE state = 'queued' OR (state = 'ready' AND run_at <= now())) AS runnable,
    count(*) FILTER (WHERE state = 'running') AS running
  FROM tasks GROUP BY queue;
CREATE INDEX dead_letters_dedupe_key ON dead_letters (dedupe_key) WHERE replayed_at IS NULL;
CREATE INDEX dead_letters_open ON dead_letters (created_at DESC, id DESC) WHERE replayed_at IS NULL AND discarded_at IS NULL;
CREATE INDEX dead_letters_closed ON dead_letters (coalesce(replayed_at, discarded_at))
  WHERE replayed_at IS NOT NULL OR discarded_at IS NOT NULL;
CREATE INDEX dead_letters_replay ON dead_letters (replay_id) WHERE replay_id IS NOT NULL;
CREATE INDEX feeds_due ON feeds (next_poll_at) WHERE enabled;
CREATE UNIQUE INDEX rules_name_key ON rules (name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX rule_decisions_once ON rule_decisions (content_id, rule_id, target_id) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX bot_configs_one_primary ON bot_configs (platform) WHERE is_primary AND deleted_at IS NULL;

-- What a bot may push is asked for again and again, mostly in vain. So each content knows which transaction made it one to push, and each
-- target up to which transaction everything is known to be pushed: see libs/store/src/deliveries/offers.ts.
CREATE INDEX contents_offered ON contents (offered_xid) WHERE status = 'PULLED' AND deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX deliveries_open_again ON deliveries (target_id) WHERE state IN ('failed', 'cancelled');
CREATE FUNCTION note_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.offered_xid := pg_current_xact_id();
  RETURN NEW;
END
$$;
CREATE TRIGGER contents_note_offer_insert BEFORE INSERT ON contents FOR EACH ROW
  WHEN (NEW.status = 'PULLED' AND NEW.deleted_at IS NULL AND NEW.merged_into IS NULL) EXECUTE FUNCTION note_offer();
CREATE TRIGGER contents_note_offer_update BEFORE UPDATE OF status, deleted_at, merged_into ON contents FOR EACH ROW
  WHEN (NEW.status = 'PULLED' AND NEW.deleted_at IS NULL AND NEW.merged_into IS NULL
    AND (OLD.status <> 'PULLED' OR OLD.deleted_at IS NOT NULL OR OLD.merged_into IS NOT NULL)) EXECUTE FUNCTION note_offer();

-- Whoever changes what rules look at after they were asked: the row keeps what it was then, so that a plan can tell what the change has
-- brought about from what has long been so. See libs/store/src/contents/plan-again.ts. Two triggers, so that a share that adds a tag
-- compares no long text.
CREATE FUNCTION keep_plan_baseline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.plan_baseline := jsonb_build_object(
    'platform', OLD.platform, 'contentType', OLD.content_type, 'title', OLD.title, 'description', OLD.description,
    'bodyText', OLD.body_text, 'authorId', OLD.author_id, 'authorName', OLD.author_name, 'tags', to_jsonb(OLD.tags),
    'isNsfw', OLD.is_nsfw);
  RETURN NEW;
END
$$;
CREATE TRIGGER contents_keep_plan_baseline_tags BEFORE UPDATE OF tags, is_nsfw, title, platform ON contents FOR EACH ROW
  WHEN (OLD.planned_at IS NOT NULL AND NEW.planned_at IS NOT NULL AND OLD.plan_baseline IS NULL
    AND (OLD.tags, OLD.is_nsfw, OLD.title, OLD.platform) IS DISTINCT FROM (NEW.tags, NEW.is_nsfw, NEW.title, NEW.platform))
  EXECUTE FUNCTION keep_plan_baseline();
CREATE TRIGGER contents_keep_plan_baseline_text BEFORE UPDATE OF content_type, description, body_text, author_id, author_name ON contents
  FOR EACH ROW WHEN (OLD.planned_at IS NOT NULL AND NEW.planned_at IS NOT NULL AND OLD.plan_baseline IS NULL
    AND (OLD.content_type, OLD.description, OLD.body_text, OLD.author_id, OLD.author_name)
      IS DISTINCT FROM (NEW.content_type, NEW.description, NEW.body_text, NEW.author_id, NEW.author_name))
  EXECUTE FUNCTION keep_plan_baseline();

-- The task table is small and very busy: let vacuum keep up with it.
ALTER TABLE tasks SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
-- A few rows, written with every message: no index on what changes, and room beside each row, so that old versions go at once.
ALTER TABLE limiter_cells SET (fillfactor = 50);
ALTER TABLE targets SET (fillfactor = 50);

-- Events: append-only, partitioned by month, read in commit order by (xid, id). Id order is not commit order, so readers take only
-- xid < event_xid(pg_snapshot_xmin(pg_current_snapshot())). The default partition catches rows until the upkeep task has made the month's own.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  type text NOT NULL,
  content_id integer,
  target_id uuid,
  delivery_id uuid,
  payload jsonb NOT NULL DEFAULT '{}',
  request_id text,
  trace_id text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_cursor ON events (xid, id);
-- A few rows a day that are looked for among millions: how far the check of stored bytes is, when it and the backup last succeeded.
CREATE INDEX events_milestones ON events (type, created_at) WHERE type IN ('scrub.progressed', 'scrub.finished', 'backup.finished');
CREATE INDEX events_content ON events (content_id, id) WHERE content_id IS NOT NULL;

-- Transaction ids begin anew in another cluster, but the event log and its readers' cursors go on: a restore raises this base, so that what
-- comes after it lies behind everything that was ever told. See libs/store/src/backup/put-right.ts. Plain SQL, so that calls are inlined.
CREATE FUNCTION event_xid_base() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
CREATE FUNCTION event_xid(number xid8) RETURNS xid8 LANGUAGE sql STABLE AS
  'SELECT (number::text::bigint + event_xid_base())::text::xid8';
ALTER TABLE events ALTER COLUMN xid SET DEFAULT event_xid(pg_current_xact_id());
