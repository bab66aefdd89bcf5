-- +goose Up

-- Who watches over a case: the leader in charge (包案), how many duties, orders and
-- reminders there are and how many of them are open, how many users the grievance
-- names, whether it is listed (挂牌) by whom and why, and a post's take-down from
-- the echo wall, asked for and done.
ALTER TABLE cases ADD COLUMN sponsor_id text REFERENCES users (id);
ALTER TABLE cases ADD COLUMN sponsor_unit_id text REFERENCES units (id);
ALTER TABLE cases ADD COLUMN sponsor_role text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN sponsor_head boolean NOT NULL DEFAULT false;
ALTER TABLE cases ADD COLUMN duty_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN open_duties bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN order_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN open_orders bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN reminder_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN open_reminders bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN named_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN listed_at datetime;
ALTER TABLE cases ADD COLUMN listed_by text REFERENCES users (id);
ALTER TABLE cases ADD COLUMN listed_unit_id text REFERENCES units (id);
ALTER TABLE cases ADD COLUMN listed_for text NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN pending_take_down bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN taken_down_at datetime;
CREATE INDEX cases_sponsor ON cases (sponsor_id, id) WHERE sponsor_id IS NOT NULL;
CREATE INDEX cases_listed ON cases (id) WHERE listed_at IS NOT NULL;
CREATE INDEX cases_wall ON cases (received_at, id) WHERE channel = 'wall' AND accepted_at IS NOT NULL AND taken_down_at IS NULL;

-- What a sponsor owes in person.
CREATE TABLE duties (
    case_id    text NOT NULL REFERENCES cases (id),
    n          bigint NOT NULL,
    kind       text NOT NULL,
    state      text NOT NULL,
    clock_id   text REFERENCES clocks (id),
    sponsor_id text NOT NULL REFERENCES users (id),
    given_at   datetime NOT NULL,
    ended_at   datetime,
    PRIMARY KEY (case_id, n)
);

-- Supervision orders (督办) and recommendations (Art. 40), which a unit must answer
-- in writing.
CREATE TABLE orders (
    id             text PRIMARY KEY,
    case_id        text NOT NULL REFERENCES cases (id),
    n              bigint NOT NULL,
    kind           text NOT NULL,
    state          text NOT NULL,
    issuer_unit_id text NOT NULL REFERENCES units (id),
    issuer_role    text NOT NULL,
    issuer_head    boolean NOT NULL,
    issued_by      text NOT NULL REFERENCES users (id),
    issued_at      datetime NOT NULL,
    unit_id        text NOT NULL REFERENCES units (id),
    unit_path      text NOT NULL,
    length         text NOT NULL,
    clock_id       text REFERENCES clocks (id),
    returns        bigint NOT NULL,
    answered_by    text REFERENCES users (id),
    answered_at    datetime,
    decided_by     text REFERENCES users (id),
    decided_at     datetime
);
CREATE UNIQUE INDEX orders_number ON orders (case_id, n);
CREATE INDEX orders_unit ON orders (unit_path, issued_at);

-- Reminders (催办): a row stands in an inbox until it is done.
CREATE TABLE reminders (
    case_id      text NOT NULL REFERENCES cases (id),
    n            bigint NOT NULL,
    post_unit_id text NOT NULL REFERENCES units (id),
    post_role    text NOT NULL,
    post_head    boolean NOT NULL,
    user_id      text REFERENCES users (id),
    reminded_by  text NOT NULL REFERENCES users (id),
    reminded_at  datetime NOT NULL,
    done_at      datetime,
    PRIMARY KEY (case_id, n)
);
CREATE INDEX reminders_person ON reminders (user_id) WHERE done_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX reminders_post ON reminders (post_unit_id, post_role) WHERE done_at IS NULL;

-- Users whom a grievance is about.
CREATE TABLE named (
    case_id text NOT NULL REFERENCES cases (id),
    user_id text NOT NULL REFERENCES users (id),
    since   datetime NOT NULL,
    PRIMARY KEY (case_id, user_id)
);
