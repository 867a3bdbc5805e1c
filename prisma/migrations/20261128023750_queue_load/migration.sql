-- expand: the release before can go on with this schema

-- What an autoscaler asks (k8s/components/keda): how much of each queue could be worked on now. A view, so that the table behind it may change,
-- and so that a role may read the counts and nothing else.
CREATE VIEW queue_load AS
  SELECT queue,
    count(*) FILTER (WHERE state = 'queued' OR (state = 'ready' AND run_at <= now())) AS runnable,
    count(*) FILTER (WHERE state = 'running') AS running
  FROM tasks GROUP BY queue;
