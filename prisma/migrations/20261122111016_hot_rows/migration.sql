-- DropIndex
DROP INDEX "tasks_queue_state_priority_run_at_idx";

-- DropIndex
DROP INDEX "tasks_content_id_idx";

-- DropIndex
DROP INDEX "tasks_target_id_idx";

-- DropIndex
DROP INDEX "limiter_cells_tat_idx";

DROP INDEX tasks_ready;

DROP INDEX tasks_running_lease;

DROP INDEX tasks_queued_at;

-- Of tasks: each change of state writes into every index that the row is in, so it is in few.
CREATE INDEX tasks_due ON tasks (queue, priority, run_at, id) WHERE state = 'ready';

CREATE INDEX tasks_queued ON tasks (queue, queued_at) WHERE state = 'queued';

CREATE INDEX tasks_running ON tasks (lease_until) WHERE state = 'running';

CREATE INDEX tasks_content ON tasks (content_id) WHERE content_id IS NOT NULL;

CREATE INDEX tasks_target ON tasks (target_id) WHERE target_id IS NOT NULL;

-- A few rows, written with every message: no index on what changes, and room beside each row, so that old versions go at once.
ALTER TABLE limiter_cells SET (fillfactor = 50);

ALTER TABLE targets SET (fillfactor = 50);
