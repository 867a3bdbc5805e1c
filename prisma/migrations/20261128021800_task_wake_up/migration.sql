-- expand: the release before can go on with this schema

-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "wake_up" TEXT;
