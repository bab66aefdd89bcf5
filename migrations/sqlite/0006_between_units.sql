-- +goose Up

-- From whose desk the case was forwarded to the one that has it; when it was last
-- forwarded or assigned, NULL where that is beyond objection; the objection that
-- is open, 0 for none; and how many of the units asked to help have still to
-- answer. Cases of before have no instant: nothing can be objected to in them
-- until they are sent on.
ALTER TABLE cases ADD COLUMN sender_unit_id text REFERENCES units (id);
ALTER TABLE cases ADD COLUMN sent_at datetime;
ALTER TABLE cases ADD COLUMN pending_objection bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN objection_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN co_handler_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN open_co_handlers bigint NOT NULL DEFAULT 0;

-- Objections (退单) to a forward or an assignment. The line of the responsibility
-- list that one rests on is kept as it was named: lists change.
CREATE TABLE objections (
    id                 text PRIMARY KEY,
    case_id            text NOT NULL REFERENCES cases (id),
    n                  bigint NOT NULL,
    round              bigint NOT NULL,
    transfer           text NOT NULL,
    unit_id            text NOT NULL REFERENCES units (id),
    sender_unit_id     text NOT NULL REFERENCES units (id),
    sent_at            datetime NOT NULL,
    reason             text NOT NULL,
    category           text NOT NULL,
    area               text NOT NULL,
    state              text NOT NULL,
    objected_by        text NOT NULL REFERENCES users (id),
    objected_at        datetime NOT NULL,
    answered_by        text REFERENCES users (id),
    answered_at        datetime,
    raised_at          datetime,
    superior_unit_id   text REFERENCES units (id),
    conference         boolean NOT NULL,
    decided_by         text REFERENCES users (id),
    decided_at         datetime,
    designated_unit_id text REFERENCES units (id)
);
CREATE UNIQUE INDEX objections_case ON objections (case_id, n);
-- How often a unit has objected in a period.
CREATE INDEX objections_unit ON objections (unit_id, objected_at);
-- Those that move with a unit that is merged.
CREATE INDEX objections_open ON objections (case_id) WHERE state IN ('pending', 'raised');

-- Units that were asked to help (协办).
CREATE TABLE co_handlers (
    id          text PRIMARY KEY,
    case_id     text NOT NULL REFERENCES cases (id),
    n           bigint NOT NULL,
    round       bigint NOT NULL,
    unit_id     text NOT NULL REFERENCES units (id),
    state       text NOT NULL,
    asked_by    text NOT NULL REFERENCES users (id),
    asked_at    datetime NOT NULL,
    answered_by text REFERENCES users (id),
    answered_at datetime,
    released_by text REFERENCES users (id),
    released_at datetime
);
CREATE UNIQUE INDEX co_handlers_case ON co_handlers (case_id, n);
CREATE INDEX co_handlers_open ON co_handlers (unit_id, case_id) WHERE state = 'asked';
