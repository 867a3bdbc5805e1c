CREATE INDEX dead_letters_dedupe_key ON dead_letters (dedupe_key) WHERE replayed_at IS NULL;
