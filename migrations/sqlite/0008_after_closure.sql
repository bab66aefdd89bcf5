-- +goose Up

-- What happens after closure: calls on the petitioner, and when one of them opened
-- the case again; the review that is open, 0 for none, and the organ before which
-- it is, or the last was.
ALTER TABLE cases ADD COLUMN follow_up_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN follow_up_attempts bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN follow_up_reopened_at datetime;
ALTER TABLE cases ADD COLUMN open_review bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN review_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN review_unit_id text REFERENCES units (id);
CREATE INDEX cases_reviewing ON cases (review_unit_id) WHERE open_review <> 0;

-- Of a decline on facts that are finalised: the case that they were, and the
-- document number of its final opinion, to which the notice refers.
ALTER TABLE sign_offs ADD COLUMN earlier_case_id text REFERENCES cases (id);
ALTER TABLE sign_offs ADD COLUMN earlier_number text NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN refers_to text NOT NULL DEFAULT '';

CREATE TABLE follow_ups (
    case_id    text NOT NULL REFERENCES cases (id),
    n          bigint NOT NULL,
    round      bigint NOT NULL,
    attempt    bigint NOT NULL,
    by_id      text NOT NULL REFERENCES users (id),
    by_unit_id text NOT NULL REFERENCES units (id),
    by_role    text NOT NULL,
    by_head    boolean NOT NULL,
    at         datetime NOT NULL,
    contacted  text NOT NULL,
    resolved   text NOT NULL,
    satisfied  text NOT NULL,
    PRIMARY KEY (case_id, n)
);
CREATE INDEX follow_ups_at ON follow_ups (at);

-- Reviews and re-reviews; each may have one hearing.
CREATE TABLE reviews (
    case_id             text NOT NULL REFERENCES cases (id),
    n                   bigint NOT NULL,
    kind                text NOT NULL,
    round               bigint NOT NULL,
    unit_id             text NOT NULL REFERENCES units (id),
    state               text NOT NULL,
    requested_by        text REFERENCES users (id),
    requested_at        datetime NOT NULL,
    on_behalf           boolean NOT NULL,
    sign_off            bigint NOT NULL,
    decision            text NOT NULL,
    decided_by          text REFERENCES users (id),
    decided_at          datetime,
    notice              bigint NOT NULL,
    hearing_until       datetime,
    hearing_ordered_by  text REFERENCES users (id),
    hearing_ordered_at  datetime,
    hearing_held_at     datetime,
    hearing_attended    bigint NOT NULL,
    hearing_recorded_by text REFERENCES users (id),
    hearing_recorded_at datetime,
    PRIMARY KEY (case_id, n)
);
