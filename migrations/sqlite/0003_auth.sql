-- +goose Up

-- The keys that sign access tokens, their seeds sealed by the vault. The newest
-- signs; the unique number lets replicas that start at once agree on the first.
CREATE TABLE signing_keys (
    seq        integer PRIMARY KEY,
    kid        text NOT NULL,
    seed_enc   blob NOT NULL,
    created_at datetime NOT NULL
);
CREATE UNIQUE INDEX signing_keys_kid ON signing_keys (kid);

-- One row per login, a family of refresh tokens. A token is computed from the id
-- and the generation, so nothing that could be stolen is stored.
CREATE TABLE login_sessions (
    id          text PRIMARY KEY,
    user_id     text NOT NULL REFERENCES users (id),
    client      text NOT NULL,
    generation  integer NOT NULL,
    created_at  datetime NOT NULL,
    expires_at  datetime NOT NULL,
    revoked_at  datetime,
    revoked_for text NOT NULL
);
CREATE INDEX login_sessions_user ON login_sessions (user_id, expires_at);

-- When each generation was exchanged for the next; only the last minute of a
-- session is kept.
CREATE TABLE login_rotations (
    session_id text NOT NULL REFERENCES login_sessions (id) ON DELETE CASCADE,
    generation integer NOT NULL,
    used_at    datetime NOT NULL,
    PRIMARY KEY (session_id, generation)
);

-- Failed logins by keyed digest of the name that was typed, known or not.
CREATE TABLE login_failures (
    account_key blob PRIMARY KEY,
    failures    integer NOT NULL,
    last_at     datetime NOT NULL
);
CREATE INDEX login_failures_last ON login_failures (last_at);

-- What the vault's key file is recognised by at start.
CREATE TABLE vault_check (
    id          integer PRIMARY KEY CHECK (id = 1),
    fingerprint blob NOT NULL,
    sample_enc  blob NOT NULL,
    checked_at  datetime NOT NULL
);
