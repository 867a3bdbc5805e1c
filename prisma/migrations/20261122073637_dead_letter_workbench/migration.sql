-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "replay_id" UUID;

-- AlterTable
ALTER TABLE "dead_letters" ADD COLUMN     "closed_by" TEXT,
ADD COLUMN     "discarded_at" TIMESTAMPTZ(3),
ADD COLUMN     "note" TEXT,
ADD COLUMN     "replay_id" UUID;

-- CreateIndex
CREATE INDEX "dead_letters_task_id_idx" ON "dead_letters"("task_id");

-- CreateIndex
CREATE INDEX "dead_letters_replayed_task_id_idx" ON "dead_letters"("replayed_task_id");

CREATE INDEX tasks_replay ON tasks (replay_id) WHERE replay_id IS NOT NULL;

CREATE INDEX dead_letters_open ON dead_letters (created_at DESC, id DESC) WHERE replayed_at IS NULL AND discarded_at IS NULL;

CREATE INDEX dead_letters_closed ON dead_letters (coalesce(replayed_at, discarded_at))
  WHERE replayed_at IS NOT NULL OR discarded_at IS NOT NULL;

CREATE INDEX dead_letters_replay ON dead_letters (replay_id) WHERE replay_id IS NOT NULL;
