-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "contents" (
    "id" SERIAL NOT NULL,
    "platform" TEXT NOT NULL,
    "platform_id" TEXT,
    "content_type" TEXT,
    "url" TEXT NOT NULL,
    "canonical_url" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'UNPROCESSED',
    "archive_status" TEXT NOT NULL DEFAULT 'none',
    "parse_generation" INTEGER NOT NULL DEFAULT 0,
    "priority" SMALLINT NOT NULL DEFAULT 5,
    "title" TEXT,
    "description" TEXT,
    "body_text" TEXT,
    "author_id" TEXT,
    "author_name" TEXT,
    "author_url" TEXT,
    "author_avatar_url" TEXT,
    "site_name" TEXT,
    "language" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "is_nsfw" BOOLEAN NOT NULL DEFAULT false,
    "note" TEXT,
    "stats" JSONB NOT NULL DEFAULT '{}',
    "published_at" TIMESTAMPTZ(3),
    "published_sort" TIMESTAMPTZ(3) NOT NULL DEFAULT '1970-01-01 00:00:00+00'::timestamp with time zone,
    "failure_count" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_error_type" TEXT,
    "last_error_detail" JSONB,
    "last_error_at" TIMESTAMPTZ(3),
    "parser_version" INTEGER,
    "raw_metadata" JSONB NOT NULL DEFAULT '{}',
    "edited_fields" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "search_text" TEXT NOT NULL DEFAULT '',
    "search_hash" TEXT,
    "merged_into" INTEGER,
    "deleted_at" TIMESTAMPTZ(3),
    "purged_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "content_keys" (
    "platform" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "content_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "content_keys_pkey" PRIMARY KEY ("platform","key")
);

-- CreateTable
CREATE TABLE "content_sources" (
    "id" UUID NOT NULL,
    "content_id" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "source" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "note" TEXT,
    "client_context" JSONB,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "content_sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "media" (
    "id" UUID NOT NULL,
    "content_id" INTEGER NOT NULL,
    "parse_generation" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'content',
    "origin_url" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "original_sha256" TEXT,
    "blob_sha256" TEXT,
    "error_type" TEXT,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blobs" (
    "sha256" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "mime" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'claimed',
    "claimed_until" TIMESTAMPTZ(3),
    "condemned_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blobs_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "blob_variants" (
    "original_sha256" TEXT NOT NULL,
    "preset" TEXT NOT NULL,
    "blob_sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blob_variants_pkey" PRIMARY KEY ("original_sha256","preset")
);

-- CreateTable
CREATE TABLE "tasks" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ready',
    "priority" SMALLINT NOT NULL DEFAULT 5,
    "run_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "leased_by" TEXT,
    "broker" TEXT,
    "queued_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "starts" INTEGER NOT NULL DEFAULT 0,
    "errors" JSONB NOT NULL DEFAULT '[]',
    "dedupe_key" TEXT,
    "content_id" INTEGER,
    "target_id" UUID,
    "request_id" TEXT,
    "traceparent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schedules" (
    "name" TEXT NOT NULL,
    "task" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "every_s" INTEGER NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "next_run_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_run_at" TIMESTAMPTZ(3),

    CONSTRAINT "schedules_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "dead_letters" (
    "id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "priority" SMALLINT NOT NULL DEFAULT 5,
    "dedupe_key" TEXT,
    "content_id" INTEGER,
    "target_id" UUID,
    "reason" TEXT NOT NULL,
    "error_type" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "request_id" TEXT,
    "traceparent" TEXT,
    "replayed_at" TIMESTAMPTZ(3),
    "replayed_task_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "principal" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "status" INTEGER,
    "response" JSONB,
    "locked_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("principal","route","key")
);

-- CreateTable
CREATE TABLE "limiter_cells" (
    "key" TEXT NOT NULL,
    "tat" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "limiter_cells_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "targets" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" JSONB NOT NULL,
    "secret_cipher" TEXT,
    "bot_config_id" UUID,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "last_success_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "consecutive_failures" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "targets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rules" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "match" JSONB NOT NULL DEFAULT '{}',
    "nsfw_policy" TEXT NOT NULL DEFAULT 'block',
    "approval" TEXT NOT NULL DEFAULT 'auto',
    "template" TEXT,
    "schedule" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rule_targets" (
    "rule_id" UUID NOT NULL,
    "target_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "rule_targets_pkey" PRIMARY KEY ("rule_id","target_id")
);

-- CreateTable
CREATE TABLE "rule_decisions" (
    "id" UUID NOT NULL,
    "content_id" INTEGER NOT NULL,
    "rule_id" UUID NOT NULL,
    "target_id" UUID,
    "rule_version" INTEGER NOT NULL,
    "matched" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rule_decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL,
    "content_id" INTEGER NOT NULL,
    "target_id" UUID NOT NULL,
    "rule_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "reason" TEXT,
    "not_before" TIMESTAMPTZ(3),
    "approved_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_error_type" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery_parts" (
    "id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "payload" JSONB,
    "message_id" TEXT,
    "receipt" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claimed_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_parts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bot_configs" (
    "id" UUID NOT NULL,
    "platform" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "token_cipher" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "deleted_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bot_configs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "settings" (
    "key" TEXT NOT NULL,
    "value" JSONB,
    "value_cipher" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "contents_status_published_sort_id_idx" ON "contents"("status", "published_sort" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "contents_published_sort_id_idx" ON "contents"("published_sort" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "contents_created_at_id_idx" ON "contents"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "contents_status_created_at_id_idx" ON "contents"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "contents_platform_created_at_id_idx" ON "contents"("platform", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "contents_platform_platform_id_idx" ON "contents"("platform", "platform_id");

-- CreateIndex
CREATE INDEX "contents_author_name_created_at_idx" ON "contents"("author_name", "created_at" DESC);

-- CreateIndex
CREATE INDEX "contents_tags_idx" ON "contents" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "contents_merged_into_idx" ON "contents"("merged_into");

-- CreateIndex
CREATE UNIQUE INDEX "contents_platform_canonical_url_key" ON "contents"("platform", "canonical_url");

-- CreateIndex
CREATE INDEX "content_keys_content_id_idx" ON "content_keys"("content_id");

-- CreateIndex
CREATE INDEX "content_sources_content_id_created_at_idx" ON "content_sources"("content_id", "created_at");

-- CreateIndex
CREATE INDEX "content_sources_source_content_id_idx" ON "content_sources"("source", "content_id");

-- CreateIndex
CREATE INDEX "media_content_id_position_idx" ON "media"("content_id", "position");

-- CreateIndex
CREATE INDEX "media_blob_sha256_idx" ON "media"("blob_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "media_content_id_role_origin_url_key" ON "media"("content_id", "role", "origin_url");

-- CreateIndex
CREATE UNIQUE INDEX "blobs_key_key" ON "blobs"("key");

-- CreateIndex
CREATE INDEX "blobs_state_touched_at_idx" ON "blobs"("state", "touched_at");

-- CreateIndex
CREATE INDEX "blob_variants_blob_sha256_idx" ON "blob_variants"("blob_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "tasks_dedupe_key_key" ON "tasks"("dedupe_key");

-- CreateIndex
CREATE INDEX "tasks_queue_state_priority_run_at_idx" ON "tasks"("queue", "state", "priority", "run_at");

-- CreateIndex
CREATE INDEX "tasks_content_id_idx" ON "tasks"("content_id");

-- CreateIndex
CREATE INDEX "tasks_target_id_idx" ON "tasks"("target_id");

-- CreateIndex
CREATE INDEX "schedules_next_run_at_idx" ON "schedules"("next_run_at");

-- CreateIndex
CREATE INDEX "dead_letters_created_at_id_idx" ON "dead_letters"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "dead_letters_fingerprint_created_at_idx" ON "dead_letters"("fingerprint", "created_at" DESC);

-- CreateIndex
CREATE INDEX "dead_letters_content_id_idx" ON "dead_letters"("content_id");

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");

-- CreateIndex
CREATE INDEX "limiter_cells_tat_idx" ON "limiter_cells"("tat");

-- CreateIndex
CREATE UNIQUE INDEX "targets_key_key" ON "targets"("key");

-- CreateIndex
CREATE INDEX "targets_created_at_id_idx" ON "targets"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "targets_bot_config_id_idx" ON "targets"("bot_config_id");

-- CreateIndex
CREATE INDEX "rules_created_at_id_idx" ON "rules"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "rule_targets_target_id_idx" ON "rule_targets"("target_id");

-- CreateIndex
CREATE INDEX "rule_decisions_rule_id_idx" ON "rule_decisions"("rule_id");

-- CreateIndex
CREATE INDEX "rule_decisions_target_id_idx" ON "rule_decisions"("target_id");

-- CreateIndex
CREATE INDEX "deliveries_target_id_state_idx" ON "deliveries"("target_id", "state");

-- CreateIndex
CREATE INDEX "deliveries_state_created_at_id_idx" ON "deliveries"("state", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "deliveries_target_id_created_at_id_idx" ON "deliveries"("target_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "deliveries_created_at_id_idx" ON "deliveries"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_content_id_target_id_key" ON "deliveries"("content_id", "target_id");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_parts_delivery_id_position_key" ON "delivery_parts"("delivery_id", "position");

-- CreateIndex
CREATE INDEX "bot_configs_created_at_id_idx" ON "bot_configs"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens"("hash");

-- CreateIndex
CREATE INDEX "api_tokens_created_at_id_idx" ON "api_tokens"("created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "contents" ADD CONSTRAINT "contents_merged_into_fkey" FOREIGN KEY ("merged_into") REFERENCES "contents"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "content_keys" ADD CONSTRAINT "content_keys_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "contents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "content_sources" ADD CONSTRAINT "content_sources_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "contents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "media" ADD CONSTRAINT "media_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "contents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "media" ADD CONSTRAINT "media_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blobs"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "blob_variants" ADD CONSTRAINT "blob_variants_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blobs"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "targets" ADD CONSTRAINT "targets_bot_config_id_fkey" FOREIGN KEY ("bot_config_id") REFERENCES "bot_configs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rule_targets" ADD CONSTRAINT "rule_targets_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "rules"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rule_targets" ADD CONSTRAINT "rule_targets_target_id_fkey" FOREIGN KEY ("target_id") REFERENCES "targets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rule_decisions" ADD CONSTRAINT "rule_decisions_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "contents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rule_decisions" ADD CONSTRAINT "rule_decisions_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "rules"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rule_decisions" ADD CONSTRAINT "rule_decisions_target_id_fkey" FOREIGN KEY ("target_id") REFERENCES "targets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "contents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_target_id_fkey" FOREIGN KEY ("target_id") REFERENCES "targets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery_parts" ADD CONSTRAINT "delivery_parts_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

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

-- The queries of the product that need more than a plain index.
CREATE INDEX contents_failed_by_type ON contents (last_error_type, id) WHERE status = 'FAILED' AND deleted_at IS NULL;

CREATE INDEX contents_unsettled ON contents (id) WHERE archive_status = 'pending';

CREATE INDEX contents_purgeable ON contents (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;

CREATE INDEX contents_search_text_trgm ON contents USING gin (search_text gin_trgm_ops);

CREATE INDEX media_pending ON media (content_id) WHERE status = 'pending';

CREATE INDEX tasks_ready ON tasks (priority, run_at) WHERE state = 'ready';

CREATE INDEX tasks_running_lease ON tasks (lease_until) WHERE state = 'running';

CREATE INDEX tasks_queued_at ON tasks (queued_at) WHERE state = 'queued';

CREATE UNIQUE INDEX rules_name_key ON rules (name) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX rule_decisions_once ON rule_decisions (content_id, rule_id, target_id) NULLS NOT DISTINCT;

CREATE UNIQUE INDEX bot_configs_one_primary ON bot_configs (platform) WHERE is_primary AND deleted_at IS NULL;

-- The task table is small and very busy: let vacuum keep up with it.
ALTER TABLE tasks SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- Events: append-only, partitioned by month, read in commit order by (xid, id). Id order is not commit order, so readers take only
-- xid < pg_snapshot_xmin(pg_current_snapshot()). The default partition catches rows until the upkeep task has made the month's own.
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

CREATE INDEX events_content ON events (content_id, id) WHERE content_id IS NOT NULL;
