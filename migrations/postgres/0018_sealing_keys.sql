-- +goose Up

-- The keys of the vault that seal here, or have: since when each may, and when it
-- was retired, after which nothing is sealed by it any more. Who starts must have
-- every key that was not retired, and must not seal by one that was.
CREATE TABLE sealing_keys (
    id         bigint PRIMARY KEY,
    since      timestamptz NOT NULL,
    retired_at timestamptz
);
