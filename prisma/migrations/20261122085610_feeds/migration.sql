-- CreateTable
CREATE TABLE "feeds" (
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "title" TEXT,
    "site_url" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "is_nsfw" BOOLEAN NOT NULL DEFAULT false,
    "interval_s" INTEGER NOT NULL,
    "adaptive" BOOLEAN NOT NULL DEFAULT true,
    "share_existing" SMALLINT NOT NULL DEFAULT 3,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "etag" TEXT,
    "last_modified" TEXT,
    "next_poll_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_polled_at" TIMESTAMPTZ(3),
    "primed_at" TIMESTAMPTZ(3),
    "last_entry_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_error_type" TEXT,
    "last_error_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feeds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed_entries" (
    "feed_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "content_id" INTEGER,
    "skipped" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feed_entries_pkey" PRIMARY KEY ("feed_id","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "feeds_url_key" ON "feeds"("url");

-- CreateIndex
CREATE INDEX "feeds_created_at_id_idx" ON "feeds"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "feed_entries_content_id_idx" ON "feed_entries"("content_id");

-- AddForeignKey
ALTER TABLE "feed_entries" ADD CONSTRAINT "feed_entries_feed_id_fkey" FOREIGN KEY ("feed_id") REFERENCES "feeds"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feed_entries" ADD CONSTRAINT "feed_entries_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "contents"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE feeds ADD CONSTRAINT feeds_interval_check CHECK (interval_s > 0 AND share_existing >= 0);

CREATE INDEX feeds_due ON feeds (next_poll_at) WHERE enabled;
