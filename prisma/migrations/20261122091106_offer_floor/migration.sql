-- AlterTable
ALTER TABLE "contents" ADD COLUMN     "offered_xid" xid8 NOT NULL DEFAULT '0'::xid8;

-- AlterTable
ALTER TABLE "targets" ADD COLUMN     "offer_floor" xid8 NOT NULL DEFAULT '0'::xid8;

-- What a bot may push is asked for again and again, mostly in vain. So each content knows which transaction made it one to push, and each
-- target up to which transaction everything is known to be pushed: see libs/store/src/deliveries/offers.ts.
CREATE INDEX contents_offered ON contents (offered_xid) WHERE status = 'PULLED' AND deleted_at IS NULL AND merged_into IS NULL;

CREATE INDEX deliveries_open_again ON deliveries (target_id) WHERE state IN ('failed', 'cancelled');

CREATE FUNCTION note_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.offered_xid := pg_current_xact_id();
  RETURN NEW;
END
$$;

CREATE TRIGGER contents_note_offer_insert BEFORE INSERT ON contents FOR EACH ROW
  WHEN (NEW.status = 'PULLED' AND NEW.deleted_at IS NULL AND NEW.merged_into IS NULL) EXECUTE FUNCTION note_offer();

CREATE TRIGGER contents_note_offer_update BEFORE UPDATE OF status, deleted_at, merged_into ON contents FOR EACH ROW
  WHEN (NEW.status = 'PULLED' AND NEW.deleted_at IS NULL AND NEW.merged_into IS NULL
    AND (OLD.status <> 'PULLED' OR OLD.deleted_at IS NOT NULL OR OLD.merged_into IS NOT NULL)) EXECUTE FUNCTION note_offer();
