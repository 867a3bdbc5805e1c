-- expand: the release before can go on with this schema

-- AlterTable
ALTER TABLE "contents" ADD COLUMN     "restored_at" TIMESTAMPTZ(3);

-- Transaction ids begin anew in another cluster, but the event log and its readers' cursors go on: a restore raises this base, so that what
-- comes after it lies behind everything that was ever told. See libs/store/src/backup/put-right.ts. Plain SQL, so that calls are inlined.
CREATE FUNCTION event_xid_base() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';

CREATE FUNCTION event_xid(number xid8) RETURNS xid8 LANGUAGE sql STABLE AS
  'SELECT (number::text::bigint + event_xid_base())::text::xid8';

ALTER TABLE events ALTER COLUMN xid SET DEFAULT event_xid(pg_current_xact_id());
