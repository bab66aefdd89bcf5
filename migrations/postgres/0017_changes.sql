-- +goose Up

-- The log of changes of configuration and permission, the newest first. The
-- condition is that of the query, word for word: SQLite uses the index for no
-- other.
CREATE INDEX events_changes ON events (recorded_at, subject_kind, subject_id, seq)
    WHERE subject_kind NOT IN ('case', 'finding');
