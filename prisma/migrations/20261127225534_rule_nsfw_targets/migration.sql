-- AlterTable
ALTER TABLE "rule_targets" ADD COLUMN     "is_nsfw" BOOLEAN NOT NULL DEFAULT false;
