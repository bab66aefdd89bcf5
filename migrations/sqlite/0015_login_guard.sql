-- +goose Up

-- Failed logins by keyed digest of the address that they came from; of an IPv6
-- address that is its /64. Each fades after a while, one after another, and the
-- row may go when all have.
CREATE TABLE login_addresses (
    address_key blob PRIMARY KEY,
    last_at     datetime NOT NULL,
    faded_at    datetime NOT NULL
);
CREATE INDEX login_addresses_faded ON login_addresses (faded_at);

-- Where a session began, by the same digest: there its user is known.
ALTER TABLE login_sessions ADD COLUMN address_key blob;

-- Access tokens that were revoked by themselves, until they expire.
CREATE TABLE revoked_tokens (
    jti        text PRIMARY KEY,
    expires_at datetime NOT NULL
);
CREATE INDEX revoked_tokens_expire ON revoked_tokens (expires_at);
