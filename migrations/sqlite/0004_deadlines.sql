-- +goose Up

-- A deputy (AB 角) holds the leader's own post for a period: an appointment that
-- rests on another and ends with it.
ALTER TABLE appointments ADD COLUMN deputy_for text REFERENCES appointments (id);
CREATE INDEX appointments_deputy ON appointments (deputy_for) WHERE deputy_for IS NOT NULL;

-- When the open clocks had all been re-based on this version; and, for a
-- profile, when somebody ordered that those of older versions follow it.
ALTER TABLE calendars ADD COLUMN rebased_at datetime;
UPDATE calendars SET rebased_at = created_at;
ALTER TABLE profiles ADD COLUMN rebase_at datetime;
ALTER TABLE profiles ADD COLUMN rebased_at datetime;

-- Which release of the program brought a version of a profile; 0 where somebody
-- put it.
ALTER TABLE profiles ADD COLUMN release bigint NOT NULL DEFAULT 0;
UPDATE profiles SET release = version;

ALTER TABLE clocks ADD COLUMN pause_count bigint NOT NULL DEFAULT 0;
ALTER TABLE clocks ADD COLUMN extension_count bigint NOT NULL DEFAULT 0;

-- The suspension that lasts, 0 for none, and the instant at which it ends by itself.
ALTER TABLE cases ADD COLUMN suspension bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN suspended_until datetime;
ALTER TABLE cases ADD COLUMN suspension_count bigint NOT NULL DEFAULT 0;
-- The number of the sign-off of an extension that is asked for, 0 for none.
ALTER TABLE cases ADD COLUMN pending_extension bigint NOT NULL DEFAULT 0;

-- What a leader is asked to sign: how long, of which clock, until when.
ALTER TABLE sign_offs ADD COLUMN clock_id text REFERENCES clocks (id);
ALTER TABLE sign_offs ADD COLUMN length text NOT NULL DEFAULT '';
ALTER TABLE sign_offs ADD COLUMN until datetime;

CREATE TABLE suspensions (
    case_id     text NOT NULL REFERENCES cases (id),
    n           bigint NOT NULL,
    sign_off    bigint NOT NULL,
    cause       text NOT NULL,
    from_at     datetime NOT NULL,
    until       datetime NOT NULL,
    approved_by text NOT NULL REFERENCES users (id),
    ended_at    datetime,
    ended_by    text REFERENCES users (id),
    PRIMARY KEY (case_id, n)
);

-- The ledgers of a clock: the stretches that do not count, and what was added.
CREATE TABLE pauses (
    clock_id    text NOT NULL REFERENCES clocks (id),
    n           bigint NOT NULL,
    case_id     text NOT NULL REFERENCES cases (id),
    suspension  bigint NOT NULL,
    cause       text NOT NULL,
    from_at     datetime NOT NULL,
    until       datetime NOT NULL,
    approved_by text NOT NULL REFERENCES users (id),
    PRIMARY KEY (clock_id, n)
);
CREATE INDEX pauses_case ON pauses (case_id);

CREATE TABLE extensions (
    clock_id     text NOT NULL REFERENCES clocks (id),
    n            bigint NOT NULL,
    case_id      text NOT NULL REFERENCES cases (id),
    sign_off     bigint NOT NULL,
    length       text NOT NULL,
    reason       text NOT NULL,
    notice       bigint NOT NULL,
    requested_by text REFERENCES users (id),
    requested_at datetime NOT NULL,
    approved_by  text NOT NULL REFERENCES users (id),
    approved_at  datetime NOT NULL,
    PRIMARY KEY (clock_id, n)
);
CREATE INDEX extensions_case ON extensions (case_id);

-- Addresses that a telephone's calendar subscribes to. The token is a secret of
-- the user: only its digest is kept.
CREATE TABLE feeds (
    id           text PRIMARY KEY,
    user_id      text NOT NULL REFERENCES users (id),
    token_digest blob NOT NULL,
    days         bigint NOT NULL,
    created_at   datetime NOT NULL,
    last_used_at datetime,
    revoked_at   datetime
);
CREATE UNIQUE INDEX feeds_token ON feeds (token_digest);
CREATE INDEX feeds_user ON feeds (user_id);

-- What nobody can take is an alarm that is asked for often.
CREATE INDEX escalations_unroutable ON escalations (opened_at) WHERE unroutable AND state <> 'resolved';
