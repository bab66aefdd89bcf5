-- +goose Up

-- What an audit rule holds against a unit: one row for each rule, case and
-- subject, however often it is looked for. Nothing here is ever deleted.
CREATE TABLE findings (
    id               uuid PRIMARY KEY,
    case_id          uuid NOT NULL REFERENCES cases (id),
    rule             text COLLATE "C" NOT NULL,
    subject          text COLLATE "C" NOT NULL,
    unit_id          uuid NOT NULL REFERENCES units (id),
    unit_path        text COLLATE "C" NOT NULL,
    about_at         timestamptz NOT NULL,
    opened_at        timestamptz NOT NULL,
    state            text COLLATE "C" NOT NULL,
    result           text COLLATE "C" NOT NULL,
    reason           text COLLATE "C" NOT NULL,
    explain_due_at   timestamptz NOT NULL,
    explain_due_on   date NOT NULL,
    explained_at     timestamptz,
    explained_by     uuid REFERENCES users (id),
    explanation_late boolean NOT NULL,
    unfounded_at     timestamptz,
    decided_at       timestamptz,
    decided_by       uuid REFERENCES users (id),
    decided_unit_id  uuid REFERENCES units (id),
    appeal_due_at    timestamptz,
    appealed_at      timestamptz,
    appealed_by      uuid REFERENCES users (id),
    closed_at        timestamptz,
    next_at          timestamptz,
    seq              bigint NOT NULL,
    version          bigint NOT NULL,
    last_recorded_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX findings_identity ON findings (case_id, rule, subject);
CREATE INDEX findings_unit ON findings (unit_path, about_at);
CREATE INDEX findings_about ON findings (about_at, id);
CREATE INDEX findings_next ON findings (next_at, id) WHERE next_at IS NOT NULL;

-- The events on which a finding rests, in the order in which they were found.
CREATE TABLE finding_evidence (
    finding_id uuid NOT NULL REFERENCES findings (id),
    n          bigint NOT NULL,
    case_id    uuid NOT NULL,
    seq        bigint NOT NULL,
    PRIMARY KEY (finding_id, n)
);
CREATE UNIQUE INDEX finding_evidence_event ON finding_evidence (finding_id, case_id, seq);

CREATE TABLE measures (
    finding_id  uuid NOT NULL REFERENCES findings (id),
    n           bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    articles    text COLLATE "C" NOT NULL,
    user_id     uuid REFERENCES users (id),
    unit_id     uuid NOT NULL REFERENCES units (id),
    unit_path   text COLLATE "C" NOT NULL,
    decided_at  timestamptz NOT NULL,
    decided_by  uuid NOT NULL REFERENCES users (id),
    reversed_at timestamptz,
    PRIMARY KEY (finding_id, n)
);
CREATE INDEX measures_decided ON measures (decided_at);
CREATE INDEX measures_user ON measures (user_id) WHERE user_id IS NOT NULL;

-- How far each reader of the ledger has come.
CREATE TABLE followers (
    name       text COLLATE "C" PRIMARY KEY,
    ledger_pos bigint NOT NULL
);
INSERT INTO followers (name, ledger_pos) VALUES ('audit', 0);

-- Cases that could not be audited, and when that is tried again.
CREATE TABLE audits_aside (
    case_id  uuid PRIMARY KEY REFERENCES cases (id),
    attempts bigint NOT NULL,
    next_at  timestamptz NOT NULL,
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
CREATE FUNCTION findings_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'findings are kept';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER findings_kept BEFORE DELETE ON findings
    FOR EACH ROW EXECUTE FUNCTION findings_are_kept();
CREATE TRIGGER findings_whole BEFORE TRUNCATE ON findings
    FOR EACH STATEMENT EXECUTE FUNCTION findings_are_kept();
CREATE TRIGGER finding_evidence_kept BEFORE UPDATE OR DELETE ON finding_evidence
    FOR EACH ROW EXECUTE FUNCTION findings_are_kept();
CREATE TRIGGER finding_evidence_whole BEFORE TRUNCATE ON finding_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION findings_are_kept();
CREATE TRIGGER measures_kept BEFORE DELETE ON measures
    FOR EACH ROW EXECUTE FUNCTION findings_are_kept();
CREATE TRIGGER measures_whole BEFORE TRUNCATE ON measures
    FOR EACH STATEMENT EXECUTE FUNCTION findings_are_kept();
