-- Of a tag that one content in a thousand bears, the planner must know: else it goes through the newest contents until it has found enough.
ALTER TABLE contents ALTER COLUMN tags SET STATISTICS 1000;
