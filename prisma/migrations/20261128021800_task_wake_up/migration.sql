-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "wake_up" TEXT;
