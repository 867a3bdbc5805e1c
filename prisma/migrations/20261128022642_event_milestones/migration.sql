-- expand: the release before can go on with this schema

-- A few rows a day that are looked for among millions: how far the check of stored bytes is, when it and the backup last succeeded.
CREATE INDEX events_milestones ON events (type, created_at) WHERE type IN ('scrub.progressed', 'scrub.finished', 'backup.finished');
