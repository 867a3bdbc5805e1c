/** What must be true of the rows. `find` selects what breaks it, one row each, as text in a column `what`. */
export interface RowCheck {
  /** What is wrong, as a person reads it. */
  problem: string;
  find: string;
}

/** A row that waits may be between two transactions of its work: only what has been so for this long is a problem. */
const settled = `now() - interval '1 hour'`;

/** Contents that can be seen. */
const visible = 'c.deleted_at IS NULL AND c.merged_into IS NULL';

/** Everything that Postgres itself does not hold by a constraint. */
export const rowChecks: readonly RowCheck[] = [
  {
    problem: 'a task of a content that there is not',
    find: `SELECT t.id::text AS what FROM tasks t WHERE t.content_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.id = t.content_id)`,
  },
  {
    problem: 'a task of a target that there is not',
    find: `SELECT t.id::text AS what FROM tasks t WHERE t.target_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM targets x WHERE x.id = t.target_id)`,
  },
  {
    problem: 'a dead letter of a content that there is not',
    find: `SELECT l.id::text AS what FROM dead_letters l WHERE l.content_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.id = l.content_id)`,
  },
  {
    problem: 'a delivery by a rule that there is not',
    find: `SELECT d.id::text AS what FROM deliveries d WHERE d.rule_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rules r WHERE r.id = d.rule_id)`,
  },
  {
    problem: 'a content that is merged into one that is merged itself',
    find: `SELECT c.id::text AS what FROM contents c JOIN contents s ON s.id = c.merged_into WHERE s.merged_into IS NOT NULL`,
  },
  {
    problem: 'a content that waits to be read, without a task that reads it',
    find: `SELECT c.id::text AS what FROM contents c WHERE c.status IN ('UNPROCESSED', 'PROCESSING') AND ${visible} AND c.updated_at < ${settled}
      AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.content_id = c.id AND t.name = 'content.parse')`,
  },
  {
    problem: 'a picture that waits to be stored, without a task that stores it',
    find: `SELECT m.id::text AS what FROM media m JOIN contents c ON c.id = m.content_id WHERE m.status = 'pending' AND ${visible}
      AND m.updated_at < ${settled} AND NOT EXISTS (
        SELECT 1 FROM tasks t WHERE t.content_id = c.id AND t.name = 'media.archive' AND t.payload->>'media_id' = m.id::text)`,
  },
  {
    problem: 'a content that waits for its pictures, of which none is pending',
    find: `SELECT c.id::text AS what FROM contents c WHERE c.archive_status = 'pending' AND ${visible} AND c.updated_at < ${settled}
      AND NOT EXISTS (SELECT 1 FROM media m WHERE m.content_id = c.id AND m.status = 'pending')
      AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.content_id = c.id)`,
  },
  {
    problem: 'a stored picture whose bytes were deleted',
    find: `SELECT m.id::text AS what FROM media m JOIN blobs b ON b.sha256 = m.blob_sha256 WHERE b.state = 'deleted'`,
  },
  {
    problem: 'a blob whose key does not name its hash',
    find: `SELECT sha256 AS what FROM blobs WHERE position(sha256 IN key) = 0`,
  },
  {
    problem: 'a delivery that was sent, with a part that was not',
    find: `SELECT d.id::text AS what FROM deliveries d
      WHERE d.state = 'sent' AND EXISTS (SELECT 1 FROM delivery_parts p WHERE p.delivery_id = d.id AND p.state <> 'sent')`,
  },
  {
    problem: 'a delivery all of whose parts were sent, and which still counts as open',
    find: `SELECT d.id::text AS what FROM deliveries d WHERE d.state IN ('planned', 'sending') AND d.updated_at < ${settled}
      AND EXISTS (SELECT 1 FROM delivery_parts p WHERE p.delivery_id = d.id)
      AND NOT EXISTS (SELECT 1 FROM delivery_parts p WHERE p.delivery_id = d.id AND p.state <> 'sent')`,
  },
  {
    problem: 'parts of a delivery that are not numbered from the first to the last',
    find: `SELECT delivery_id::text AS what FROM delivery_parts GROUP BY delivery_id HAVING max(position) - min(position) + 1 <> count(*)`,
  },
  {
    problem: 'a task that has been running for an hour beyond its lease',
    find: `SELECT id::text AS what FROM tasks WHERE state = 'running' AND lease_until < ${settled}`,
  },
  {
    // After a restore into another cluster: readers wait for the transaction with this number for ever.
    problem: 'an event from the future, which no reader ever sees',
    find: `SELECT id::text AS what FROM events WHERE xid >= event_xid(pg_snapshot_xmax(pg_current_snapshot()))`,
  },
  {
    problem: 'a sequence that will give out numbers that there are already',
    find: `SELECT 'contents_id_seq' AS what WHERE (SELECT last_value FROM contents_id_seq) < (SELECT max(id) FROM contents)
      UNION ALL SELECT 'events_id_seq' WHERE (SELECT last_value FROM events_id_seq) < (SELECT max(id) FROM events)`,
  },
];
