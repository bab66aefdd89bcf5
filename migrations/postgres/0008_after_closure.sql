-- +goose Up

-- What happens after closure: calls on the petitioner, and when one of them opened
-- the case again; the review that is open, 0 for none, and the organ before which
-- it is, or the last was.
ALTER TABLE cases ADD COLUMN follow_up_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN follow_up_attempts bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN follow_up_reopened_at timestamptz;
ALTER TABLE cases ADD COLUMN open_review bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN review_count bigint NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN review_unit_id uuid REFERENCES units (id);
CREATE INDEX cases_reviewing ON cases (review_unit_id) WHERE open_review <> 0;

-- Of a decline on facts that are finalised: the case that they were, and the
-- document number of its final opinion, to which the notice refers.
ALTER TABLE sign_offs ADD COLUMN earlier_case_id uuid REFERENCES cases (id);
ALTER TABLE sign_offs ADD COLUMN earlier_number text NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN refers_to text NOT NULL DEFAULT '';

CREATE TABLE follow_ups (
    case_id    uuid NOT NULL REFERENCES cases (id),
    n          bigint NOT NULL,
    round      bigint NOT NULL,
    attempt    bigint NOT NULL,
    by_id      uuid NOT NULL REFERENCES users (id),
    by_unit_id uuid NOT NULL REFERENCES units (id),
    by_role    text COLLATE "C" NOT NULL,
    by_head    boolean NOT NULL,
    at         timestamptz NOT NULL,
    contacted  text COLLATE "C" NOT NULL,
    resolved   text COLLATE "C" NOT NULL,
    satisfied  text COLLATE "C" NOT NULL,
    PRIMARY KEY (case_id, n)
);
CREATE INDEX follow_ups_at ON follow_ups (at);

-- Reviews and re-reviews; each may have one hearing.
CREATE TABLE reviews (
    case_id             uuid NOT NULL REFERENCES cases (id),
    n                   bigint NOT NULL,
    kind                text COLLATE "C" NOT NULL,
    round               bigint NOT NULL,
    unit_id             uuid NOT NULL REFERENCES units (id),
    state               text COLLATE "C" NOT NULL,
    requested_by        uuid REFERENCES users (id),
    requested_at        timestamptz NOT NULL,
    on_behalf           boolean NOT NULL,
    sign_off            bigint NOT NULL,
    decision            text COLLATE "C" NOT NULL,
    decided_by          uuid REFERENCES users (id),
    decided_at          timestamptz,
    notice              bigint NOT NULL,
    hearing_until       timestamptz,
    hearing_ordered_by  uuid REFERENCES users (id),
    hearing_ordered_at  timestamptz,
    hearing_held_at     timestamptz,
    hearing_attended    bigint NOT NULL,
    hearing_recorded_by uuid REFERENCES users (id),
    hearing_recorded_at timestamptz,
    PRIMARY KEY (case_id, n)
);
