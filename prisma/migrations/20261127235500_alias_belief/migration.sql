-- AlterTable
ALTER TABLE "contents" ADD COLUMN     "alias_of" INTEGER;

-- AlterTable
ALTER TABLE "content_keys" ADD COLUMN     "believed_until" TIMESTAMPTZ(3);

CREATE INDEX contents_merged_purgeable ON contents (updated_at) WHERE merged_into IS NOT NULL AND purged_at IS NULL;

-- What a platform's own id has told stays believed; what pages of the web have told is asked again.
UPDATE content_keys SET believed_until = 'infinity' WHERE platform <> 'web';
