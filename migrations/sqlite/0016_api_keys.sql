-- +goose Up

-- Keys of machine clients. The prefix finds a key and is shown; of the secret
-- only a keyed digest is kept, so nothing that could be used can be read here,
-- nor anything usable be put here by whoever lacks the vault's key. Scopes are
-- separated by spaces.
CREATE TABLE api_keys (
    id           text PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users (id),
    name         text NOT NULL,
    prefix       text NOT NULL,
    digest       blob NOT NULL,
    scopes       text NOT NULL,
    created_by   text REFERENCES users (id),
    created_at   datetime NOT NULL,
    expires_at   datetime NOT NULL,
    last_used_at datetime,
    revoked_at   datetime
);
CREATE UNIQUE INDEX api_keys_prefix ON api_keys (prefix);
CREATE INDEX api_keys_user ON api_keys (user_id);
