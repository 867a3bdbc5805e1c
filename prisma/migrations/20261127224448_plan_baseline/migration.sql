-- AlterTable
ALTER TABLE "contents" ADD COLUMN     "plan_baseline" JSONB,
ADD COLUMN     "planned_at" TIMESTAMPTZ(3) DEFAULT now();

-- What has settled before this migration counts as planned: an edit of it is no reason to ask all rules of today. The default writes no
-- row; those that have not settled yet, or are deleted, are few.
ALTER TABLE "contents" ALTER COLUMN "planned_at" DROP DEFAULT;

UPDATE "contents" SET "planned_at" = NULL
WHERE "status" <> 'PULLED' OR "archive_status" = 'pending' OR "deleted_at" IS NOT NULL
  OR "id" IN (SELECT "content_id" FROM "tasks" WHERE "name" = 'delivery.plan' AND "content_id" IS NOT NULL);

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
