-- +goose Up

-- Keys of machine clients. The prefix finds a key and is shown; of the secret
-- only a keyed digest is kept, so nothing that could be used can be read here,
-- nor anything usable be put here by whoever lacks the vault's key. Scopes are
-- separated by spaces.
CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users (id),
    name         text NOT NULL,
    prefix       text COLLATE "C" NOT NULL,
    digest       bytea NOT NULL,
    scopes       text COLLATE "C" NOT NULL,
    created_by   uuid REFERENCES users (id),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE UNIQUE INDEX api_keys_prefix ON api_keys (prefix);
CREATE INDEX api_keys_user ON api_keys (user_id);
