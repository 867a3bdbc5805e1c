-- CreateTable
CREATE TABLE "platform_tries" (
    "platform" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "succeeded" INTEGER NOT NULL DEFAULT 0,
    "absent" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "sick" INTEGER NOT NULL DEFAULT 0,
    "last_success_at" TIMESTAMPTZ(3),
    "last_error_at" TIMESTAMPTZ(3),
    "last_error_type" TEXT,

    CONSTRAINT "platform_tries_pkey" PRIMARY KEY ("platform","since")
);

-- CreateTable
CREATE TABLE "platform_states" (
    "platform" TEXT NOT NULL,
    "circuit" TEXT NOT NULL DEFAULT 'closed',
    "trips" INTEGER NOT NULL DEFAULT 0,
    "circuit_reason" TEXT,
    "opened_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),
    "probe" UUID,
    "probe_until" TIMESTAMPTZ(3),
    "cookie_print" TEXT,
    "cookie_state" TEXT,
    "cookie_since" TIMESTAMPTZ(3),
    "canary" JSONB,

    CONSTRAINT "platform_states_pkey" PRIMARY KEY ("platform")
);

ALTER TABLE platform_states ADD CONSTRAINT platform_states_circuit_check CHECK (circuit IN ('closed', 'open', 'half_open'));

ALTER TABLE platform_states ADD CONSTRAINT platform_states_cookie_check CHECK (cookie_state IN ('valid', 'rejected'));
