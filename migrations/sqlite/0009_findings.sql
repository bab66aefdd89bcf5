-- +goose Up

-- What an audit rule holds against a unit: one row for each rule, case and
-- subject, however often it is looked for. Nothing here is ever deleted.
CREATE TABLE findings (
    id               text PRIMARY KEY,
    case_id          text NOT NULL REFERENCES cases (id),
    rule             text NOT NULL,
    subject          text NOT NULL,
    unit_id          text NOT NULL REFERENCES units (id),
    unit_path        text NOT NULL,
    about_at         datetime NOT NULL,
    opened_at        datetime NOT NULL,
    state            text NOT NULL,
    result           text NOT NULL,
    reason           text NOT NULL,
    explain_due_at   datetime NOT NULL,
    explain_due_on   text NOT NULL,
    explained_at     datetime,
    explained_by     text REFERENCES users (id),
    explanation_late boolean NOT NULL,
    unfounded_at     datetime,
    decided_at       datetime,
    decided_by       text REFERENCES users (id),
    decided_unit_id  text REFERENCES units (id),
    appeal_due_at    datetime,
    appealed_at      datetime,
    appealed_by      text REFERENCES users (id),
    closed_at        datetime,
    next_at          datetime,
    seq              bigint NOT NULL,
    version          bigint NOT NULL,
    last_recorded_at datetime NOT NULL
);
CREATE UNIQUE INDEX findings_identity ON findings (case_id, rule, subject);
CREATE INDEX findings_unit ON findings (unit_path, about_at);
CREATE INDEX findings_about ON findings (about_at, id);
CREATE INDEX findings_next ON findings (next_at, id) WHERE next_at IS NOT NULL;

-- The events on which a finding rests, in the order in which they were found.
CREATE TABLE finding_evidence (
    finding_id text NOT NULL REFERENCES findings (id),
    n          bigint NOT NULL,
    case_id    text NOT NULL,
    seq        bigint NOT NULL,
    PRIMARY KEY (finding_id, n)
);
CREATE UNIQUE INDEX finding_evidence_event ON finding_evidence (finding_id, case_id, seq);

CREATE TABLE measures (
    finding_id  text NOT NULL REFERENCES findings (id),
    n           bigint NOT NULL,
    kind        text NOT NULL,
    articles    text NOT NULL,
    user_id     text REFERENCES users (id),
    unit_id     text NOT NULL REFERENCES units (id),
    unit_path   text NOT NULL,
    decided_at  datetime NOT NULL,
    decided_by  text NOT NULL REFERENCES users (id),
    reversed_at datetime,
    PRIMARY KEY (finding_id, n)
);
CREATE INDEX measures_decided ON measures (decided_at);
CREATE INDEX measures_user ON measures (user_id) WHERE user_id IS NOT NULL;

-- How far each reader of the ledger has come.
CREATE TABLE followers (
    name       text PRIMARY KEY,
    ledger_pos bigint NOT NULL
);
INSERT INTO followers (name, ledger_pos) VALUES ('audit', 0);

-- Cases that could not be audited, and when that is tried again.
CREATE TABLE audits_aside (
    case_id  text PRIMARY KEY REFERENCES cases (id),
    attempts bigint NOT NULL,
    next_at  datetime NOT NULL,
    error    text NOT NULL
);
CREATE INDEX audits_aside_next ON audits_aside (next_at);

-- A petitioner's other cases are looked for in the order of their ids.
CREATE INDEX parties_phone_case ON parties (phone_bidx, case_id) WHERE phone_bidx IS NOT NULL;
CREATE INDEX parties_id_number_case ON parties (id_bidx, case_id) WHERE id_bidx IS NOT NULL;
DROP INDEX parties_phone;
DROP INDEX parties_id_number;

-- What a leader signed about one time.
CREATE INDEX sign_offs_decided ON sign_offs (decided_by, decided_at) WHERE decided_by IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER findings_kept BEFORE DELETE ON findings
BEGIN
    SELECT RAISE(ABORT, 'findings are kept');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER finding_evidence_kept BEFORE DELETE ON finding_evidence
BEGIN
    SELECT RAISE(ABORT, 'findings are kept');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER finding_evidence_final BEFORE UPDATE ON finding_evidence
BEGIN
    SELECT RAISE(ABORT, 'findings are kept');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER measures_kept BEFORE DELETE ON measures
BEGIN
    SELECT RAISE(ABORT, 'findings are kept');
END;
-- +goose StatementEnd
