-- +goose Up

-- Failed logins by keyed digest of the address that they came from; of an IPv6
-- address that is its /64. Each fades after a while, one after another, and the
-- row may go when all have.
CREATE TABLE login_addresses (
    address_key bytea PRIMARY KEY,
    last_at     timestamptz NOT NULL,
    faded_at    timestamptz NOT NULL
);
CREATE INDEX login_addresses_faded ON login_addresses (faded_at);

-- Where a session began, by the same digest: there its user is known.
ALTER TABLE login_sessions ADD COLUMN address_key bytea;

-- Access tokens that were revoked by themselves, until they expire.
CREATE TABLE revoked_tokens (
    jti        text COLLATE "C" PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_tokens_expire ON revoked_tokens (expires_at);
